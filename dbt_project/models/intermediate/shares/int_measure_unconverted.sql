-- How many source records of each measure have no exchange rate or no value that anybody knows, counted as in int_measure_values.
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
        {{ of('totals', record_counters()) }}
    from {{ ref('int_transaction_unconverted') }} as totals
    inner join transaction_measures on totals.transaction_type = transaction_measures.transaction_type
    union all
    select
        {{ of('projects', ['book', 'entity', 'reporter_role', 'fiscal_year', 'record_basis', 'funding_source', 'project_scope', 'epoch']) }},
        parts.subprogramme,
        parts.recipient,
        projects.period_type,
        projects.measure,
        projects.unit,
        {%- for counter in record_counters() %}
        projects.unconverted_rows * parts.{{ counter }} as {{ counter }}{% if not loop.last %},{% endif %}
        {%- endfor %}
    from {{ ref('int_project_counts') }} as projects
    inner join parts on projects.split_id = parts.split_id
    where projects.unconverted_rows > 0
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
        {{ of('parts', record_counters()) }}
    from {{ ref('int_allocations') }} as allocations
    inner join parts on allocations.split_id = parts.split_id
    where
        allocations.is_latest_vintage
        and allocations.budget_component in ('programme_of_work', 'unspecified')
        and allocations.amount_usd_cents is null
    union all
    select
        {{ of('records', ['book', 'entity', 'reporter_role', 'fiscal_year', 'record_basis', 'funding_source', 'project_scope', 'epoch']) }},
        parts.subprogramme,
        parts.recipient,
        records.period_type,
        records.measure,
        records.unit,
        {%- for counter in record_counters() %}
        records.unconverted_rows * parts.{{ counter }} as {{ counter }}{% if not loop.last %},{% endif %}
        {%- endfor %}
    from {{ ref('int_register_records') }} as records
    inner join parts on records.split_set_id = parts.split_id
    where records.unconverted_rows > 0
),

unconverted as (
    select
        {{ of('fed', group_columns()) }},
        fed.project_scope,
        fed.subprogramme,
        fed.recipient,
        fed.epoch,
        {{ summed_counters('fed') }}
    from fed
    group by {{ of('fed', group_columns()) }}, fed.project_scope, fed.subprogramme, fed.recipient, fed.epoch
)

select * from unconverted
