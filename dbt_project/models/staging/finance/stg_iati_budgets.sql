{{ planned_amounts('iati_budgets', 'budget_type') }}

select * from renamed
