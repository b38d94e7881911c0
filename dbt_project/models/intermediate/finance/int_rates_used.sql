-- Exactly one rate per scope, currency and day (or period): the first of the order in `rate_order` that exists. Two sources are never averaged.
-- A day takes the latest rate that is not too old; a period takes the mean of one source's monthly averages where every month is there.
-- Rates are read as whole numbers where they have been chosen by currency: most of those at hand are of currencies that nobody used.
{% set units = rate_units('rates.usd_per_unit') %}

with transactions as (
    select * from {{ ref('stg_project_transactions') }}
),

projects as (
    select * from {{ ref('stg_trust_fund_projects') }}
),

iati_transactions as (
    select * from {{ ref('stg_iati_transactions') }}
),

iati_budgets as (
    select * from {{ ref('stg_iati_budgets') }}
    where is_in_force and period_start is not null
),

missions as (
    select * from {{ ref('raw_missions') }}
),

events as (
    select * from {{ ref('raw_capacity_building_events') }}
),

in_kind as (
    select * from {{ ref('raw_in_kind_contributions') }}
),

movements as (
    select * from {{ ref('raw_fund_movements') }}
),

allocations as (
    select * from {{ ref('stg_subprogramme_allocations') }}
),

rate_order as (
    select * from {{ ref('rate_order') }}
),

redenominations as (
    select * from {{ ref('redenominations') }}
),

rates as (
    select * from {{ ref('stg_exchange_rates') }}
    union all
    select * from {{ ref('stg_ecb_reference_rates') }}
),

needed_days as (
    select
        currency,
        coalesce(value_date, transaction_date) as day
    from transactions
    where currency <> 'USD'
    group by currency, coalesce(value_date, transaction_date)
    union distinct
    select
        currency,
        coalesce(value_date, transaction_date) as day
    from iati_transactions
    where currency <> 'USD'
    union distinct
    select
        currency,
        coalesce(value_date, {{ middle_day('period_start', 'period_end') }}) as day
    from iati_budgets
    where currency <> 'USD'
    union distinct
    select
        currency,
        {{ middle_day('start_date', 'coalesce(end_date, start_date)') }} as day
    from projects
    where currency <> 'USD' and budget_cents is not null
    union distinct
    select
        currency,
        start_date as day
    from missions
    where currency <> 'USD' and cost_amount is not null
    union distinct
    select
        currency,
        start_date as day
    from events
    where currency <> 'USD' and cost_amount is not null
    union distinct
    select
        currency,
        received_on as day
    from in_kind
    where currency <> 'USD' and value_amount is not null
),

needed_periods as (
    select
        currency,
        period_start,
        period_end
    from allocations
    where currency <> 'USD'
    union distinct
    select
        currency,
        period_start,
        period_end
    from movements
    where currency <> 'USD'
),

needed_currencies as (
    select currency from needed_days
    union distinct
    select currency from needed_periods
),

scopes as (
    select distinct entity as rate_scope from rate_order
),

-- A currency that was replaced at a fixed ratio has its partner's rates too, after its own.
known_rates as (
    select
        rates.currency,
        rates.rate_date,
        rates.rate_kind,
        rates.rate_source,
        {{ units }} as rate_units,
        0 as is_derived
    from rates
    inner join needed_currencies on rates.currency = needed_currencies.currency
    union all
    select
        redenominations.currency_from as currency,
        rates.rate_date,
        rates.rate_kind,
        rates.rate_source,
        {{ exact_div(units, whole_millionths('redenominations.units_from_per_unit_to'), 6) }} as rate_units,
        1 as is_derived
    from rates
    inner join redenominations on rates.currency = redenominations.currency_to
    inner join needed_currencies on redenominations.currency_from = needed_currencies.currency
    union all
    select
        redenominations.currency_to as currency,
        rates.rate_date,
        rates.rate_kind,
        rates.rate_source,
        {{ wide_div(wide(units) ~ ' * ' ~ wide(whole_millionths('redenominations.units_from_per_unit_to')), wide(1000000)) }} as rate_units,
        1 as is_derived
    from rates
    inner join redenominations on rates.currency = redenominations.currency_from
    inner join needed_currencies on redenominations.currency_to = needed_currencies.currency
),

series as (
    select distinct
        currency,
        rate_kind,
        rate_source,
        is_derived
    from known_rates
),

-- Rates and needed days in one order of time: the latest rate on or before each day, without comparing every pair.
timeline as (
    select
        currency,
        rate_kind,
        rate_source,
        is_derived,
        rate_date as day,
        rate_date,
        0 as is_needed
    from known_rates
    where rate_kind in ('effective_from', 'daily')
    union all
    select
        series.currency,
        series.rate_kind,
        series.rate_source,
        series.is_derived,
        needed_days.day,
        cast(null as date) as rate_date,
        1 as is_needed
    from series
    inner join needed_days on series.currency = needed_days.currency
    where series.rate_kind in ('effective_from', 'daily')
),

