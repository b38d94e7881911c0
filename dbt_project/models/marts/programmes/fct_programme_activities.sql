with activities as (
    select * from {{ ref('int_programme_activities') }}
),

mandates as (
    select * from {{ ref('mandates') }}
    where mandate_level = 'function'
),

told as (
    select
        activities.activity_key,
        activities.activity_id,
        activities.book,
        activities.record_basis,
        activities.entity,
        activities.programme,
        activities.objective,
        activities.priority,
        activities.function_code,
        mandates.wording as function_name,
        {{ decimal_of('activities.weight_units', 6, 9) }} as weight,
        activities.activity_type,
        activities.recurrence,
        activities.status,
        activities.delivery,
        activities.planned_on,
        activities.planned_not_after,
        activities.due_on,
        activities.done_on,
        activities.delay_days,
        activities.is_unplanned,
        activities.countries,
        activities.partners,
        activities.theme,
        activities.includes_afghanistan,
        activities.gender_marker,
        activities.youth_marker,
        activities.confidentiality,
        activities.source_symbol,
        activities.source_address,
        activities._delivery_id,
        activities._source_row
    from activities
    left join mandates on activities.programme = mandates.programme and activities.function_code = mandates.function_code
    -- contacts under good offices are told in programme_delivery only, as a count
    where not activities.is_good_offices
)

select * from told
