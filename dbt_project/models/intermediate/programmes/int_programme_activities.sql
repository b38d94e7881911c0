-- An activity of several functions is divided among them: its weights add to one. What is done after `--as-of` is not done yet.
with activities as (
    select * from {{ ref('stg_programme_activities') }}
),

run_parameters as (
    select * from {{ ref('stg_run_parameters') }}
),

functions as (
    select
        programme,
        objective,
        priority,
        function_code
    from {{ ref('mandates') }}
    where mandate_level = 'function'
),

{{ text_parts(ref('stg_programme_activities'), 'function_codes') }},

divided as (
    select
        activities.activity_key,
        coalesce(functions.function_code, 'UNKNOWN') as function_code,
        max(functions.objective) as objective,
        max(functions.priority) as priority,
        cast(
            sum({{ split_part_cents(
                '1000000', 'text_parts.weight_from', 'text_parts.weight_to', 'text_parts.denominator', 'text_parts.narrow_limit'
            ) }}) as bigint
        ) as weight_units
    from activities
    inner join text_parts on activities.function_codes = text_parts.function_codes
    left join functions on activities.programme = functions.programme and text_parts.code = functions.function_code
    group by activities.activity_key, coalesce(functions.function_code, 'UNKNOWN')
),

judged as (
    select
        activities.*,
        run_parameters.as_of,
        activities.status = 'done' and activities.done_on <= run_parameters.as_of as is_done
    from activities
    cross join run_parameters
),

dated as (
    select
        *,
        case
            when is_done and is_unplanned then 'unplanned'
            when is_done and due_on is null then 'done_without_target'
            when is_done and done_on <= due_on then 'on_time'
            when is_done then 'late'
            when status = 'cancelled' then 'cancelled'
            when due_on is null then 'without_target'
            when due_on < as_of then 'overdue'
            else 'not_due'
        end as delivery,
        case
            when is_done then {{ days_between('due_on', 'done_on') }}
            when status <> 'cancelled' and due_on < as_of then {{ days_between('due_on', 'as_of') }}
        end as delay_days,
        cast(case when is_done then extract(year from done_on) end as integer) as done_year,
        cast(extract(year from due_on) as integer) as due_year
    from judged
)

select
    dated.*,
    divided.function_code,
    divided.objective,
    divided.priority,
    divided.weight_units
from dated
inner join divided on dated.activity_key = divided.activity_key
