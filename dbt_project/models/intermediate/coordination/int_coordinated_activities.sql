-- Missions and events once each, with what coordination asks of them.
with activities as (
    select * from {{ ref('fct_activities') }}
),

requests as (
    select * from {{ ref('stg_assistance_requests') }}
),

-- what the activity cost, where anybody says so
converted_costs as (
    select
        activity_key,
        cost_usd_cents
    from {{ ref('int_activities') }}
    where cost_cents is not null
),

once as (
    select
        activity_key,
        activity_kind,
        book,
        record_basis,
        entity,
        joint_entities,
        status,
        start_date,
        fiscal_year,
        funding_source,
        request_id,
        nullif(lower(trim(topic)), '') as topic,
        normative_instrument,
        rc_lead_days,
        _delivery_id,
        max(case when recipient_scheme = 'country' then 1 else 0 end) as is_in_country
    from activities
    group by
        activity_key, activity_kind, book, record_basis, entity, joint_entities, status, start_date, fiscal_year, funding_source,
        request_id, topic, normative_instrument, rc_lead_days, _delivery_id
),

coordinated as (
    select
        once.*,
        -- a register without any notification does not record them: nothing is known of its activities, and nobody is said to have told nobody
        max(case when once.rc_lead_days is not null then 1 else 0 end) over (partition by once._delivery_id) as says_notification,
        max(case when once.normative_instrument is not null then 1 else 0 end) over (partition by once._delivery_id) as says_instrument,
        converted_costs.activity_key is not null as has_cost,
        converted_costs.cost_usd_cents,
        coalesce(requests.received_through, 'unspecified') as received_through,
        {{ days_between('requests.received_on', 'once.start_date') }} as request_days
    from once
    left join converted_costs on once.activity_key = converted_costs.activity_key
    left join requests
        on
            once.request_id = requests.request_id
            and once.record_basis = requests.record_basis
)

select * from coordinated
