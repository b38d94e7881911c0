-- Series of different frequencies never mix: a frequency is how long the observed period is.
with observations as (
    {{ with_entity('indicator_observations') }}
),

places as (
    select * from {{ ref('int_places') }}
),

read as (
    select
        observations.book,
        observations.record_basis,
        observations.entity_read as entity,
        {{ carried('indicator_observations', 'observations', made=['country', 'entity', 'value']) }},
        coalesce(places.recipient, 'UNKNOWN') as country,
        observations.country as country_delivered,
        case
            when length(observations.period) = 4 then 'year'
            when observations.period like '%-S%' then 'half_year'
            when observations.period like '%-Q%' then 'quarter'
            when length(observations.period) = 7 then 'month'
            else 'day'
        end as frequency,
        {{ to_millionths('observations.value') }} as value_units,
        observations.source_symbol,
        observations.source_address,
        observations._delivery_id,
        observations._source_row,
        observations._source_column
    from observations
    left join places on trim(observations.country) = places.label
),

numbered as (
    select
        *,
        cast(
            case frequency
                when 'year' then extract(year from period_start)
                when 'half_year' then extract(year from period_start) * 2 + case when extract(month from period_start) > 6 then 1 else 0 end
                when 'quarter' then extract(year from period_start) * 4 + extract(quarter from period_start)
                when 'month' then extract(year from period_start) * 12 + extract(month from period_start)
                else {{ days_between("date '1945-01-01'", 'period_start') }}
            end as integer
        ) as period_number,
        -- one place may be delivered under two names
        count(*) over (partition by series, country, period) = 1 as is_only_one
    from read
)

select * from numbered
