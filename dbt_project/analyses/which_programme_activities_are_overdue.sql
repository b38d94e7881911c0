-- Which activities are overdue or were planned without a day and never done, and under which function? Illustrative records.
select
    programme,
    function_code,
    function_name,
    activity_id,
    activity_type,
    status,
    delivery,
    due_on,
    delay_days,
    weight
from {{ ref('fct_programme_activities') }}
where delivery in ('overdue', 'without_target')
order by programme asc, delay_days desc nulls last, activity_id asc, function_code asc
