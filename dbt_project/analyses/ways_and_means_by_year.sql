-- By which ways and means did ECE work, how many persons did it reach, and what did that cost? Missions and events undertaken, each once.
select
    fiscal_year,
    record_basis,
    activity_kind,
    activity_type,
    sum(weight) as activities,
    sum(participants) as participants,
    sum(participants_women) as women,
    sum(adviser_days) as adviser_days,
    sum(cost_usd) as cost_usd,
    count(distinct case when cost_usd is null then activity_key end) as activities_without_cost
from {{ ref('fct_activities') }}
where
    entity = 'ECE'
    and status = 'undertaken'
group by fiscal_year, record_basis, activity_kind, activity_type
order by fiscal_year asc, record_basis asc, activities desc, activity_type asc
