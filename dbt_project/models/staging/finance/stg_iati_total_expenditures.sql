{{ organisation_amounts('iati_total_expenditures', []) }}

select * from renamed
