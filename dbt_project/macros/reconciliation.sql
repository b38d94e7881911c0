{#- The columns by which amounts are compared between two layers. -#}
{% macro reconciliation_columns() -%}
    {{ return(['source', 'layer_from', 'layer_to', 'book', 'entity', 'fiscal_year', 'record_basis', 'measure', 'currency']) }}
{%- endmacro %}

{#-
  One side of a comparison, added up: what a layer holds per group.

  Args:
      source: expression of the source that is compared.
      layer_from, layer_to: which step.
      side: `from` or `to`.
      relation: where the layer's rows are.
      book, entity, fiscal_year, record_basis, measure, currency: expressions of the group.
      amount: expression of the amount, whole cents where `in_cents`.
      rounding: expression of what rounding took away, if anything.
      row_count: aggregate that counts source records.
      condition: which rows are meant.
-#}
{% macro layer_amounts(
    source, layer_from, layer_to, side, relation, amount, measure, currency,
    book='book', entity='entity', fiscal_year='fiscal_year', record_basis='record_basis',
    in_cents=true, rounding=none, row_count='count(*)', condition='true'
) -%}
    {%- set total -%}
    {%- if in_cents -%} cast({{ decimal_of('coalesce(' ~ wide_sum(amount) ~ ', 0)', 2, 38) }} as decimal(38, 10))
    {%- else -%} cast(coalesce(sum({{ amount }}), 0) as decimal(38, 10))
    {%- endif -%}
    {%- endset -%}
    select
        {{ source }} as source,
        '{{ layer_from }}' as layer_from,
        '{{ layer_to }}' as layer_to,
        {{ book }} as book,
        {{ entity }} as entity,
        cast({{ fiscal_year }} as integer) as fiscal_year,
        {{ record_basis }} as record_basis,
        {{ measure }} as measure,
        {{ currency }} as currency,
        {{ total if side == 'from' else 'cast(0 as decimal(38, 10))' }} as amount_from,
        {{ total if side == 'to' else 'cast(0 as decimal(38, 10))' }} as amount_to,
        {{ 'cast(coalesce(sum(' ~ rounding ~ '), 0) as decimal(38, 10))' if rounding else 'cast(0 as decimal(38, 10))' }} as rounding,
        {{ 'cast(' ~ row_count ~ ' as bigint)' if side == 'from' else 'cast(0 as bigint)' }} as rows_from,
        {{ 'cast(' ~ row_count ~ ' as bigint)' if side == 'to' else 'cast(0 as bigint)' }} as rows_to
    from {{ relation }}
    where {{ condition }}
    group by {{ source }}, {{ book }}, {{ entity }}, {{ fiscal_year }}, {{ record_basis }}, {{ measure }}, {{ currency }}
{%- endmacro %}

{#-
  What one source holds in one layer, per group, as `amount` and `rounding` (where staging rounded, then in whole cents) and `row_count`.

  Args: as of `layer_amounts`; `source` is the name itself.
-#}
{% macro layer_sums(source, relation, amount, measure, entity='entity', fiscal_year='fiscal_year', rounding=none) -%}
    select
        '{{ source }}' as source,
        book,
        {{ entity }} as entity,
        cast({{ fiscal_year }} as integer) as fiscal_year,
        record_basis,
        {{ measure }} as measure,
        currency,
        {%- if rounding %}
        {{ wide_sum(amount) }} as amount,
        cast(sum({{ rounding }}) as decimal(38, 10)) as rounding,
        {%- else %}
        cast(sum({{ amount }}) as decimal(38, 10)) as amount,
        {%- endif %}
        count(*) as row_count
    from {{ relation }}
    group by book, {{ entity }}, {{ fiscal_year }}, record_basis, {{ measure }}, currency
{%- endmacro %}
