with amounts as (
    select * from {{ ref('int_register_amounts') }}
),

split_parts as (
    select * from {{ ref('int_split_parts') }}
),

parts as (
    select
        amounts.*,
        split_parts.subprogramme,
        split_parts.recipient,
        {{ split_part_cents(
            'amounts.value_units', 'split_parts.weight_from', 'split_parts.weight_to', 'split_parts.denominator', 'split_parts.narrow_limit'
        ) }} as part_units
    from amounts
    inner join split_parts on amounts.split_id = split_parts.split_id
),

grouped as (
    select
        book,
        entity,
        reporter_role,
        fiscal_year,
        period_type,
        record_basis,
        measure,
        unit,
        funding_source,
        project_scope,
        priority_area,
        activity_type,
        gender_marker,
        provider,
        subprogramme,
        recipient,
        epoch,
        {{ wide_sum('part_units') }} as value_units
    from parts
    group by all
)

select * from grouped
