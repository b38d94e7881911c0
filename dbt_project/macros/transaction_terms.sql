{#- What a transaction of a project says in words, beside its own identifier and its project's. -#}
{% macro transaction_terms() -%}
    {{ return(['book', 'record_basis', 'transaction_type', 'cost_class', 'currency', 'provider', 'receiver', '_delivery_id']) }}
{%- endmacro %}

{#- The join of a relation to its terms; NULL is a term like any other. -#}
{% macro on_same_terms(left, right) -%}
    {%- for column in transaction_terms() %}
    {{ 'and ' if not loop.first }}{{ left }}.{{ column }} is not distinct from {{ right }}.{{ column }}
    {%- endfor %}
{%- endmacro %}

{#-
  Two relations: `rows` carries columns of a relation with the number of each row's group, all rows that are alike in `columns`; `groups` tells each
  group's columns. Ten million transactions are added up by such numbers, and the groups told afterwards.
-#}
{% macro numbered_groups(rows, groups, relation, columns, carried, number='group_number') -%}
{{ rows }} as (
    select
        {{ (carried + columns) | join(',\n        ') }},
        dense_rank() over (order by {{ columns | join(', ') }}) as {{ number }}
    from {{ relation }}
),

{{ groups }} as (
    select distinct
        {{ number }},
        {{ columns | join(',\n        ') }}
    from {{ rows }}
)
{%- endmacro %}

{#- Transactions of projects, whole, by terms, year and group of projects: `added_transactions`, beside `project_groups`, which tells the groups' columns. -#}
{% macro transactions_of_project_groups(columns) -%}
{{ numbered_groups('numbered_projects', 'project_groups', ref('int_project_splits'), columns, ['project_number']) }},

added_transactions as (
    select
        transactions.terms_number,
        numbered_projects.group_number,
        cast(year(transactions.transaction_date) as integer) as fiscal_year,
        {{ wide_sum('transactions.amount_usd_cents') }} as amount_usd_cents,
        count(*) as record_count,
        count(*) - count(transactions.amount_usd_cents) as unconverted_rows
    from {{ ref('int_transactions_converted') }} as transactions
    inner join numbered_projects on transactions.project_number = numbered_projects.project_number
    group by transactions.terms_number, numbered_projects.group_number, year(transactions.transaction_date)
)
{%- endmacro %}
