-- How far was each function of the programmes of action delivered? The records are illustrative: the answer shows the way, not the facts.
-- A function without targets has no rate; that is not 100 per cent.
select
    programme,
    function_code,
    max(function_name) as function_name,
    sum(planned) as planned,
    sum(done_on_time) as done_on_time,
    sum(done_late) as done_late,
    sum(overdue) as overdue,
    sum(cancelled) as cancelled,
    case
        when sum(planned - not_due) > 0
            then {{ percentage_of(
                whole_millionths('sum(done_on_time + done_late)'), whole_millionths('sum(planned - not_due)')
            ) }}
    end as delivered_pct,
    sum(done) as done_with_and_without_target,
    sum(unplanned) as unplanned,
    count(case when delivery_status = 'no_activity' then 1 end) as years_without_activity
from {{ ref('programme_delivery') }}
where delivery_status <> 'no_data'
group by programme, function_code
order by programme asc, function_code asc
