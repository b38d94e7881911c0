with amounts as (
    select * from {{ ref('int_mission_amounts') }}
),

counted as (
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
        split_set_id,
        epoch,
        cast(count(*) as bigint) as record_count,
        cast(0 as bigint) as unconverted_rows
    from amounts
    group by all
)

select * from counted
