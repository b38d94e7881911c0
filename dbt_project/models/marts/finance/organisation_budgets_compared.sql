with budgets as (
    select * from {{ ref('int_organisation_budgets') }}
    where is_in_force
),

totals as (
    select
        book,
        record_basis,
        entity,
        period_start,
        period_end,
        currency,
        {{ wide_sum('amount_cents') }} as total_cents
    from budgets
    where measure = 'budget'
    group by book, record_basis, entity, period_start, period_end, currency
),

broken_down as (
    select
        book,
        record_basis,
        entity,
        period_start,
        period_end,
        currency,
        measure,
        {{ wide_sum('amount_cents') }} as broken_down_cents,
        count(*) as budgets
    from budgets
    where measure not in ('budget', 'expenditure')
    group by book, record_basis, entity, period_start, period_end, currency, measure
),

compared as (
    select
        broken_down.book,
        broken_down.record_basis,
        broken_down.entity,
        broken_down.measure,
        broken_down.period_start,
        broken_down.period_end,
        broken_down.currency,
        {{ from_total_cents('totals.total_cents') }} as total,
        {{ from_total_cents('broken_down.broken_down_cents') }} as broken_down,
        {{ from_total_cents('totals.total_cents - broken_down.broken_down_cents') }} as difference,
        cast(broken_down.budgets as bigint) as budgets
    from broken_down
    left join totals
        on
            broken_down.book = totals.book
            and broken_down.record_basis = totals.record_basis
            and broken_down.entity = totals.entity
            and broken_down.period_start = totals.period_start
            and broken_down.period_end = totals.period_end
            and broken_down.currency = totals.currency
)

select * from compared
