-- However many places a mission or event was for, its weights add to exactly 1; one without any row would add to nothing.
with registered as (
    select mission_key as activity_key from {{ ref('stg_missions') }}
    union all
    select event_key as activity_key from {{ ref('stg_capacity_building_events') }}
),

activities as (
    select
        activity_key,
        sum(weight) as weight
    from {{ ref('fct_activities') }}
    group by activity_key
)

select
    registered.activity_key,
    activities.weight
from registered
left join activities on registered.activity_key = activities.activity_key
where activities.weight is null or activities.weight <> 1
