{#-
  What activity files plan to spend, in whole cents: budgets or planned disbursements, originals (type 1) and revised ones (type 2) alike.
-#}
{% macro planned_amounts(raw_model, type_column) -%}
with lines as (
    select * from {{ ref(raw_model) }}
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
        value as amount_delivered,
        {{ to_cents('value') }} as amount_cents,
        currency,
        _delivery_id,
        _source_file,
        _source_row
    from lines
),

renamed as (
    select
        *,
        amount_delivered - {{ from_cents('amount_cents') }} as amount_rounding
    from rounded
)
{%- endmacro %}
