{{ config(materialized='view') }}

-- Totals of organisation files as records that feed the hub: what is broken down by recipient is never added to them.
with budgets as (
    select * from {{ ref('int_organisation_budgets') }}
    where is_counted
),

measures as (
    select
        book,
        entity,
        reporter_role,
        fiscal_year,
        period_type,
        record_basis,
        concat(measure, '_usd') as measure,
        'USD' as unit,
        'unspecified' as funding_source,
        'UNALLOCATED' as project_scope,
        'UNALLOCATED' as priority_area,
        'UNALLOCATED' as activity_type,
        'UNMARKED' as gender_marker,
        epoch,
        split_id,
        amount_usd_cents as value_units,
        1 as record_count,
        case when amount_usd_cents is null then 1 else 0 end as unconverted_rows
    from budgets
)

select * from measures
