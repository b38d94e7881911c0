-- What was done on each theme of the programmes of action, and how much of it with Afghanistan? Illustrative records.
select
    programme,
    theme,
    sum(weight) as activities_done,
    count(distinct activity_type) as kinds_of_activity,
    sum(case when includes_afghanistan then weight else 0 end) as with_afghanistan,
    sum(case when delivery = 'late' then weight else 0 end) as done_late
from {{ ref('fct_programme_activities') }}
where
    theme is not null
    and delivery in ('on_time', 'late', 'unplanned', 'done_without_target')
group by programme, theme
order by programme asc, activities_done desc nulls last, theme asc
