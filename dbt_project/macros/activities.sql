{#- What missions and events say alike. -#}
{% macro activity_columns() -%}
    {{ return([
        'book', 'record_basis', 'entity', 'joint_entities', 'subprogramme', 'status', 'modality', 'start_date', 'end_date', 'fiscal_year', 'recipients',
        'scope', 'funding_source', 'project_id', 'cost_cents', 'currency', 'topic', 'priority_area', 'partners', 'rc_notified_on', 'normative_instrument',
        'source_symbol', 'source_address', '_delivery_id', '_source_row',
    ]) }}
{%- endmacro %}
