with deliverables as (
    select * from {{ ref('int_deliverables') }}
),

counted as (
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
        split_set_id,
        epoch,
        cast(count(*) as bigint) as record_count,
        cast(count(case when quantity_units is null then 1 end) as bigint) as unconverted_rows
    from deliverables
    group by all
)

select * from counted
