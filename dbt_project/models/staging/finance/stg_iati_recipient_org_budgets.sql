{{ organisation_amounts('iati_recipient_org_budgets', ['budget_status', 'recipient', 'recipient_name']) }}

select * from renamed
