-- The whole periods, of one type at a time, that lie within a statement's period; counted in months since the year 0, the end exclusive.
-- A change compares the statement's period with as many months before it.
with statements as (
    select * from {{ ref('int_statements') }}
    where is_testable
),

years as (
    select distinct cast(extract(year from day) as integer) as fiscal_year
    from {{ ref('int_reference_epochs') }}
),

stated as (
    select
        figure_id,
        statistic,
        -- a month that begins or ends outside the period is not whole
        12 * extract(year from period_start) + extract(month from period_start)
        - case when extract(day from period_start) = 1 then 1 else 0 end as from_month,
        12 * extract(year from period_end) + extract(month from period_end)
        - case when extract(day from period_end + interval 1 day) = 1 then 0 else 1 end as to_month
    from statements
),

spans as (
    select
        figure_id,
        'stated' as period_role,
        from_month,
        to_month
    from stated
    union all
    select
        figure_id,
        'earlier' as period_role,
        from_month - (to_month - from_month) as from_month,
        from_month as to_month
    from stated
    where statistic = 'change_pct'
),

fiscal_periods as (
    select
        fiscal_year,
        'year' as period_type,
        12 * fiscal_year as from_month,
        12 * fiscal_year + 12 as to_month
    from years
    union all
    select
        fiscal_year,
        'biennium' as period_type,
        12 * fiscal_year - 12 as from_month,
        12 * fiscal_year + 12 as to_month
    from years
    union all
    select
        fiscal_year,
        'peacekeeping_year' as period_type,
        12 * fiscal_year - 6 as from_month,
        12 * fiscal_year + 6 as to_month
    from years
),

periods as (
    select
        spans.figure_id,
        spans.period_role,
        fiscal_periods.period_type,
        fiscal_periods.fiscal_year,
        cast(fiscal_periods.to_month - fiscal_periods.from_month as integer) as months,
        cast(spans.to_month - spans.from_month as integer) as months_needed
    from spans
    inner join fiscal_periods
        on
            spans.from_month <= fiscal_periods.from_month
            and spans.to_month >= fiscal_periods.to_month
    union all
    -- records of several years know only the year in which they end; they answer for a statement of several years that ends with it
    select
        spans.figure_id,
        spans.period_role,
        'multi_year' as period_type,
        years.fiscal_year,
        cast(spans.to_month - spans.from_month as integer) as months,
        cast(spans.to_month - spans.from_month as integer) as months_needed
    from spans
    inner join years on spans.to_month = 12 * years.fiscal_year + 12
    where spans.to_month - spans.from_month > 12
)

select * from periods
