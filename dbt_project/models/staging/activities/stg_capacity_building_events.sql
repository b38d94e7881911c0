with events as (
    {{ with_entity('capacity_building_events') }}
),

rounded as (
    select
        events.book || ':' || events.event_id as event_key,
        events.event_id,
        events.book,
        events.record_basis,
        events.entity_read as entity,
        events.entity as entity_delivered,
        events.joint_entities,
        events.subprogramme,
        events.event_type,
        events.status,
        events.modality,
        events.start_date,
        events.end_date,
        cast(extract(year from events.start_date) as integer) as fiscal_year,
        events.host_country,
        events.recipients,
        events.scope,
        events.funding_source,
        events.project_id,
        {{ to_millionths('events.participants_women') }} as women_units,
        {{ to_millionths('events.participants_men') }} as men_units,
        {{ to_millionths('events.participants_unspecified') }} as unspecified_units,
        {{ in_cents('capacity_building_events', 'events') }},
        events.currency,
        events.topic,
        events.priority_area,
        events.partners,
        events.rc_notified_on,
        events.normative_instrument,
        events.source_symbol,
        events.source_address,
        events.as_of,
        events._delivery_id,
        events._source_row
    from events
),

renamed as (
    select
        *,
        {{ rounding_of('capacity_building_events') }},
        -- nobody counted: unknown, not nobody
        case
            when coalesce(women_units, men_units, unspecified_units) is not null
                then coalesce(women_units, 0) + coalesce(men_units, 0) + coalesce(unspecified_units, 0)
        end as participant_units
    from rounded
)

select * from renamed
