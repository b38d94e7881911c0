-- Exactly one rate per scope, currency and day (or period): the first of the order in `rate_order` that exists. Two sources are never averaged.
-- A day takes the latest rate that is not too old; a period takes the mean of one source's monthly averages where every month is there.
-- A rate of the currency itself, of whatever rank, goes before one that was worked out from another currency's.
-- Rates are read as whole numbers where they have been chosen by currency: most of those at hand are of currencies that nobody used.
{% set units = rate_units('rates.usd_per_unit') %}

with iati_budgets as (
    select * from {{ ref('int_iati_budgets') }}
    where is_in_force and period_start is not null
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
    {%- for name, source in registered(['conversion']).items() if not source.conversion.mean_of %}
    select
        currency,
        {{ rate_day(source.conversion) }} as day
    from {{ ref('stg_' ~ name) }}
    where currency <> 'USD' and {{ has_amount(source) }}
    union distinct
    {%- endfor %}
    select
        currency,
        coalesce(value_date, {{ middle_day('period_start', 'period_end') }}) as day
    from iati_budgets
    where currency <> 'USD'
),

needed_periods as (
    {%- for name, source in registered(['conversion']).items() if source.conversion.mean_of %}
    {%- if not loop.first %}
    union distinct
    {%- endif %}
    select
        currency,
        {{ source.conversion.mean_of[0] }} as period_start,
        {{ source.conversion.mean_of[1] }} as period_end
    from {{ ref('stg_' ~ name) }}
    where currency <> 'USD'
    {%- endfor %}
),

needed_currencies as (
    select currency from needed_days
    union distinct
    select currency from needed_periods
),

scopes as (
    select distinct entity as rate_scope from rate_order
),

-- A currency that was replaced at a fixed ratio has its successor's rates too: on any day, and its successor the old one's, where only the unit
-- changed; from the day of adoption on where another currency took its place, which floated before and of which a legacy currency's rate says nothing.
successions as (
    select
        currency_from as currency,
        currency_to as rated_currency,
        units_from_per_unit_to,
        1 as is_of_old_unit,
        case when kind = 'adoption' then effective_on end as holds_from
    from redenominations
    union all
    select
        currency_to as currency,
        currency_from as rated_currency,
        units_from_per_unit_to,
        0 as is_of_old_unit,
        cast(null as date) as holds_from
    from redenominations
    where kind = 'unit_change'
),

successors_rates as (
    select
        successions.currency,
        successions.rated_currency,
        successions.holds_from,
        rates.rate_date,
        rates.rate_kind,
        rates.rate_source,
        case successions.is_of_old_unit
            when 1 then {{ exact_div(units, whole_millionths('successions.units_from_per_unit_to'), 6) }}
            else {{ wide_div(wide(units) ~ ' * ' ~ wide(whole_millionths('successions.units_from_per_unit_to')), wide(1000000)) }}
        end as rate_units
    from rates
    inner join successions on rates.currency = successions.rated_currency
    inner join needed_currencies on successions.currency = needed_currencies.currency
),

known_rates as (
    select
        rates.currency,
        rates.currency as rated_currency,
        cast(null as date) as holds_from,
        rates.rate_date,
        rates.rate_kind,
        rates.rate_source,
        {{ units }} as rate_units
    from rates
    inner join needed_currencies on rates.currency = needed_currencies.currency
    union all
    -- what is nothing in twelve decimals, or more than a rate can be, is none
    select
        currency,
        rated_currency,
        holds_from,
        rate_date,
        rate_kind,
        rate_source,
        rate_units
    from successors_rates
    where rate_units > 0 and rate_units < 1000000000000000000
),

series as (
    select distinct
        currency,
        rate_kind,
        rate_source,
        rated_currency
    from known_rates
),

-- Rates and needed days in one order of time: the latest rate on or before each day, without comparing every pair.
timeline as (
    select
        currency,
        rate_kind,
        rate_source,
        rated_currency,
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
        series.rated_currency,
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
            partition by currency, rate_kind, rate_source, rated_currency
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
        known_rates.rated_currency,
        known_rates.rate_date,
        known_rates.rate_units
    from latest
    inner join known_rates
        on
            latest.currency = known_rates.currency
            and latest.rate_kind = known_rates.rate_kind
            and latest.rate_source = known_rates.rate_source
            and latest.rated_currency = known_rates.rated_currency
            and latest.latest_rate_date = known_rates.rate_date
    where
        latest.is_needed = 1
        and (known_rates.holds_from is null or latest.day >= known_rates.holds_from)
    union all
    select
        needed_days.currency,
        needed_days.day,
        known_rates.rate_kind,
        known_rates.rate_source,
        known_rates.rated_currency,
        known_rates.rate_date,
        known_rates.rate_units
    from needed_days
    inner join known_rates
        on
            needed_days.currency = known_rates.currency
            and year(needed_days.day) = year(known_rates.rate_date)
            and (month(needed_days.day) = month(known_rates.rate_date) or known_rates.rate_kind = 'annual_average')
    where
        known_rates.rate_kind in ('monthly_average', 'annual_average')
        and (known_rates.holds_from is null or needed_days.day >= known_rates.holds_from)
),

period_means as (
    select
        needed_periods.currency,
        needed_periods.period_start,
        needed_periods.period_end,
        known_rates.rate_kind,
        known_rates.rate_source,
        known_rates.rated_currency,
        max(known_rates.rate_date) as rate_date,
        count(distinct year(known_rates.rate_date) * 12 + month(known_rates.rate_date)) as months,
        {{ wide_sum('known_rates.rate_units') }} as rate_units_sum,
        count(*) as rates
    from needed_periods
    inner join known_rates
        on
            needed_periods.currency = known_rates.currency
            and needed_periods.period_start <= known_rates.rate_date
            and needed_periods.period_end >= known_rates.rate_date
    where
        (known_rates.rate_kind = 'monthly_average' or known_rates.rate_source = 'ecb_reference_rates')
        and (known_rates.holds_from is null or needed_periods.period_start >= known_rates.holds_from)
    group by
        needed_periods.currency, needed_periods.period_start, needed_periods.period_end,
        known_rates.rate_kind, known_rates.rate_source, known_rates.rated_currency
),

period_candidates as (
    select
        currency,
        period_start as date_from,
        period_end as date_to,
        rate_kind,
        rate_source,
        rated_currency,
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
        rated_currency,
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
        rated_currency,
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
        -- who gave no rate for the currency is not named as if he had
        case
            when candidates.rated_currency = candidates.currency then candidates.rate_source
            else concat(candidates.rate_source, ' via ', candidates.rated_currency)
        end as fx_source,
        candidates.rate_date as fx_rate_date,
        candidates.rate_units,
        row_number() over (
            partition by scopes.rate_scope, candidates.currency, candidates.date_from, candidates.date_to
            order by
                case when candidates.rated_currency = candidates.currency then 0 else 1 end asc,
                rate_order.priority asc, candidates.rate_date desc, candidates.rate_source asc, candidates.rated_currency asc
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
