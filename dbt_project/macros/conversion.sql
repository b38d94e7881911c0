{#-
  An amount of whole cents in US dollars, in whole cents, at the rate of the joined line of int_rates_used (`rates`); US dollars are what they
  are. NULL where no rate is at hand.
-#}
{% macro usd_cents(rows, amount) -%}
{{ exact_mul(rows ~ '.' ~ amount, "(case when " ~ rows ~ ".currency = 'USD' then 1000000000000 else rates.rate_units end)") }}
{%- endmacro %}

{#- Whether the joined line of int_rates_used converts an amount that is not in US dollars. -#}
{% macro is_converted(rows, amount) -%}
{{ fits_cents(rows ~ '.' ~ amount, 'rates.rate_units') }}
{%- endmacro %}

{#- The rate that `usd_cents` took, its day and its source: three columns. `day` is the column with the day of the amount. -#}
{% macro rate_used(rows, amount, day) -%}
{%- set converted = is_converted(rows, amount) -%}
case when {{ rows }}.currency = 'USD' then cast(1 as decimal(18, 12)) when {{ converted }} then rates.fx_rate end as fx_rate,
        case when {{ rows }}.currency = 'USD' then {{ rows }}.{{ day }} when {{ converted }} then rates.fx_rate_date end as fx_rate_date,
        case when {{ rows }}.currency = 'USD' then 'identity' when {{ converted }} then rates.fx_source end as fx_source
{%- endmacro %}
