{#- Exact money. Every decimal times decimal, and every division, of the models happens in one of these. -#}

{#- 1 or -1; Spark's sign() answers with a double. -#}
{% macro sign_of(number) -%}
case when {{ number }} < 0 then -1 else 1 end
{%- endmacro %}

{#-
  Whole cents of an amount DECIMAL(28,10), ties to the even cent. The contract keeps amounts below 10^16, so cents fit BIGINT.
  Casting rounds ties away from zero on both engines; an exact tie that landed on an odd cent is taken back by one.
  Casting 128-bit decimals costs 2.5 µs a row, so an amount of two decimals is read through a double first and taken only where multiplying
  back gives the very amount: the double proposes, the decimal decides.
-#}
{% macro to_cents(amount) -%}
{%- set proposed -%} cast(round(cast({{ amount }} as double) * 100) as bigint) {%- endset -%}
{%- set rounded -%} cast(cast({{ amount }} as decimal(18, 2)) as decimal(20, 2)) {%- endset -%}
case
    when {{ amount }} is null then null
    when
        abs({{ amount }}) < 1000000000000
        and cast(cast({{ proposed }} as decimal(18, 0)) * cast(0.01 as decimal(2, 2)) as decimal(28, 10)) = {{ amount }}
        then {{ proposed }}
    else
        cast({{ rounded }} * 100 as bigint)
        - case
            when abs({{ amount }} - {{ rounded }}) = 0.005 and cast({{ rounded }} * 100 as bigint) % 2 <> 0 then {{ sign_of(amount) }}
            else 0
        end
end
{%- endmacro %}

{#- DECIMAL(18,2) of whole cents, in 64-bit arithmetic wherever the amount allows. -#}
{% macro from_cents(cents) -%}
case
    when abs({{ cents }}) < 10000000000000000
        then cast(cast({{ cents }} as decimal(16, 0)) * cast(0.01 as decimal(2, 2)) as decimal(18, 2))
    else cast(cast({{ cents }} as decimal(20, 0)) * cast(0.01 as decimal(2, 2)) as decimal(18, 2))
end
{%- endmacro %}

{#- The same of a total: DECIMAL(28,2), so that totals are wider than amounts. -#}
{% macro from_total_cents(cents) -%}
{{ decimal_of(cents, 2, 28) }}
{%- endmacro %}

{#- A whole number of steps of 10^-scale as a decimal: 1234 steps of two decimals are 12.34. Totals of whole cents have up to 28 digits. -#}
{% macro decimal_of(steps, scale, precision) -%}
cast(
    cast({{ steps }} as decimal({{ 20 if scale > 10 else 28 }}, 0)) * cast({{ '0.' ~ '0' * (scale - 1) ~ '1' }} as decimal({{ scale }}, {{ scale }}))
    as decimal({{ precision }}, {{ scale }})
)
{%- endmacro %}

{#- Whether cents times a rate stay below 10^18 whole cents, which DECIMAL(18,2) holds; NULL without either. Doubles tell sizes, and are no money here. -#}
{% macro fits_cents(cents, rate_units) -%}
cast(abs({{ cents }}) as double) * cast({{ rate_units }} as double) < 9.9e29
{%- endmacro %}

{#-
  Cents times a rate given in millionths of a millionth (`rate_units` BIGINT, twelve decimals), as whole cents, ties to even.
  With r = a·10^6 + b, cents·r = cents·a·10^6 + cents·b; both products and the remainder stay below 2^63 while
  |cents| < 10^12 and the rate is below nine. Everything else takes the wide path. What DECIMAL(18,2) does not hold, 10^18 cents and more, is
  NULL: the set pass keeps such amounts out, so that only a rate which fails `rates_agree` leads there, and that check is to say so.
-#}
{% macro exact_mul(cents, rate_units) -%}
case
    when {{ cents }} is null or {{ rate_units }} is null then null
    when {{ rate_units }} = 1000000000000 then {{ cents }}
    when abs({{ cents }}) < 1000000000000 and {{ rate_units }} < 9000000000000
        then
            ({{ sign_of(cents) }}) * (
                {%- set high -%} abs({{ cents }}) * {{ int_div(rate_units, 1000000) }} {%- endset -%}
                {%- set rest -%} ({{ high }}) % 1000000 * 1000000 + abs({{ cents }}) * ({{ rate_units }} % 1000000) {%- endset -%}
                {%- set whole -%} {{ int_div(high, 1000000) }} + {{ int_div(rest, 1000000000000) }} {%- endset %}
                {{ whole }}
                + case
                    when ({{ rest }}) % 1000000000000 > 500000000000 then 1
                    when ({{ rest }}) % 1000000000000 = 500000000000 then ({{ whole }}) % 2
                    else 0
                end
            )
    else
        {%- set product -%} {{ wide('abs(' ~ cents ~ ')') }} * {{ wide(rate_units) }} {%- endset %}
        case when {{ fits_cents(cents, rate_units) }} then {{ sign_of(cents) }} end * (
            {{ wide_div(product, wide(1000000000000)) }}
            + case
                when ({{ product }}) % {{ wide(1000000000000) }} > {{ wide(500000000000) }} then 1
                when ({{ product }}) % {{ wide(1000000000000) }} = {{ wide(500000000000) }}
                    then {{ wide_div(product, wide(1000000000000)) }} % 2
                else 0
            end
        )
end
{%- endmacro %}

{#-
  10^scale times a whole number over another, rounded half away from zero, as BIGINT; NULL where the divisor is not above zero, or so small
  beside the dividend that 64 bits do not hold the quotient.
-#}
{% macro exact_div(dividend, divisor, scale) -%}
{{ _exact_quotient(dividend, divisor, scale, wide_div) }}
{%- endmacro %}

{#- The same of a total, as a wide number. -#}
{% macro exact_div_of_total(dividend, divisor, scale) -%}
{{ _exact_quotient(dividend, divisor, scale, wide_quotient) }}
{%- endmacro %}

{% macro _exact_quotient(dividend, divisor, scale, quotient) -%}
case
    when {{ divisor }} > 0
        then ({{ sign_of(dividend) }}) * {{ quotient(
            wide('abs(' ~ dividend ~ ')') ~ ' * ' ~ wide(2 * 10 ** scale) ~ ' + ' ~ wide(divisor),
            wide(divisor) ~ ' * ' ~ wide(2)
        ) }}
end
{%- endmacro %}

{#-
  The part of an amount that falls to the cumulative weights (from, to] of a split, in whole cents (or millionths). The sign is
  taken out first, so that a refund mirrors its payment; parts of one amount telescope, so that they add to it exactly; each
  is within one cent of amount × weight. `narrow_limit` is the largest amount whose product stays below 2^63.
-#}
{% macro split_part_cents(cents, weight_from, weight_to, denominator, narrow_limit) -%}
{{ _split_part(cents, weight_from, weight_to, denominator, narrow_limit, wide_div) }}
{%- endmacro %}

{#- The same of a total, whose parts may be wide as well. -#}
{% macro split_part_of_total(cents, weight_from, weight_to, denominator, narrow_limit) -%}
{{ _split_part(cents, weight_from, weight_to, denominator, narrow_limit, wide_quotient) }}
{%- endmacro %}

{% macro _split_part(cents, weight_from, weight_to, denominator, narrow_limit, quotient) -%}
case
    when {{ denominator }} = 1 then {{ cents }}
    when abs({{ cents }}) <= {{ narrow_limit }}
        then
            ({{ sign_of(cents) }}) * (
                {{ int_div('abs(' ~ cents ~ ') * 2 * ' ~ weight_to ~ ' + ' ~ denominator, '2 * ' ~ denominator) }}
                - {{ int_div('abs(' ~ cents ~ ') * 2 * ' ~ weight_from ~ ' + ' ~ denominator, '2 * ' ~ denominator) }}
            )
    else
        {%- set double_amount -%} {{ wide('abs(' ~ cents ~ ')') }} * {{ wide(2) }} {%- endset %}
        {%- set double_denominator -%} {{ wide(denominator) }} * {{ wide(2) }} {%- endset %}
        ({{ sign_of(cents) }}) * (
            {{ quotient(double_amount ~ ' * ' ~ wide(weight_to) ~ ' + ' ~ wide(denominator), double_denominator) }}
            - {{ quotient(double_amount ~ ' * ' ~ wide(weight_from) ~ ' + ' ~ wide(denominator), double_denominator) }}
        )
end
{%- endmacro %}

{#- A rate DECIMAL(18,12) as whole millionths of a millionth; a rate stays below one million, so that BIGINT holds it. -#}
{% macro rate_units(rate) -%}
cast(cast({{ rate }} as decimal(24, 12)) * cast(1000000000000 as decimal(13, 0)) as bigint)
{%- endmacro %}

{#- A percentage of a percentage, DECIMAL(12,6): 60 of 50 is 30. -#}
{% macro exact_percent(percentage, of_percentage) -%}
{%- set product -%} cast({{ percentage }} * 1000000 as bigint) * cast({{ of_percentage }} * 1000000 as bigint) {%- endset -%}
{{ decimal_of(int_div(product ~ ' + 50000000', 100000000), 6, 12) }}
{%- endmacro %}

{#- A decimal of at most six decimals as whole millionths, BIGINT. -#}
{% macro whole_millionths(number) -%}
cast(cast({{ number }} as decimal(24, 6)) * cast(1000000 as decimal(7, 0)) as bigint)
{%- endmacro %}
