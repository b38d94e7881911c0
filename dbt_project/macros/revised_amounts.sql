{#-
  What activity files plan to spend, in whole cents: budgets or planned disbursements. A revised figure (type 2) replaces the original of its period.
-#}
{% macro revised_amounts(raw_model, type_column) -%}
with lines as (
    select * from {{ ref(raw_model) }}
),

revised as (
    select
        iati_identifier,
        period_start,
        period_end
    from lines
    where {{ type_column }} = '2'
    group by iati_identifier, period_start, period_end
),

rounded as (
    select
        lines.book,
        lines.record_basis,
        lines.iati_identifier,
        coalesce(lines.reporting_org_ref, 'UNKNOWN') as entity,
        lines.reporting_org_ref as entity_delivered,
        lines.{{ type_column }},
        lines.{{ type_column }} = '2' or revised.iati_identifier is null as is_in_force,
        lines.period_start,
        coalesce(lines.period_end, lines.period_start) as period_end,
        cast(year(lines.period_start) as integer) as fiscal_year,
        lines.value_date,
        lines.value as amount_delivered,
        {{ to_cents('lines.value') }} as amount_cents,
        lines.currency,
        lines._delivery_id,
        lines._source_file,
        lines._source_row
    from lines
    left join revised
        on
            lines.iati_identifier = revised.iati_identifier
            and lines.period_start = revised.period_start
            and lines.period_end is not distinct from revised.period_end
),

renamed as (
    select
        *,
        amount_delivered - {{ from_cents('amount_cents') }} as amount_rounding
    from rounded
)

select * from renamed
{%- endmacro %}
