-- Without a fulfilment on record nothing is said to be missed: our sources may not hold it.
with obligations as (
    select * from {{ ref('reporting_obligations') }}
),

run_parameters as (
    select * from {{ ref('stg_run_parameters') }}
),

judged as (
    select
        obligations.obligation,
        obligations.occurrence,
        obligations.body,
        obligations.owed_by,
        obligations.kind,
        obligations.requirement,
        obligations.recurrence,
        obligations.period_start,
        obligations.due_on,
        obligations.fulfilled_on,
        obligations.fulfilled_by,
        case
            when obligations.fulfilled_on <= obligations.due_on then 'met'
            when obligations.fulfilled_on > obligations.due_on then 'met_late'
            when obligations.fulfilled_by is not null then 'met_day_unknown'
            when obligations.due_on >= run_parameters.as_of then 'not_due_yet'
            else 'no_record'
        end as status,
        {{ days_between('obligations.due_on', 'obligations.fulfilled_on') }} as days_after_due,
        obligations.locator,
        obligations.source
    from obligations
    cross join run_parameters
)

select * from judged
