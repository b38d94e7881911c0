{{ planned_amounts('raw_iati_budgets', 'budget_type') }}

select * from renamed
