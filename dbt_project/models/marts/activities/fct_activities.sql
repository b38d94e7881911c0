with missions as (
    select * from {{ ref('int_missions') }}
),

split_parts as (
    select * from {{ ref('int_split_parts') }}
),

parts as (
    select
        missions.mission_key,
        split_parts.subprogramme,
        split_parts.recipient,
        split_parts.recipient_scheme,
        {{ split_part_cents(
            '1000000', 'split_parts.weight_from', 'split_parts.weight_to', 'split_parts.denominator', 'split_parts.narrow_limit'
        ) }} as weight_units,
        {{ split_part_cents(
            'missions.adviser_day_units', 'split_parts.weight_from', 'split_parts.weight_to', 'split_parts.denominator', 'split_parts.narrow_limit'
        ) }} as day_units
    from missions
    inner join split_parts on missions.split_id = split_parts.split_id
),

recipients as (
    select
        mission_key,
        recipient,
        max(recipient_scheme) as recipient_scheme,
        {{ joined_text('subprogramme', '|') }} as subprogramme,
        cast(sum(weight_units) as bigint) as weight_units,
        cast(sum(day_units) as bigint) as day_units
    from parts
    group by mission_key, recipient
),

activities as (
    select
        missions.mission_key as activity_key,
        missions.mission_id as activity_id,
        'mission' as activity_kind,
        missions.mission_type as activity_type,
        missions.book,
        missions.record_basis,
        missions.entity,
        missions.joint_entities,
        recipients.subprogramme,
        missions.status,
        missions.modality,
        missions.start_date,
        missions.end_date,
        missions.fiscal_year,
        recipients.recipient,
        recipients.recipient_scheme,
        {{ decimal_of('recipients.weight_units', 6, 9) }} as weight,
        missions.funding_source,
        missions.scope,
        missions.on_request,
        missions.request_id,
        missions.project_id,
        missions.adviser_type,
        missions.topic,
        missions.priority_area_read as priority_area,
        missions.partners,
        missions.normative_instrument,
        -- events have participants, missions do not
        cast(null as integer) as participants,
        {{ decimal_of('recipients.day_units', 6, 24) }} as adviser_days,
        -- the request's date is not among the sources yet
        cast(null as integer) as response_days,
        {{ days_between('missions.rc_notified_on', 'missions.start_date') }} as rc_lead_days,
        missions.source_symbol,
        missions.source_address,
        missions._delivery_id,
        missions._source_row
    from missions
    inner join recipients on missions.mission_key = recipients.mission_key
)

select * from activities
