with amounts as (
    select * from {{ ref('int_register_amounts') }}
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
        provider,
        split_set_id,
        epoch,
        cast(count(*) as bigint) as record_count,
        cast(count(case when value_units is null then 1 end) as bigint) as unconverted_rows
    from amounts
    group by all
)

select * from counted
