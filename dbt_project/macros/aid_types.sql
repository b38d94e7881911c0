{#-
  The columns of a transaction that hold its aid types, one per vocabulary of the standard (codelist AidTypeVocabulary, 1 to 4): what kind of aid, how
  far it is earmarked, by which modality, in cash or vouchers. Those of an activity begin with `default_` and hold for transactions that state none of
  the vocabulary. The same names stand in the contract (`AID_TYPES` in pipelines/contracts/iati.py).
-#}
{% macro aid_type_columns() -%}
    {{ return(['aid_type', 'earmarking_category', 'earmarking_modality', 'cash_voucher_modality']) }}
{%- endmacro %}
