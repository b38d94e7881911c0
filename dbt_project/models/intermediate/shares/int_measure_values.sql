-- The hub of the share tables, part one: what every measure holds, by subprogramme and recipient.
with transaction_measures as (
    {{ transaction_measures() | indent(4) }}
),

parts as (
    select * from {{ ref('int_split_parts') }}
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
        totals.project_scope,
        totals.subprogramme,
        totals.recipient,
        totals.epoch,
        totals.value_units
    from {{ ref('int_transaction_totals') }} as totals
    inner join transaction_measures on totals.transaction_type = transaction_measures.transaction_type
    union all
    select
        projects.book,
        projects.entity,
        projects.reporter_role,
        projects.fiscal_year,
        projects.period_type,
        projects.record_basis,
        projects.measure,
        projects.unit,
        projects.funding_source,
        projects.project_scope,
        parts.subprogramme,
        parts.recipient,
        projects.epoch,
        {{ split_part_cents('projects.value_units', 'parts.weight_from', 'parts.weight_to', 'parts.denominator', 'parts.narrow_limit') }} as value_units
    from {{ ref('int_project_counts') }} as projects
    inner join parts on projects.split_id = parts.split_id
    union all
    select
        allocations.book,
        allocations.entity,
        'primary' as reporter_role,
        allocations.fiscal_year,
        allocations.period_type,
        allocations.record_basis,
        concat(allocations.measure, '_usd') as measure,
        'USD' as unit,
        allocations.funding_source,
        'UNALLOCATED' as project_scope,
        parts.subprogramme,
        parts.recipient,
        allocations.epoch,
        {{ split_part_cents('allocations.amount_usd_cents', 'parts.weight_from', 'parts.weight_to', 'parts.denominator', 'parts.narrow_limit') }} as value_units
    from {{ ref('int_allocations') }} as allocations
    inner join parts on allocations.split_id = parts.split_id
    where
        allocations.is_latest_vintage
        and allocations.budget_component in ('programme_of_work', 'unspecified')
    union all
    select
        {{ group_columns() | join(',\n        ') }},
        project_scope,
        subprogramme,
        recipient,
        epoch,
        value_units
    from {{ ref('int_mission_measures') }}
    union all
    select
        {{ group_columns() | join(',\n        ') }},
        project_scope,
        subprogramme,
        recipient,
        epoch,
        value_units
    from {{ ref('int_deliverable_measures') }}
),

measure_values as (
    select
        {{ group_columns() | join(',\n        ') }},
        project_scope,
        subprogramme,
        recipient,
        epoch,
        cast(sum(value_units) as bigint) as value_units
    from fed
    group by {{ group_columns() | join(', ') }}, project_scope, subprogramme, recipient, epoch
)

select * from measure_values
