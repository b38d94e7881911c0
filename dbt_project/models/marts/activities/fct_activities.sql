{% set divided = {
    'weight_units': '1000000',
    'day_units': 'activities.adviser_day_units',
    'participant_units': 'activities.participant_units',
    'women_units': 'activities.women_units',
    'men_units': 'activities.men_units',
    'cost_usd_cents': 'activities.cost_usd_cents',
} %}

with activities as (
    select * from {{ ref('int_activities') }}
),

split_parts as (
    select * from {{ ref('int_split_parts') }}
),

-- days to a restricted request would tell when it came
requests as (
    select * from {{ ref('stg_assistance_requests') }}
    where confidentiality = 'public'
),

parts as (
    select
        activities.activity_key,
        split_parts.subprogramme,
        split_parts.recipient,
        split_parts.recipient_scheme,
        {%- for part, whole in divided.items() %}
        {{ split_part_cents(
            whole, 'split_parts.weight_from', 'split_parts.weight_to', 'split_parts.denominator', 'split_parts.narrow_limit'
        ) }} as {{ part }}{% if not loop.last %},{% endif %}
        {%- endfor %}
    from activities
    inner join split_parts on activities.split_id = split_parts.split_id
),

recipients as (
    select
        activity_key,
        recipient,
        max(recipient_scheme) as recipient_scheme,
        {{ joined_text('subprogramme', '|') }} as subprogramme,
        {%- for part in divided %}
        cast(sum({{ part }}) as bigint) as {{ part }}{% if not loop.last %},{% endif %}
        {%- endfor %}
    from parts
    group by activity_key, recipient
),

facts as (
    select
        activities.activity_key,
        activities.activity_id,
        activities.activity_kind,
        activities.activity_type,
        activities.book,
        activities.record_basis,
        activities.entity,
        activities.joint_entities,
        recipients.subprogramme,
        activities.status,
        activities.modality,
        activities.start_date,
        activities.end_date,
        activities.fiscal_year,
        activities.host_country,
        recipients.recipient,
        recipients.recipient_scheme,
        {{ decimal_of('recipients.weight_units', 6, 9) }} as weight,
        activities.funding_source,
        activities.scope,
        activities.on_request,
        activities.request_id,
        activities.project_id,
        activities.adviser_type,
        activities.topic,
        activities.priority_area_read as priority_area,
        activities.partners,
        activities.normative_instrument,
        {{ decimal_of('recipients.participant_units', 6, 24) }} as participants,
        {{ decimal_of('recipients.women_units', 6, 24) }} as participants_women,
        {{ decimal_of('recipients.men_units', 6, 24) }} as participants_men,
        {{ decimal_of('recipients.day_units', 6, 24) }} as adviser_days,
        {{ from_cents('recipients.cost_usd_cents') }} as cost_usd,
        {{ days_between('requests.received_on', 'activities.start_date') }} as response_days,
        activities.rc_notified_on,
        {{ days_between('activities.rc_notified_on', 'activities.start_date') }} as rc_lead_days,
        activities.source_symbol,
        activities.source_address,
        activities._delivery_id,
        activities._source_row
    from activities
    inner join recipients on activities.activity_key = recipients.activity_key
    left join requests
        on
            activities.request_id = requests.request_id
            and activities.record_basis = requests.record_basis
)

select * from facts
