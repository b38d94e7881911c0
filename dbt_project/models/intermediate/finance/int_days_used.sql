-- One row: the first and the last day on which anything happened. Labels and regions that changed outside need no periods of their own.
with days as (
    {%- for name, source in registered(['days']).items() %}
    select
        min({{ source.days[0] }}) as first_day,
        max({{ 'coalesce(' ~ source.days[1] ~ ', ' ~ source.days[0] ~ ')' if source.days[1] else source.days[0] }}) as last_day
    from {{ ref('stg_' ~ name) }}
    union all
    {%- endfor %}
    -- running projects are counted up to the day of the run, in the middle of its year
    select
        as_of as first_day,
        cast(concat(cast(year(as_of) as string), '-12-31') as date) as last_day
    from {{ ref('stg_run_parameters') }}
),

span as (
    select
        min(first_day) as first_day,
        max(last_day) as last_day
    from days
)

select * from span
