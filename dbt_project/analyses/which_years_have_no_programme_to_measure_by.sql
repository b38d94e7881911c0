-- Which years have a programme to measure by, which have none, and in which was nothing done under a function?
-- Between the two programmes that we hold there were others; for their years there is no data, which is not the same as nothing done.
select
    year,
    programme,
    count(case when delivery_status = 'measured' then 1 end) as functions_with_targets,
    count(case when delivery_status = 'no_target' then 1 end) as functions_without_target,
    count(case when delivery_status = 'no_activity' then 1 end) as functions_without_activity,
    max(case when delivery_status = 'no_data' then 'no data' else 'data' end) as what_there_is
from {{ ref('programme_delivery') }}
group by year, programme
order by year asc, programme asc
