-- Only missions undertaken count, and each once: a trip of several entities is its lead's.
with missions as (
    select * from {{ ref('int_missions') }}
    where status = 'undertaken'
),

measured as (
    select
        missions.*,
        'mission_count' as measure,
        'missions' as measure_unit,
        cast(1000000 as bigint) as mission_units
    from missions
    union all
    select
        missions.*,
        'advisory_mission_count' as measure,
        'missions' as measure_unit,
        cast(1000000 as bigint) as mission_units
    from missions
    where mission_type = 'advisory'
    union all
    select
        missions.*,
        'adviser_days' as measure,
        'days' as measure_unit,
        adviser_day_units as mission_units
    from missions
    where adviser_day_units is not null
),

amounts as (
    select
        book,
        entity,
        'primary' as reporter_role,
        fiscal_year,
        'year' as period_type,
        record_basis,
        measure,
        measure_unit as unit,
        funding_source,
        project_scope,
        priority_area_read as priority_area,
        mission_type as activity_type,
        'UNMARKED' as gender_marker,
        split_id,
        split_set_id,
        epoch,
        mission_units,
        source_symbol,
        source_address
    from measured
)

select * from amounts
