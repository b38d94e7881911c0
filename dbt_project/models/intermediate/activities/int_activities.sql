-- One row per mission and per event, converted once, pointing at the split of its texts in the structure in force on its first day.
with missions as (
    select * from {{ ref('stg_missions') }}
),

events as (
    select * from {{ ref('stg_capacity_building_events') }}
),

registered as (
    select
        mission_key as activity_key,
        mission_id as activity_id,
        'mission' as activity_kind,
        mission_type as activity_type,
        {{ activity_columns() | join(',\n        ') }},
        on_request,
        request_id,
        adviser_type,
        adviser_day_units,
        cast(null as string) as host_country,
        cast(null as bigint) as women_units,
        cast(null as bigint) as men_units,
        cast(null as bigint) as participant_units
    from missions
    union all
    select
        event_key as activity_key,
        event_id as activity_id,
        'event' as activity_kind,
        event_type as activity_type,
        {{ activity_columns() | join(',\n        ') }},
        cast(null as boolean) as on_request,
        cast(null as string) as request_id,
        cast(null as string) as adviser_type,
        cast(null as bigint) as adviser_day_units,
        host_country,
        women_units,
        men_units,
        participant_units
    from events
),

splits as (
    select * from {{ ref('int_splits') }}
),

epochs as (
    select * from {{ ref('int_reference_epochs') }}
),

rates as (
    select * from {{ ref('int_rates_used') }}
    where date_from = date_to
),

rate_scopes as (
    select distinct entity as rate_scope
    from {{ ref('rate_order') }}
    where entity <> '*'
),

priority_areas as (
    select * from {{ ref('priority_areas') }}
),

pointed as (
    select
        registered.*,
        {{ usd_cents('registered', 'cost_cents') }} as cost_usd_cents,
        splits.split_id,
        splits.split_set_id,
        epochs.epoch,
        coalesce(registered.scope, 'UNALLOCATED') as project_scope,
        case
            when registered.priority_area is null then 'UNALLOCATED'
            else coalesce(priority_areas.priority_area, 'UNKNOWN')
        end as priority_area_read
    from registered
    left join splits
        on
            registered.entity = splits.entity
            and coalesce(registered.subprogramme, '') = splits.subprogrammes
            and coalesce(registered.recipients, '') = splits.recipients
            and registered.start_date >= splits.valid_from
            and registered.start_date < splits.valid_to
    left join epochs on registered.start_date = epochs.day
    left join rate_scopes on registered.entity = rate_scopes.rate_scope
    left join rates
        on
            coalesce(rate_scopes.rate_scope, '*') = rates.rate_scope
            and registered.currency = rates.currency
            and registered.start_date = rates.date_from
    left join priority_areas on registered.priority_area = priority_areas.priority_area
)

select * from pointed
