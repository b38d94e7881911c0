{{ organisation_amounts('iati_budget_lines', ['line_of', 'line_ref', 'line_name']) }}

select * from renamed
