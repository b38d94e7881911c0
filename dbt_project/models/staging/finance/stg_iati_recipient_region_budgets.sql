{{ organisation_amounts('iati_recipient_region_budgets', ['budget_status', 'vocabulary', 'recipient', 'recipient_name']) }}

select * from renamed
