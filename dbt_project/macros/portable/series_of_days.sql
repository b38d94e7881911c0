{#- One row per day (`day`, a DATE) from the first to the last, both given as ISO text and included. -#}
{% macro series_of_days(first, last) -%}
    {{ return(adapter.dispatch('series_of_days')(first, last)) }}
{%- endmacro %}

{% macro default__series_of_days(first, last) -%}
    select cast(unnest(generate_series(date '{{ first }}', date '{{ last }}', interval 1 day)) as date) as day
{%- endmacro %}

{% macro spark__series_of_days(first, last) -%}
    select explode(sequence(date '{{ first }}', date '{{ last }}', interval 1 day)) as day
{%- endmacro %}
