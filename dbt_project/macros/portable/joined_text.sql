{#- The distinct texts of a group as one text in alphabetical order; NULL where there is none. -#}
{% macro joined_text(text, separator='; ') -%}
    {{ return(adapter.dispatch('joined_text')(text, separator)) }}
{%- endmacro %}

{% macro default__joined_text(text, separator) -%}
    nullif(array_to_string(list_sort(list_distinct(list({{ text }}))), '{{ separator }}'), '')
{%- endmacro %}

{% macro spark__joined_text(text, separator) -%}
    nullif(array_join(array_sort(collect_set({{ text }})), '{{ separator }}'), '')
{%- endmacro %}
