-- Which conventions and norms do missions, events and projects help to implement?
with served as (
    select distinct
        normative_instrument as instrument,
        activity_kind as work_kind,
        record_basis,
        activity_key as work_key
    from {{ ref('fct_activities') }}
    where status = 'undertaken'
    union all
    select
        normative_instrument as instrument,
        'project' as work_kind,
        record_basis,
        project_id as work_key
    from {{ ref('dim_project') }}
    where status <> 'cancelled'
)

select
    served.record_basis,
    coalesce(served.instrument, 'none stated') as instrument,
    max(instruments.name) as instrument_name,
    count(case when served.work_kind = 'mission' then 1 end) as missions,
    count(case when served.work_kind = 'event' then 1 end) as events,
    count(case when served.work_kind = 'project' then 1 end) as projects
from served
left join {{ ref('instruments') }} as instruments on served.instrument = instruments.instrument
group by served.record_basis, coalesce(served.instrument, 'none stated')
order by served.record_basis asc, instrument asc
