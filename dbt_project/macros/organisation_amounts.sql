{#- Tables of what organisations plan and spend as a whole, and the measure of each. -#}
{% macro organisation_measures() -%}
    {{ return({
        'iati_total_budgets': 'budget', 'iati_recipient_org_budgets': 'recipient_org_budget', 'iati_recipient_country_budgets': 'recipient_country_budget',
        'iati_recipient_region_budgets': 'recipient_region_budget', 'iati_total_expenditures': 'expenditure',
    }) }}
{%- endmacro %}

{#-
  Money of organisation files in whole cents: budgets, expenditures, or lines of them.

  Args:
      table_name: of the raw table.
      columns: what it says beside period, amount and currency.
-#}
{% macro organisation_amounts(table_name, columns) -%}
with lines as (
    select * from {{ ref('raw_' ~ table_name) }}
),

spellings as (
    select * from {{ ref('stg_organisation_spellings') }}
),

rounded as (
    select
        lines.book,
        lines.record_basis,
        lines.organisation_identifier,
        coalesce(spellings.organisation, lines.organisation_identifier, 'UNKNOWN') as entity,
        lines.organisation_identifier as entity_delivered,
        {%- for column in columns %}
        lines.{{ column }},
        {%- endfor %}
        lines.budget_number,
        lines.period_start,
        coalesce(lines.period_end, lines.period_start) as period_end,
        cast(year(lines.period_start) as integer) as fiscal_year,
        lines.value_date,
        {{ in_cents(table_name, 'lines') }},
        lines.currency,
        lines._activity_row,
        lines._delivery_id,
        lines._source_file,
        lines._source_row
    from lines
    left join spellings on lines.organisation_identifier = spellings.delivered
),

{{ with_rounding(table_name) }}
{%- endmacro %}
