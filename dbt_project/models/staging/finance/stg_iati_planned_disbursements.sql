{{ planned_amounts('iati_planned_disbursements', 'disbursement_type') }},

replaced as (
    select
        *,
        disbursement_type = '2'
        or max(case when disbursement_type = '2' then 1 else 0 end) over (partition by iati_identifier, period_start, period_end) = 0 as is_in_force
    from renamed
)

select * from replaced
