{#- Half of a unit, and a percentage of the size of a figure, both DECIMAL(28,10): how far a published figure may lie from the exact one. -#}
{% macro half_of(unit) -%}
cast({{ unit }} * cast(0.5 as decimal(2, 1)) as decimal(28, 10))
{%- endmacro %}

{% macro percent_of(figure, percent) -%}
cast(abs({{ figure }}) * cast({{ '0.%02d' % percent }} as decimal(3, 2)) as decimal(28, 10))
{%- endmacro %}
