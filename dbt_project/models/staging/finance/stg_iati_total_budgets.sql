{{ organisation_amounts('iati_total_budgets', ['budget_status']) }}

select * from renamed
