{#- The day in the middle of a period, the earlier one where two are. -#}
{% macro middle_day(first_day, last_day) -%}
    {{ return(adapter.dispatch('middle_day')(first_day, last_day)) }}
{%- endmacro %}

{% macro default__middle_day(first_day, last_day) -%}
    ({{ first_day }} + cast(({{ last_day }} - {{ first_day }}) // 2 as integer))
{%- endmacro %}

{% macro spark__middle_day(first_day, last_day) -%}
    date_add({{ first_day }}, cast(datediff({{ last_day }}, {{ first_day }}) div 2 as int))
{%- endmacro %}
