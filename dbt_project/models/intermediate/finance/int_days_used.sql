-- One row: the first and the last day on which anything happened. Labels and regions that changed outside need no periods of their own.
with days as (
    select
        min(transaction_date) as first_day,
        max(transaction_date) as last_day
    from {{ ref('stg_project_transactions') }}
    union all
    select
        min(transaction_date) as first_day,
        max(transaction_date) as last_day
    from {{ ref('stg_iati_transactions') }}
    union all
    select
        min(start_date) as first_day,
        max(coalesce(end_date, start_date)) as last_day
    from {{ ref('stg_iati_activities') }}
    union all
    select
        min(start_date) as first_day,
        max(coalesce(end_date, start_date)) as last_day
    from {{ ref('stg_trust_fund_projects') }}
    union all
    select
        min(period_start) as first_day,
        max(period_end) as last_day
    from {{ ref('stg_subprogramme_allocations') }}
    union all
    select
        min(start_date) as first_day,
        max(coalesce(end_date, start_date)) as last_day
    from {{ ref('raw_missions') }}
    union all
    select
        min(start_date) as first_day,
        max(coalesce(end_date, start_date)) as last_day
    from {{ ref('raw_capacity_building_events') }}
    union all
    select
        min(received_on) as first_day,
        max(received_on) as last_day
    from {{ ref('raw_in_kind_contributions') }}
    union all
    select
        min(period_start) as first_day,
        max(period_end) as last_day
    from {{ ref('raw_fund_movements') }}
    union all
    select
        min(period_start) as first_day,
        max(period_end) as last_day
    from {{ ref('raw_deliverables') }}
    union all
    -- running projects are counted up to the day of the run, in the middle of its year
    select
        as_of as first_day,
        cast(concat(cast(year(as_of) as string), '-12-31') as date) as last_day
    from {{ ref('stg_run_parameters') }}
),

span as (
    select
        min(first_day) as first_day,
        max(last_day) as last_day
    from days
)

select * from span
