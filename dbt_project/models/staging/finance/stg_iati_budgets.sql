-- A revised figure replaces the original of its period.
with budgets as (
    select * from {{ ref('raw_iati_budgets') }}
),

revised as (
    select
        iati_identifier,
        period_start,
        period_end
    from budgets
    where budget_type = '2'
    group by iati_identifier, period_start, period_end
),

rounded as (
    select
        budgets.book,
        budgets.record_basis,
        budgets.iati_identifier,
        coalesce(budgets.reporting_org_ref, 'UNKNOWN') as entity,
        budgets.reporting_org_ref as entity_delivered,
        budgets.budget_type,
        budgets.budget_type = '2' or revised.iati_identifier is null as is_in_force,
        budgets.period_start,
        coalesce(budgets.period_end, budgets.period_start) as period_end,
        cast(year(budgets.period_start) as integer) as fiscal_year,
        budgets.value_date,
        budgets.value as amount_delivered,
        {{ to_cents('budgets.value') }} as amount_cents,
        budgets.currency,
        budgets._delivery_id,
        budgets._source_file,
        budgets._source_row
    from budgets
    left join revised
        on
            budgets.iati_identifier = revised.iati_identifier
            and budgets.period_start = revised.period_start
            and budgets.period_end is not distinct from revised.period_end
),

renamed as (
    select
        *,
        amount_delivered - {{ from_cents('amount_cents') }} as amount_rounding
    from rounded
)

select * from renamed
