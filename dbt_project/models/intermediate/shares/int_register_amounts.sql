{{ config(materialized='view') }}

-- What registers and funds hold, by measure. Only missions and events undertaken count, and each once: a trip of several entities is its
-- lead's. A value that nobody knows (an event that nobody counted, a contribution in kind that nobody valued) is NULL and counted.
with activities as (
    select * from {{ ref('int_activities') }}
),

contributions as (
    select * from {{ ref('int_in_kind_contributions') }}
),

movements as (
    select * from {{ ref('int_fund_movements') }}
    where is_latest_vintage and movement in ('{{ measured_movements() | join("', '") }}')
),

amounts as (
    {%- for measure, said in register_measures().items() %}
    select
        book,
        entity,
        'primary' as reporter_role,
        fiscal_year,
        'year' as period_type,
        record_basis,
        '{{ measure }}' as measure,
        '{{ said.unit }}' as unit,
        funding_source,
        project_scope,
        priority_area_read as priority_area,
        activity_type,
        'UNMARKED' as gender_marker,
        cast(null as string) as provider,
        split_id,
        split_set_id,
        epoch,
        {{ said.units }} as value_units,
        source_symbol,
        source_address
    from activities
    where {{ is_record_of(said, said.units if said.is_left_out_unknown) }}
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
