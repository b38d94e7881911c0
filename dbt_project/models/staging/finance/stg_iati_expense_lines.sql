{{ organisation_amounts('iati_expense_lines', ['line_of', 'line_ref', 'line_name']) }}

select * from renamed
