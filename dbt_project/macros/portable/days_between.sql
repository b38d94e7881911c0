{#- Whole days from the first date to the second, negative where the second is earlier. -#}
{% macro days_between(first, second) -%}
    {{ return(adapter.dispatch('days_between')(first, second)) }}
{%- endmacro %}

{% macro default__days_between(first, second) -%}
    cast(date_diff('day', {{ first }}, {{ second }}) as integer)
{%- endmacro %}

{% macro spark__days_between(first, second) -%}
    datediff({{ second }}, {{ first }})
{%- endmacro %}
