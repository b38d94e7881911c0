{#- What every model of indicators gives, in this order; `marts.indicators` puts the models together. -#}
{% macro indicator_columns() -%}
    {{ return(['indicator', 'book', 'entity', 'period_start', 'period_end', 'dimension_scheme', 'dimension_value', 'value', 'record_basis']) }}
{%- endmacro %}

{#-
  100 times one whole number over another, to six decimals, half away from zero. NULL where the denominator is unknown or not above zero:
  an indicator without a base has no value, and 0 would be one.
-#}
{% macro percentage_of(numerator, denominator) -%}
cast({{ decimal_of(exact_div(numerator, denominator, 8), 6, 24) }} as decimal(24, 6))
{%- endmacro %}

{#- One whole number over another, to six decimals, half away from zero; NULL where the denominator is unknown or not above zero. -#}
{% macro ratio_of(numerator, denominator) -%}
cast({{ decimal_of(exact_div(numerator, denominator, 6), 6, 24) }} as decimal(24, 6))
{%- endmacro %}

{#- First and last day of a calendar year given as an integer. -#}
{% macro first_day_of(year) -%}
cast(concat(cast({{ year }} as string), '-01-01') as date)
{%- endmacro %}

{% macro last_day_of(year) -%}
cast(concat(cast({{ year }} as string), '-12-31') as date)
{%- endmacro %}

{#- An amount of whole cents as a value of an indicator. -#}
{% macro money_of(cents) -%}
cast({{ from_total_cents(cents) }} as decimal(24, 6))
{%- endmacro %}

{#-
  The last step of a model of indicators: its `figures` by calendar year, as periods from the first day to the last; `entity` where they have none
  of their own.
-#}
{% macro indicators_of_years(year, entity=none) -%}
indicators as (
    select
        indicator,
        book,
        {{ entity ~ ' as ' if entity }}entity,
        {{ first_day_of(year) }} as period_start,
        {{ last_day_of(year) }} as period_end,
        dimension_scheme,
        dimension_value,
        value,
        record_basis
    from figures
)

select {{ indicator_columns() | join(', ') }} from indicators
{%- endmacro %}
