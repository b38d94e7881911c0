-- The hub of the share tables, part two: how many source records touch which set of subprogrammes and recipients.
with transaction_measures as (
    {{ transaction_measures() | indent(4) }}
),

fed as (
    select
        records.book,
        records.entity,
        records.reporter_role,
        records.fiscal_year,
        'year' as period_type,
        records.record_basis,
        transaction_measures.measure,
        'USD' as unit,
        records.funding_source,
        records.project_scope,
        records.split_set_id,
        records.epoch,
        records.record_count,
        records.unconverted_rows
    from {{ ref('int_transaction_records') }} as records
    inner join transaction_measures on records.transaction_type = transaction_measures.transaction_type
    union all
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
        split_set_id,
        epoch,
        1 as record_count,
        case when value_units is null then 1 else 0 end as unconverted_rows
    from {{ ref('int_project_counts') }}
    union all
    select
        book,
        entity,
        'primary' as reporter_role,
        fiscal_year,
        period_type,
        record_basis,
        concat(measure, '_usd') as measure,
        'USD' as unit,
        funding_source,
        'UNALLOCATED' as project_scope,
        split_set_id,
        epoch,
        1 as record_count,
        case when amount_usd_cents is null then 1 else 0 end as unconverted_rows
    from {{ ref('int_allocations') }}
    where
        is_latest_vintage
        and budget_component in ('programme_of_work', 'unspecified')
    union all
    select
        {{ group_columns() | join(',\n        ') }},
        project_scope,
        split_set_id,
        epoch,
        record_count,
        unconverted_rows
    from {{ ref('int_mission_records') }}
    union all
    select
        {{ group_columns() | join(',\n        ') }},
        project_scope,
        split_set_id,
        epoch,
        record_count,
        unconverted_rows
    from {{ ref('int_deliverable_records') }}
),

measure_records as (
    select
        {{ group_columns() | join(',\n        ') }},
        project_scope,
        split_set_id,
        epoch,
        cast(sum(record_count) as bigint) as record_count,
        cast(sum(unconverted_rows) as bigint) as unconverted_rows
    from fed
    group by {{ group_columns() | join(', ') }}, project_scope, split_set_id, epoch
)

select * from measure_records
