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

{#- Quotient of two wide numbers as BIGINT; neither side below zero. -#}
{% macro wide_div(dividend, divisor) -%}
    {{ return(adapter.dispatch('wide_div')(dividend, divisor)) }}
{%- endmacro %}

{% macro default__wide_div(dividend, divisor) -%}
    cast(({{ dividend }}) // ({{ divisor }}) as bigint)
{%- endmacro %}

{% macro spark__wide_div(dividend, divisor) -%}
    cast(({{ dividend }}) div ({{ divisor }}) as bigint)
{%- endmacro %}
