{#- What a delivered row of reference data names as its source: its own words, else the document, else the file that delivered it. -#}
{% macro delivered_source(relation=none) -%}
{%- set prefix = relation ~ '.' if relation else '' -%}
coalesce({{ prefix }}source, {{ prefix }}source_symbol, {{ prefix }}source_address, {{ prefix }}_source_file)
{%- endmacro %}

{#- Whether two validities share a day; the first of each is included, the end is not, and a missing one is open. -#}
{% macro share_a_day(one, other) -%}
coalesce({{ one }}.valid_from, date '0001-01-01') < coalesce({{ other }}.valid_to, date '9999-12-31')
            and coalesce({{ other }}.valid_from, date '0001-01-01') < coalesce({{ one }}.valid_to, date '9999-12-31')
{%- endmacro %}

{#- Where a row of reference data was delivered: nowhere, since it is shipped. -#}
{% macro no_delivery() -%}
cast(null as string) as _delivery_id,
        cast(null as bigint) as _source_row
{%- endmacro %}
