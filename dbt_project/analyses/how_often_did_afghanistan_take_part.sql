-- How often was Afghanistan invited to or part of what was done, by year and priority or objective? What does not say is left out, not counted as no.
select
    programme,
    cast(extract(year from done_on) as integer) as year,
    coalesce(priority, objective) as priority_or_objective,
    sum(weight) as activities_that_say,
    sum(case when includes_afghanistan then weight else 0 end) as with_afghanistan,
    {{ percentage_of(
        whole_millionths('sum(case when includes_afghanistan then weight else 0 end)'), whole_millionths('sum(weight)')
    ) }} as with_afghanistan_pct
from {{ ref('fct_programme_activities') }}
where
    done_on is not null
    and includes_afghanistan is not null
group by programme, cast(extract(year from done_on) as integer), coalesce(priority, objective)
order by year asc, priority_or_objective asc
