{{ staged('capacity_building_events', keyed_by='event_id', units={
    'participants_women': 'women_units', 'participants_men': 'men_units', 'participants_unspecified': 'unspecified_units',
}) }},

counted as (
    select
        *,
        -- nobody counted: unknown, not nobody
        case
            when coalesce(women_units, men_units, unspecified_units) is not null
                then coalesce(women_units, 0) + coalesce(men_units, 0) + coalesce(unspecified_units, 0)
        end as participant_units
    from renamed
)

select * from counted
