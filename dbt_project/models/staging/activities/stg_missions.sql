with missions as (
    {{ with_entity('missions') }}
),

rounded as (
    select
        missions.book || ':' || missions.mission_id as mission_key,
        missions.mission_id,
        missions.book,
        missions.record_basis,
        missions.entity_read as entity,
        missions.entity as entity_delivered,
        missions.joint_entities,
        missions.subprogramme,
        missions.mission_type,
        missions.status,
        missions.modality,
        missions.start_date,
        missions.end_date,
        cast(extract(year from missions.start_date) as integer) as fiscal_year,
        missions.recipients,
        missions.scope,
        missions.funding_source,
        missions.on_request,
        missions.request_id,
        missions.project_id,
        missions.adviser_type,
        {{ to_millionths('missions.adviser_days') }} as adviser_day_units,
        {{ in_cents('missions', 'missions') }},
        missions.currency,
        missions.topic,
        missions.priority_area,
        missions.partners,
        missions.rc_notified_on,
        missions.normative_instrument,
        missions.source_symbol,
        missions.source_address,
        missions.as_of,
        missions._delivery_id,
        missions._source_row
    from missions
),

{{ with_rounding('missions') }}

select * from renamed
