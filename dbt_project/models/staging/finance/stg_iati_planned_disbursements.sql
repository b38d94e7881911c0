-- A revised figure replaces the original of its period.
with planned_disbursements as (
    select * from {{ ref('raw_iati_planned_disbursements') }}
),

revised as (
    select
        iati_identifier,
        period_start,
        period_end
    from planned_disbursements
    where disbursement_type = '2'
    group by iati_identifier, period_start, period_end
),

rounded as (
    select
        planned_disbursements.book,
        planned_disbursements.record_basis,
        planned_disbursements.iati_identifier,
        coalesce(planned_disbursements.reporting_org_ref, 'UNKNOWN') as entity,
        planned_disbursements.reporting_org_ref as entity_delivered,
        planned_disbursements.disbursement_type,
        planned_disbursements.disbursement_type = '2' or revised.iati_identifier is null as is_in_force,
        planned_disbursements.period_start,
        coalesce(planned_disbursements.period_end, planned_disbursements.period_start) as period_end,
        cast(year(planned_disbursements.period_start) as integer) as fiscal_year,
        planned_disbursements.value_date,
        planned_disbursements.value as amount_delivered,
        {{ to_cents('planned_disbursements.value') }} as amount_cents,
        planned_disbursements.currency,
        planned_disbursements._delivery_id,
        planned_disbursements._source_file,
        planned_disbursements._source_row
    from planned_disbursements
    left join revised
        on
            planned_disbursements.iati_identifier = revised.iati_identifier
            and planned_disbursements.period_start = revised.period_start
            and planned_disbursements.period_end is not distinct from revised.period_end
),

renamed as (
    select
        *,
        amount_delivered - {{ from_cents('amount_cents') }} as amount_rounding
    from rounded
)

select * from renamed
