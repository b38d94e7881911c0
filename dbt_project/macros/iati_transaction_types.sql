{#-
  The types of IATI transactions in the words of the warehouse, and which way the money goes as seen by the publisher
  (https://iatistandard.org/en/iati-standard/203/codelists/transactiontype/). Interest, repayments, equity and guarantees are no spending:
  they stand in the facts under measures of their own.
-#}
{% macro iati_transaction_types() -%}
    {%- set types = [
        ('1', 'contribution', 'incoming'),
        ('2', 'commitment', 'outgoing'),
        ('3', 'disbursement', 'outgoing'),
        ('4', 'expenditure', 'outgoing'),
        ('5', 'interest_payment', 'outgoing'),
        ('6', 'loan_repayment', 'outgoing'),
        ('7', 'reimbursement', 'outgoing'),
        ('8', 'equity_purchase', 'outgoing'),
        ('9', 'equity_sale', 'incoming'),
        ('10', 'guarantee', 'outgoing'),
        ('11', 'incoming_commitment', 'incoming'),
        ('12', 'pledge', 'outgoing'),
        ('13', 'incoming_pledge', 'incoming'),
    ] -%}
    {%- for code, transaction_type, flow in types %}
    select
        '{{ code }}' as code,
        '{{ transaction_type }}' as transaction_type,
        '{{ flow }}' as flow
    {%- if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}
{%- endmacro %}
