-- Missions and events once each, with what coordination asks of them. Days to a restricted request would tell when it came: they stay unsaid.
with activities as (
    select * from {{ ref('int_activities') }}
),

split_parts as (
    select * from {{ ref('int_split_parts') }}
),

requests as (
    select * from {{ ref('stg_assistance_requests') }}
    where confidentiality = 'public'
),

reach as (
    select
        split_id,
        max(case when recipient_scheme = 'country' then 1 else 0 end) as is_in_country
    from split_parts
    group by split_id
),

coordinated as (
    select
        activities.activity_key,
        activities.activity_kind,
        activities.book,
        activities.record_basis,
        activities.entity,
        activities.joint_entities,
        activities.status,
        activities.start_date,
        activities.fiscal_year,
        activities.funding_source,
        activities.request_id,
        nullif(lower(trim(activities.topic)), '') as topic,
        activities.normative_instrument,
        activities.cost_usd_cents,
        coalesce(reach.is_in_country, 0) as is_in_country,
        {{ days_between('activities.rc_notified_on', 'activities.start_date') }} as rc_lead_days,
        -- a register without any notification does not record them: nothing is known of its activities, and nobody is said to have told nobody
        max(case when activities.rc_notified_on is not null then 1 else 0 end) over (partition by activities._delivery_id) as says_notification,
        max(case when activities.normative_instrument is not null then 1 else 0 end) over (partition by activities._delivery_id) as says_instrument,
        coalesce(requests.received_through, 'unspecified') as received_through,
        {{ days_between('requests.received_on', 'activities.start_date') }} as request_days
    from activities
    left join reach on activities.split_id = reach.split_id
    left join requests
        on
            activities.request_id = requests.request_id
            and activities.record_basis = requests.record_basis
)

select * from coordinated
