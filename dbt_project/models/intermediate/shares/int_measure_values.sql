-- The hub of the share tables: what every measure holds, by subprogramme and recipient, and how many source records it stands on.
with transaction_measures as (
    {{ transaction_measures() | indent(4) }}
),

parts as (
    select * from {{ ref('int_split_parts') }}
),

fed as (
    select
        {{ of('totals', [
            'book', 'entity', 'reporter_role', 'fiscal_year', 'record_basis', 'funding_source', 'project_scope', 'epoch', 'subprogramme', 'recipient',
        ]) }},
        'year' as period_type,
        transaction_measures.measure,
        'USD' as unit,
        totals.value_units,
        {{ of('totals', record_counters()) }}
    from {{ ref('int_transaction_totals') }} as totals
    inner join transaction_measures on totals.transaction_type = transaction_measures.transaction_type
    union all
    select
        {{ of('projects', ['book', 'entity', 'reporter_role', 'fiscal_year', 'record_basis', 'funding_source', 'project_scope', 'epoch']) }},
        parts.subprogramme,
        parts.recipient,
        projects.period_type,
        projects.measure,
        projects.unit,
        {{ split_part_of_total('projects.value_units', 'parts.weight_from', 'parts.weight_to', 'parts.denominator', 'parts.narrow_limit') }} as value_units,
        {%- for counter in record_counters() %}
        projects.record_count * parts.{{ counter }} as {{ counter }}{% if not loop.last %},{% endif %}
        {%- endfor %}
    from {{ ref('int_project_counts') }} as projects
    inner join parts on projects.split_id = parts.split_id
    union all
    select
        {{ of('allocations', ['book', 'entity']) }},
        'primary' as reporter_role,
        {{ of('allocations', ['fiscal_year', 'record_basis', 'funding_source']) }},
        'UNALLOCATED' as project_scope,
        allocations.epoch,
        parts.subprogramme,
        parts.recipient,
        allocations.period_type,
        concat(allocations.measure, '_usd') as measure,
        'USD' as unit,
        {{ split_part_cents(
            'allocations.amount_usd_cents', 'parts.weight_from', 'parts.weight_to', 'parts.denominator', 'parts.narrow_limit'
        ) }} as value_units,
        {{ of('parts', record_counters()) }}
    from {{ ref('int_allocations') }} as allocations
    inner join parts on allocations.split_id = parts.split_id
    where
        allocations.is_latest_vintage
        and allocations.budget_component in ('programme_of_work', 'unspecified')
    union all
    select
        {{ of('measures', ['book', 'entity', 'reporter_role', 'fiscal_year', 'record_basis', 'funding_source', 'project_scope', 'epoch']) }},
        measures.subprogramme,
        measures.recipient,
        measures.period_type,
        measures.measure,
        measures.unit,
        measures.value_units,
        {%- for counter in record_counters() %}
        cast(0 as bigint) as {{ counter }}{% if not loop.last %},{% endif %}
        {%- endfor %}
    from {{ ref('int_register_measures') }} as measures
    union all
    select
        {{ of('records', ['book', 'entity', 'reporter_role', 'fiscal_year', 'record_basis', 'funding_source', 'project_scope', 'epoch']) }},
        parts.subprogramme,
        parts.recipient,
        records.period_type,
        records.measure,
        records.unit,
        cast(null as bigint) as value_units,
        {%- for counter in record_counters() %}
        records.record_count * parts.{{ counter }} as {{ counter }}{% if not loop.last %},{% endif %}
        {%- endfor %}
    from {{ ref('int_register_records') }} as records
    inner join parts on records.split_set_id = parts.split_id
    union all
    select
        {{ of('measures', ['book', 'entity', 'reporter_role', 'fiscal_year', 'record_basis', 'funding_source', 'project_scope', 'epoch']) }},
        measures.subprogramme,
        measures.recipient,
        measures.period_type,
        measures.measure,
        measures.unit,
        measures.value_units,
        {%- for counter in record_counters() %}
        cast(0 as bigint) as {{ counter }}{% if not loop.last %},{% endif %}
        {%- endfor %}
    from {{ ref('int_deliverable_measures') }} as measures
    union all
    select
        {{ of('records', ['book', 'entity', 'reporter_role', 'fiscal_year', 'record_basis', 'funding_source', 'project_scope', 'epoch']) }},
        parts.subprogramme,
        parts.recipient,
        records.period_type,
        records.measure,
        records.unit,
        cast(null as bigint) as value_units,
        {%- for counter in record_counters() %}
        records.record_count * parts.{{ counter }} as {{ counter }}{% if not loop.last %},{% endif %}
        {%- endfor %}
    from {{ ref('int_deliverable_records') }} as records
    inner join parts on records.split_set_id = parts.split_id
),

measure_values as (
    select
        {{ of('fed', group_columns()) }},
        fed.project_scope,
        fed.subprogramme,
        fed.recipient,
        fed.epoch,
        {{ wide_sum('fed.value_units') }} as value_units,
        {{ summed_counters('fed') }}
    from fed
    group by {{ of('fed', group_columns()) }}, fed.project_scope, fed.subprogramme, fed.recipient, fed.epoch
)

select * from measure_values
