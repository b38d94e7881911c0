-- Where did two entities advise one country on one topic within the window of days without preparing it together, and what did both cost?
select
    country,
    topic,
    entity_1,
    start_date_1,
    entity_2,
    start_date_2,
    days_apart,
    is_joint_work,
    cost_usd
from {{ ref('coordination_overlaps') }}
where record_basis = 'illustrative'
order by is_joint_work asc, days_apart asc, activity_key_1 asc, activity_key_2 asc
