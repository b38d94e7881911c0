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
  Which measures a transaction counts in. Spending is what left for the purpose: disbursements, expenditures and
  reimbursements. A refund is money
  paid back to whoever gave it: outgoing, but no spending, and a measure of its own, so that nothing drops out of the shares.
  What IATI knows beside these (interest, repayments, equity, guarantees) is no spending either.
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
        ('reimbursement', 'reimbursement_usd'),
        ('reimbursement', 'spending_usd'),
        ('incoming_commitment', 'incoming_commitment_usd'),
        ('incoming_pledge', 'incoming_pledge_usd'),
        ('interest_payment', 'interest_payment_usd'),
        ('loan_repayment', 'loan_repayment_usd'),
        ('equity_purchase', 'equity_purchase_usd'),
        ('equity_sale', 'equity_sale_usd'),
        ('guarantee', 'guarantee_usd'),
        ('other', 'other_usd'),
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

{#- Region schemes in which every recipient has exactly one region. -#}
{% macro exclusive_schemes() -%}
    {{ return(['country', 'm49_region', 'm49_subregion', 'un_regional_group', 'dac_region']) }}
{%- endmacro %}

{#-
  Counters of source records in the hub. A record that is divided over several parts is counted on one of them only:
  `records_of_subprogramme` on the first recipient of each subprogramme, `records_of_<scheme>` on the first recipient of each region
  (of the first subprogramme), `pairs_of_<scheme>` the same for every subprogramme. Adding them up counts records exactly.
-#}
{% macro record_counters() -%}
    {%- set counters = ['records_of_subprogramme', 'records_of_scope', 'pairs_of_scope'] -%}
    {%- for scheme in exclusive_schemes() -%}
        {%- do counters.extend(['records_of_' ~ scheme, 'pairs_of_' ~ scheme]) -%}
    {%- endfor -%}
    {{ return(counters) }}
{%- endmacro %}

{#- Sums of the counters over the parts of the records of one group; `records` is how many records each row stands for. -#}
{% macro summed_counters(relation, records=none) -%}
    {%- for counter in record_counters() %}
        cast(sum({{ relation }}.{{ counter }}{{ ' * ' ~ records if records }}) as bigint) as {{ counter }}{{ ',' if not loop.last }}
    {%- endfor %}
{%- endmacro %}
