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
  What counts as spending: what left for the purpose, disbursements, expenditures and reimbursements. A refund is money paid back to whoever gave
  it: outgoing, but no spending. What IATI knows beside these (interest, repayments, equity, guarantees) is no spending either.
-#}
{% macro spending_types() -%}
    {{ return(['disbursement', 'expenditure', 'reimbursement']) }}
{%- endmacro %}

{% macro is_spending(transaction_type='transaction_type') -%}
{{ transaction_type }} in ('{{ spending_types() | join("', '") }}')
{%- endmacro %}

{#- A ledger says in its own word what was spent: projects in disbursements and expenditures, budgets as expenditure (cash) or expense (accrual). -#}
{% macro spent_measures() -%}
    {{ return(['spending_usd', 'expenditure_usd', 'expense_usd']) }}
{%- endmacro %}

{#- Which measures a transaction counts in: one of its own, so that nothing drops out of the shares, and spending where it is spending. -#}
{% macro transaction_measures() -%}
    {%- set types = spending_types() + [
        'pledge', 'contribution', 'commitment', 'refund', 'incoming_commitment', 'incoming_pledge', 'interest_payment', 'loan_repayment',
        'equity_purchase', 'equity_sale', 'guarantee', 'other',
    ] -%}
    {%- for transaction_type in types %}
    select
        '{{ transaction_type }}' as transaction_type,
        '{{ transaction_type }}_usd' as measure
    union all
    {%- endfor %}
    {%- for transaction_type in spending_types() %}
    select
        '{{ transaction_type }}' as transaction_type,
        'spending_usd' as measure
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
