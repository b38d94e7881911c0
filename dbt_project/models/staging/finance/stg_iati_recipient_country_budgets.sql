{{ organisation_amounts('iati_recipient_country_budgets', ['budget_status', 'recipient', 'recipient_name']) }}

select * from renamed
