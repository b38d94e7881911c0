-- Every delivered activity is told once: its parts in the facts add to one, or it is a contact under good offices and counted in programme_delivery.
with delivered as (
    select
        activity_key,
        is_good_offices
    from {{ ref('stg_programme_activities') }}
),

parts as (
    select
        activity_key,
        sum(weight_units) as weight_units
    from {{ ref('int_programme_activities') }}
    group by activity_key
),

facts as (
    select
        activity_key,
        sum(weight) as weight
    from {{ ref('fct_programme_activities') }}
    group by activity_key
)

select
    delivered.activity_key,
    parts.weight_units,
    facts.weight
from delivered
left join parts on delivered.activity_key = parts.activity_key
left join facts on delivered.activity_key = facts.activity_key
where
    parts.weight_units is distinct from 1000000
    or (delivered.is_good_offices and facts.weight is not null)
    or (not delivered.is_good_offices and facts.weight is distinct from 1)
