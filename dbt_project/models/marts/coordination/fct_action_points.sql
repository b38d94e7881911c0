-- Only what was agreed and has a last day can be overdue.
with action_points as (
    select * from {{ ref('stg_action_points') }}
),

run_parameters as (
    select * from {{ ref('stg_run_parameters') }}
),

judged as (
    select
        action_points.action_key,
        action_points.action_id,
        action_points.book,
        action_points.record_basis,
        action_points.meeting,
        action_points.agreed_on,
        action_points.agreed_not_before,
        action_points.agreed_not_after,
        case
            when extract(year from action_points.agreed_not_before) = extract(year from action_points.agreed_not_after)
                then cast(extract(year from action_points.agreed_not_after) as integer)
        end as fiscal_year,
        action_points.entity,
        action_points.action,
        action_points.commitment_strength,
        action_points.status,
        action_points.due_on,
        action_points.done_on,
        action_points.status in ('open', 'in_progress') as is_open,
        coalesce(
            action_points.commitment_strength = 'agreed'
            and action_points.status in ('open', 'in_progress')
            and action_points.due_on < run_parameters.as_of,
            false
        ) as is_overdue,
        coalesce(action_points.done_on > action_points.due_on, false) as is_done_late,
        case
            when
                action_points.commitment_strength = 'agreed'
                and action_points.status in ('open', 'in_progress')
                and action_points.due_on < run_parameters.as_of
                then {{ days_between('action_points.due_on', 'run_parameters.as_of') }}
        end as overdue_days,
        action_points.locator,
        action_points.source_symbol,
        action_points.source_address,
        action_points._delivery_id,
        action_points._source_row
    from action_points
    cross join run_parameters
)

select * from judged
