{#- Whole millionths of a figure DECIMAL(28,10) that is not money, as BIGINT; NULL beyond a billion, which no count of
    activities reaches and thousands of which still add up in 64 bits. -#}
{% macro to_millionths(figure) -%}
case
    when abs({{ figure }}) < 1000000000
        then cast(cast({{ figure }} as decimal(19, 6)) * cast(1000000 as decimal(7, 0)) as bigint)
end
{%- endmacro %}
