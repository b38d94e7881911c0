-- The hub of the share tables, part three: what every measure holds by the attributes of its records. Each record has exactly one of
-- each attribute, so nothing is split here.
{% set attributes = ['priority_area', 'activity_type', 'gender_marker'] + said_columns() | list %}
{% set sums = ['value_units', 'record_count', 'unconverted_rows'] %}

with transaction_measures as (
    {{ transaction_measures() | indent(4) }}
),

{{ budget_lines() }},

measured_transactions as (
    {{ measured_transactions(
        ref('int_transaction_attributes'), ['priority_area', 'gender_marker'] + said_columns() | list + sums
    ) | indent(4) }}
),

fed as (
    select
        {{ group_columns() | join(',\n        ') }},
        priority_area,
        'project' as activity_type,
        gender_marker,
        {{ said_columns() | join(',\n        ') }},
        {{ sums | join(',\n        ') }}
    from measured_transactions
    {%- for feed in measure_feeds() %}
    union all
    select
        {{ group_columns() | join(',\n        ') }},
        priority_area,
        activity_type,
        gender_marker,
        {%- for column, unsaid in said_columns().items() %}
        {{ feed.says.get(column, unsaid) }} as {{ column }},
        {%- endfor %}
        {{ 'value_units' if feed.has_values else 'cast(null as bigint) as value_units' }},
        {{ 'record_count' if feed.has_records else '0 as record_count' }},
        {{ 'unconverted_rows' if feed.has_records else '0 as unconverted_rows' }}
    from {{ fed_from(feed) }}
    {%- endfor %}
),

measure_attributes as (
    select
        {{ (group_columns() + attributes) | join(',\n        ') }},
        {{ wide_sum('value_units') }} as value_units,
        cast(sum(record_count) as bigint) as record_count,
        cast(sum(unconverted_rows) as bigint) as unconverted_rows
    from fed
    group by {{ (group_columns() + attributes) | join(', ') }}
)

select * from measure_attributes
