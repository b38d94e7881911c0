with deliverables as (
    select * from {{ ref('int_deliverables') }}
),

split_parts as (
    select * from {{ ref('int_split_parts') }}
),

parts as (
    select
        deliverables.*,
        split_parts.subprogramme as subprogramme_read,
        split_parts.recipient,
        {{ split_part_cents(
            'deliverables.quantity_units', 'split_parts.weight_from', 'split_parts.weight_to', 'split_parts.denominator', 'split_parts.narrow_limit'
        ) }} as part_units
    from deliverables
    inner join split_parts on deliverables.split_id = split_parts.split_id
),

grouped as (
    select
        book,
        entity,
        'primary' as reporter_role,
        fiscal_year,
        period_type,
        record_basis,
        measure,
        unit,
        'unspecified' as funding_source,
        'UNALLOCATED' as project_scope,
        'UNALLOCATED' as priority_area,
        'UNALLOCATED' as activity_type,
        'UNMARKED' as gender_marker,
        subprogramme_read as subprogramme,
        recipient,
        epoch,
        {{ wide_sum('part_units') }} as value_units
    from parts
    group by all
)

select * from grouped
