{#-
  The columns by which anything is added up. Records of different books, record bases, period types and reporter roles are never
  added together (law 7), so these stand in every `group by` of the hub.
-#}
{% macro group_columns() -%}
    {{ return(['book', 'entity', 'reporter_role', 'fiscal_year', 'period_type', 'record_basis', 'measure', 'unit', 'funding_source']) }}
{%- endmacro %}

{#- What a record may say of itself beside its place. -#}
{% macro attribute_columns() -%}
    {{ return(['project_scope', 'priority_area', 'activity_type', 'gender_marker']) }}
{%- endmacro %}

{#-
  Which measures a transaction counts in. Spending is what left for the purpose: disbursements and expenditures. A refund is money
  paid back to whoever gave it: outgoing, but no spending, and a measure of its own, so that nothing drops out of the shares.
-#}
{% macro transaction_measures() -%}
    {%- set measures = [
        ('pledge', 'pledge_usd'),
        ('contribution', 'contribution_usd'),
        ('commitment', 'commitment_usd'),
        ('disbursement', 'disbursement_usd'),
        ('disbursement', 'spending_usd'),
        ('expenditure', 'expenditure_usd'),
        ('expenditure', 'spending_usd'),
        ('refund', 'refund_usd'),
    ] -%}
    {%- for transaction_type, measure in measures %}
    select
        '{{ transaction_type }}' as transaction_type,
        '{{ measure }}' as measure
    {%- if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}
{%- endmacro %}
