{#- Aggregate: the distinct values, sorted, joined by `|`; the same set always gives the same text. -#}
{% macro sorted_text(value) -%}
    {{ return(adapter.dispatch('sorted_text')(value)) }}
{%- endmacro %}

{% macro default__sorted_text(value) -%}
    string_agg(distinct {{ value }}, '|' order by {{ value }})
{%- endmacro %}

{% macro spark__sorted_text(value) -%}
    array_join(sort_array(collect_set({{ value }})), '|')
{%- endmacro %}
