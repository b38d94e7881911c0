-- What every measure holds by sector: transactions and counts of IATI by the parts of their splits, all else as not allocated. A record that is
-- divided over several sectors is counted on one part of each purpose, category and group; `records` counts it once.
{% set counters = ['records_of_purpose', 'records_of_category', 'records_of_group', 'records_of_scope'] %}
{% set transaction_group = ['book', 'entity', 'reporter_role', 'fiscal_year', 'record_basis', 'funding_source'] %}

with transaction_measures as (
    {{ transaction_measures() | indent(4) }}
),

parts as (
    select * from {{ ref('int_iati_split_parts') }}
),

transactions as (
    select * from {{ ref('int_iati_transactions') }}
    where is_counted
),

transaction_totals as (
    select
        {{ of('transactions', transaction_group) }},
        transactions.transaction_type,
        parts.sector_vocabulary,
        parts.sector,
        {{ wide_sum(split_part_cents(
            'transactions.amount_usd_cents', 'parts.weight_from', 'parts.weight_to', 'parts.denominator', 'parts.narrow_limit'
        )) }} as value_units,
        {% for counter in counters %}
        cast(sum(parts.{{ counter }}) as bigint) as {{ counter }},
        cast(sum(case when transactions.amount_usd_cents is null then parts.{{ counter }} else 0 end) as bigint) as unconverted_{{ counter }}
        {%- if not loop.last %},{% endif %}
        {% endfor %}
    from transactions
    inner join parts on transactions.split_id = parts.split_id
    group by {{ of('transactions', transaction_group) }}, transactions.transaction_type, parts.sector_vocabulary, parts.sector
),

fed as (
    select
        {{ of('totals', transaction_group) }},
        'year' as period_type,
        transaction_measures.measure,
        'USD' as unit,
        totals.sector_vocabulary,
        totals.sector,
        totals.value_units,
        {% for counter in counters %}
        totals.{{ counter }},
        totals.unconverted_{{ counter }}{% if not loop.last %},{% endif %}
        {% endfor %}
    from transaction_totals as totals
    inner join transaction_measures on totals.transaction_type = transaction_measures.transaction_type
    union all
    select
        {{ of('counts', transaction_group) }},
        counts.period_type,
        counts.measure,
        counts.unit,
        parts.sector_vocabulary,
        parts.sector,
        {{ split_part_of_total('counts.value_units', 'parts.weight_from', 'parts.weight_to', 'parts.denominator', 'parts.narrow_limit') }} as value_units,
        {% for counter in counters %}
        counts.record_count * parts.{{ counter }} as {{ counter }},
        counts.unconverted_rows * parts.{{ counter }} as unconverted_{{ counter }}{% if not loop.last %},{% endif %}
        {% endfor %}
    from {{ ref('int_project_counts') }} as counts
    inner join parts on counts.split_id = parts.split_id
    union all
    select
        {{ of('others', transaction_group) }},
        others.period_type,
        others.measure,
        others.unit,
        'UNALLOCATED' as sector_vocabulary,
        'UNALLOCATED' as sector,
        others.value_units,
        {% for counter in counters %}
        others.record_count as {{ counter }},
        others.unconverted_rows as unconverted_{{ counter }}{% if not loop.last %},{% endif %}
        {% endfor %}
    from {{ ref('int_measure_attributes') }} as others
    where not others.has_sectors
),

measure_sectors as (
    select
        {{ group_columns() | join(',\n        ') }},
        sector_vocabulary,
        sector,
        {{ wide_sum('value_units') }} as value_units,
        {% for counter in counters %}
        cast(sum({{ counter }}) as bigint) as {{ counter }},
        cast(sum(unconverted_{{ counter }}) as bigint) as unconverted_{{ counter }}{% if not loop.last %},{% endif %}
        {% endfor %}
    from fed
    group by {{ group_columns() | join(', ') }}, sector_vocabulary, sector
)

select * from measure_sectors