latest as (
    select
        *,
        max(rate_date) over (
            partition by currency, rate_kind, rate_source, is_derived
            order by day asc, is_needed asc
            rows between unbounded preceding and current row
        ) as latest_rate_date
    from timeline
),

day_candidates as (
    select
        latest.currency,
        latest.day,
        known_rates.rate_kind,
        known_rates.rate_source,
        known_rates.is_derived,
        known_rates.rate_date,
        known_rates.rate_units
    from latest
    inner join known_rates
        on
            latest.currency = known_rates.currency
            and latest.rate_kind = known_rates.rate_kind
            and latest.rate_source = known_rates.rate_source
            and latest.is_derived = known_rates.is_derived
            and latest.latest_rate_date = known_rates.rate_date
    where latest.is_needed = 1
    union all
    select
        needed_days.currency,
        needed_days.day,
        known_rates.rate_kind,
        known_rates.rate_source,
        known_rates.is_derived,
        known_rates.rate_date,
        known_rates.rate_units
    from needed_days
    inner join known_rates
        on
            needed_days.currency = known_rates.currency
            and year(needed_days.day) = year(known_rates.rate_date)
            and (month(needed_days.day) = month(known_rates.rate_date) or known_rates.rate_kind = 'annual_average')
    where known_rates.rate_kind in ('monthly_average', 'annual_average')
),

period_means as (
    select
        needed_periods.currency,
        needed_periods.period_start,
        needed_periods.period_end,
        known_rates.rate_kind,
        known_rates.rate_source,
        known_rates.is_derived,
        max(known_rates.rate_date) as rate_date,
        count(distinct year(known_rates.rate_date) * 12 + month(known_rates.rate_date)) as months,
        cast(sum(known_rates.rate_units) as bigint) as rate_units_sum,
        count(*) as rates
    from needed_periods
    inner join known_rates
        on
            needed_periods.currency = known_rates.currency
            and needed_periods.period_start <= known_rates.rate_date
            and needed_periods.period_end >= known_rates.rate_date
    where known_rates.rate_kind = 'monthly_average' or known_rates.rate_source = 'ecb_reference_rates'
    group by
        needed_periods.currency, needed_periods.period_start, needed_periods.period_end,
        known_rates.rate_kind, known_rates.rate_source, known_rates.is_derived
),

period_candidates as (
    select
        currency,
        period_start as date_from,
        period_end as date_to,
        rate_kind,
        rate_source,
        is_derived,
        rate_date,
        {{ exact_div('rate_units_sum', 'rates', 0) }} as rate_units
    from period_means
    where
        rate_kind <> 'monthly_average'
        or months = year(period_end) * 12 + month(period_end) - year(period_start) * 12 - month(period_start) + 1
),

candidates as (
    select
        currency,
        day as date_from,
        day as date_to,
        rate_kind,
        rate_source,
        is_derived,
        rate_date,
        rate_units,
        {{ dbt.datediff('rate_date', 'day', 'day') }} as age_days
    from day_candidates
    union all
    select
        currency,
        date_from,
        date_to,
        rate_kind,
        rate_source,
        is_derived,
        rate_date,
        rate_units,
        0 as age_days
    from period_candidates
),

-- `*` in the order means any delivered rate; the reference rates of the European Central Bank are named.
ordered as (
    select
        scopes.rate_scope,
        candidates.currency,
        candidates.date_from,
        candidates.date_to,
        candidates.rate_kind as fx_kind,
        candidates.rate_source as fx_source,
        candidates.rate_date as fx_rate_date,
        candidates.rate_units,
        row_number() over (
            partition by scopes.rate_scope, candidates.currency, candidates.date_from, candidates.date_to
            order by
                rate_order.priority asc, candidates.is_derived asc, candidates.rate_date desc, candidates.rate_source asc
        ) as place_in_order
    from candidates
    cross join scopes
    inner join rate_order
        on
            scopes.rate_scope = rate_order.entity
            and candidates.rate_kind = rate_order.rate_kind
            and (
                candidates.rate_source = rate_order.rate_source
                or (rate_order.rate_source = '*' and candidates.rate_source <> 'ecb_reference_rates')
            )
    where
        rate_order.max_age_days is null
        or candidates.rate_kind in ('monthly_average', 'annual_average')
        or candidates.age_days <= rate_order.max_age_days
),

chosen as (
    select
        cast(row_number() over (order by rate_scope asc, currency asc, date_from asc, date_to asc) as integer) as rate_number,
        rate_scope,
        currency,
        date_from,
        date_to,
        rate_units,
        {{ decimal_of('rate_units', 12, 18) }} as fx_rate,
        fx_rate_date,
        fx_kind,
        fx_source
    from ordered
    where place_in_order = 1
)

select * from chosen
