{{ config(materialized='view') }}

-- What registers and funds hold, by measure. Only missions and events undertaken count, and each once: a trip of several entities is its
-- lead's. A value that nobody knows (an event that nobody counted, a contribution in kind that nobody valued) is NULL and counted.
{% set undertaken = {
    'mission_count': ('missions', 'cast(1000000 as bigint)', "activity_kind = 'mission'"),
    'advisory_mission_count': ('missions', 'cast(1000000 as bigint)', "activity_kind = 'mission' and activity_type = 'advisory'"),
    'adviser_days': ('days', 'adviser_day_units', "activity_kind = 'mission' and adviser_day_units is not null"),
    'event_count': ('events', 'cast(1000000 as bigint)', "activity_kind = 'event'"),
    'participant_count': ('persons', 'participant_units', "activity_kind = 'event'"),
} %}

with activities as (
    select * from {{ ref('int_activities') }}
    where status = 'undertaken'
),

contributions as (
    select * from {{ ref('int_in_kind_contributions') }}
),

movements as (
    select * from {{ ref('int_fund_movements') }}
    where is_latest_vintage and movement in ('pledge', 'contribution')
),

amounts as (
    {%- for measure, (unit, value_units, condition) in undertaken.items() %}
    select
        book,
        entity,
        'primary' as reporter_role,
        fiscal_year,
        'year' as period_type,
        record_basis,
        '{{ measure }}' as measure,
        '{{ unit }}' as unit,
        funding_source,
        project_scope,
        priority_area_read as priority_area,
        activity_type,
        'UNMARKED' as gender_marker,
        cast(null as string) as provider,
        split_id,
        split_set_id,
        epoch,
        {{ value_units }} as value_units,
        source_symbol,
        source_address
    from activities
    where {{ condition }}
    union all
    {%- endfor %}
    select
        book,
        entity,
        'primary' as reporter_role,
        fiscal_year,
        'year' as period_type,
        record_basis,
        'in_kind_usd' as measure,
        'USD' as unit,
        'in_kind' as funding_source,
        project_scope,
        priority_area,
        'UNALLOCATED' as activity_type,
        'UNMARKED' as gender_marker,
        donor as provider,
        split_id,
        split_set_id,
        epoch,
        value_usd_cents as value_units,
        source_symbol,
        source_address
    from contributions
    union all
    select
        book,
        entity,
        'primary' as reporter_role,
        fiscal_year,
        period_type,
        record_basis,
        concat(movement, '_usd') as measure,
        'USD' as unit,
        funding_source,
        'UNALLOCATED' as project_scope,
        'UNALLOCATED' as priority_area,
        'UNALLOCATED' as activity_type,
        'UNMARKED' as gender_marker,
        donor as provider,
        split_id,
        split_set_id,
        epoch,
        amount_usd_cents as value_units,
        source_symbol,
        source_address
    from movements
)

select * from amounts
