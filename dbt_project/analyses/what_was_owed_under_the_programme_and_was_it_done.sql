-- What was owed under the programme of action in each year, and how often was it done? Illustrative records.
with owed as (
    select
        mandates.programme,
        obligations.obligation,
        max(obligations.requirement) as requirement,
        mandates.activity_type,
        cast(extract(year from obligations.due_on) as integer) as year,
        count(distinct obligations.occurrence) as times_owed
    from {{ ref('reporting_obligations') }} as obligations
    inner join {{ ref('dim_mandate') }} as mandates on obligations.obligation = mandates.obligation
    group by mandates.programme, obligations.obligation, mandates.activity_type, cast(extract(year from obligations.due_on) as integer)
),

done as (
    select
        programme,
        activity_type,
        cast(extract(year from done_on) as integer) as year,
        count(distinct activity_key) as times_done,
        count(distinct case when includes_afghanistan then activity_key end) as times_with_afghanistan,
        min(done_on) as first_done_on,
        max(done_on) as last_done_on
    from {{ ref('fct_programme_activities') }}
    where status = 'done'
    group by programme, activity_type, cast(extract(year from done_on) as integer)
)

select
    owed.obligation,
    owed.requirement,
    owed.year,
    owed.times_owed,
    coalesce(done.times_done, 0) as times_done,
    coalesce(done.times_with_afghanistan, 0) as times_with_afghanistan,
    done.first_done_on,
    done.last_done_on
from owed
left join done
    on
        owed.programme = done.programme
        and owed.activity_type = done.activity_type
        and owed.year = done.year
order by owed.obligation asc, owed.year asc
