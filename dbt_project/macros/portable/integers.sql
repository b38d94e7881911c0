{#-
  Whole numbers, the same on DuckDB and Spark. Money inside the models is whole cents in BIGINT: 128-bit arithmetic was measured
  many times slower, so it is kept for the rare amount that needs it.
-#}

{#- Quotient without remainder; neither side below zero, the divisor above it. -#}
{% macro int_div(dividend, divisor) -%}
    {{ return(adapter.dispatch('int_div')(dividend, divisor)) }}
{%- endmacro %}

{% macro default__int_div(dividend, divisor) -%}
    (({{ dividend }}) // ({{ divisor }}))
{%- endmacro %}

{% macro spark__int_div(dividend, divisor) -%}
    (({{ dividend }}) div ({{ divisor }}))
{%- endmacro %}

{#- A whole number in the wide path: 38 digits and more on DuckDB, 38 on Spark. -#}
{% macro wide(number) -%}
    {{ return(adapter.dispatch('wide')(number)) }}
{%- endmacro %}

{% macro default__wide(number) -%}
    cast({{ number }} as hugeint)
{%- endmacro %}

{% macro spark__wide(number) -%}
    cast({{ number }} as decimal(38, 0))
{%- endmacro %}

{#- Quotient without remainder of two wide numbers, wide itself; neither side below zero. Spark's `div` would end at 64 bits. -#}
{% macro wide_quotient(dividend, divisor) -%}
    {{ return(adapter.dispatch('wide_quotient')(dividend, divisor)) }}
{%- endmacro %}

{% macro default__wide_quotient(dividend, divisor) -%}
    (({{ dividend }}) // ({{ divisor }}))
{%- endmacro %}

{% macro spark__wide_quotient(dividend, divisor) -%}
    cast((({{ dividend }}) - ({{ dividend }}) % ({{ divisor }})) / ({{ divisor }}) as decimal(38, 0))
{%- endmacro %}

{#- The same as BIGINT, NULL where 64 bits do not hold it: no quotient of what somebody delivered ends a run. -#}
{% macro wide_div(dividend, divisor) -%}
try_cast({{ wide_quotient(dividend, divisor) }} as bigint)
{%- endmacro %}

{#-
  A sum of whole numbers as a wide number. Amounts fit 64 bits, their totals need not: ten amounts of 10^16 in whole cents do not.
  DuckDB adds BIGINT up as fast as before and gives HUGEINT by itself; one wide number per group costs nothing beside the rows behind it.
-#}
{% macro wide_sum(number) -%}
    {{ return(adapter.dispatch('wide_sum')(number)) }}
{%- endmacro %}

{% macro default__wide_sum(number) -%}
    sum({{ number }})
{%- endmacro %}

{% macro spark__wide_sum(number) -%}
    cast(sum(cast({{ number }} as decimal(28, 0))) as decimal(38, 0))
{%- endmacro %}
