-- The hub of the share tables, part three: what every measure holds by the attributes of its records. Each record has exactly one of
-- each attribute, so nothing is split here.
with transaction_measures as (
    {{ transaction_measures() | indent(4) }}
),

fed as (
    select
        totals.book,
        totals.entity,
        totals.reporter_role,
        totals.fiscal_year,
        'year' as period_type,
        totals.record_basis,
        transaction_measures.measure,
        'USD' as unit,
        totals.funding_source,
        totals.priority_area,
        'project' as activity_type,
        totals.gender_marker,
        totals.donors,
        totals.provider,
        totals.sdg_targets,
        totals.has_sectors,
        totals.value_units,
        totals.record_count,
        totals.unconverted_rows
    from {{ ref('int_transaction_attributes') }} as totals
    inner join transaction_measures on totals.transaction_type = transaction_measures.transaction_type
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
        priority_area,
        activity_type,
        gender_marker,
        donors,
        cast(null as string) as provider,
        sdg_targets,
        split_id < 0 as has_sectors,
        value_units,
        record_count,
        unconverted_rows
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
        'UNALLOCATED' as priority_area,
        'UNALLOCATED' as activity_type,
        'UNMARKED' as gender_marker,
        cast(null as string) as donors,
        cast(null as string) as provider,
        cast(null as string) as sdg_targets,
        false as has_sectors,
        amount_usd_cents as value_units,
        1 as record_count,
        case when amount_usd_cents is null then 1 else 0 end as unconverted_rows
    from {{ ref('int_allocations') }}
    where
        is_latest_vintage
        and budget_component in ('programme_of_work', 'unspecified')
    union all
    select
        {{ group_columns() | join(',\n        ') }},
        priority_area,
        activity_type,
        gender_marker,
        cast(null as string) as donors,
        provider,
        cast(null as string) as sdg_targets,
        false as has_sectors,
        value_units,
        0 as record_count,
        0 as unconverted_rows
    from {{ ref('int_register_measures') }}
    union all
    select
        {{ group_columns() | join(',\n        ') }},
        priority_area,
        activity_type,
        gender_marker,
        cast(null as string) as donors,
        provider,
        cast(null as string) as sdg_targets,
        false as has_sectors,
        cast(null as bigint) as value_units,
        record_count,
        unconverted_rows
    from {{ ref('int_register_records') }}
    union all
    select
        {{ group_columns() | join(',\n        ') }},
        priority_area,
        activity_type,
        gender_marker,
        cast(null as string) as donors,
        cast(null as string) as provider,
        cast(null as string) as sdg_targets,
        false as has_sectors,
        value_units,
        0 as record_count,
        0 as unconverted_rows
    from {{ ref('int_deliverable_measures') }}
    union all
    select
        {{ group_columns() | join(',\n        ') }},
        priority_area,
        activity_type,
        gender_marker,
        cast(null as string) as donors,
        cast(null as string) as provider,
        cast(null as string) as sdg_targets,
        false as has_sectors,
        cast(null as bigint) as value_units,
        record_count,
        unconverted_rows
    from {{ ref('int_deliverable_records') }}
),

measure_attributes as (
    select
        {{ group_columns() | join(',\n        ') }},
        priority_area,
        activity_type,
        gender_marker,
        donors,
        provider,
        sdg_targets,
        has_sectors,
        {{ wide_sum('value_units') }} as value_units,
        cast(sum(record_count) as bigint) as record_count,
        cast(sum(unconverted_rows) as bigint) as unconverted_rows
    from fed
    group by {{ group_columns() | join(', ') }}, priority_area, activity_type, gender_marker, donors, provider, sdg_targets, has_sectors
)

select * from measure_attributes
