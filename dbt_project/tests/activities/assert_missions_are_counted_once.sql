-- However many places a mission went to, its weights add to exactly 1; a mission without any row would add to nothing.
with missions as (
    select mission_key from {{ ref('stg_missions') }}
),

activities as (
    select
        activity_key,
        sum(weight) as weight
    from {{ ref('fct_activities') }}
    group by activity_key
)

select
    missions.mission_key,
    activities.weight
from missions
left join activities on missions.mission_key = activities.activity_key
where activities.weight is null or activities.weight <> 1
