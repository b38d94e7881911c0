-- Of several rules of a series the one with the highest level speaks; since when is told of the series, whichever rule spoke.
with states as (
    select * from {{ ref('int_warning_states') }}
),

run_parameters as (
    select * from {{ ref('stg_run_parameters') }}
),

countries as (
    select * from {{ ref('countries') }}
),

country_groups as (
    select * from {{ ref('int_country_groups') }}
),

ranked as (
    select
        *,
        row_number() over (
            partition by book, record_basis, series, country, frequency, period_number
            order by level_rank desc, case when measured_units is null then 1 else 0 end asc, case when rule = 'level' then 0 else 1 end asc
        ) as speaks
    from states
),

chosen as (
    select
        *,
        coalesce(
            level_rank <> lag(level_rank) over (
                partition by book, record_basis, series, country, frequency, unbroken_run
                order by place asc
            ),
            true
        ) as is_change,
        row_number() over (
            partition by book, record_basis, series, country, frequency
            order by period_number desc
        ) = 1 as is_latest
    from ranked
    where speaks = 1
),

levels as (
    select
        *,
        max(case when is_change then place end) over (
            partition by book, record_basis, series, country, frequency, unbroken_run
            order by place asc
            rows between unbounded preceding and current row
        ) as changed_at,
        max(case when is_change then period_start end) over (
            partition by book, record_basis, series, country, frequency, unbroken_run
            order by place asc
            rows between unbounded preceding and current row
        ) as since_on
    from chosen
),

told as (
    select
        levels.book,
        levels.record_basis,
        levels.entity,
        levels.series,
        levels.series_name,
        levels.theme,
        levels.country,
        coalesce(countries.name, country_groups.name, levels.country) as country_name,
        levels.frequency,
        levels.period,
        levels.period_start,
        levels.period_end,
        {{ decimal_of('levels.value_units', 6, 24) }} as value,
        levels.series_unit as unit,
        levels.rule,
        {{ decimal_of('levels.measured_units', 6, 24) }} as measured,
        {{ decimal_of('case when levels.level_rank = 2 then levels.alert_units else levels.watch_units end', 6, 24) }} as threshold,
        {{ decimal_of('levels.watch_units', 6, 24) }} as watch_threshold,
        {{ decimal_of('levels.alert_units', 6, 24) }} as alert_threshold,
        case levels.level_rank when 2 then 'alert' when 1 then 'watch' else 'normal' end as level,
        levels.since_on as since,
        cast(levels.place - levels.changed_at + 1 as integer) as periods_at_level,
        levels.is_latest,
        {{ days_between('levels.period_end', 'run_parameters.as_of') }} as age_days,
        levels.source_symbol,
        levels.source_address,
        levels._delivery_id,
        levels._source_row,
        levels._source_column
    from levels
    cross join run_parameters
    left join countries
        on
            levels.country = countries.country
            and levels.period_end >= countries.valid_from
            and (countries.valid_to is null or levels.period_end < countries.valid_to)
    left join country_groups on levels.country = country_groups.country_group
)

select * from told
