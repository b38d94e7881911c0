{#-
  What activity files plan to spend, in whole cents: budgets or planned disbursements, originals (type 1) and revised ones (type 2) alike.
-#}
{% macro planned_amounts(table_name, type_column) -%}
with lines as (
    select * from {{ ref('raw_' ~ table_name) }}
),

rounded as (
    select
        book,
        record_basis,
        iati_identifier,
        coalesce(reporting_org_ref, 'UNKNOWN') as entity,
        reporting_org_ref as entity_delivered,
        {{ type_column }},
        period_start,
        coalesce(period_end, period_start) as period_end,
        cast(year(period_start) as integer) as fiscal_year,
        value_date,
        {{ in_cents(table_name) }},
        currency,
        _delivery_id,
        _source_file,
        _source_row
    from lines
),

{{ with_rounding(table_name) }}
{%- endmacro %}
