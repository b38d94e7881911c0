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
  Two relations: `projects` gives each `project_number` the number of its group, all projects that are alike in these columns; `project_groups` tells
  each group's columns. Ten million transactions are added up by that number, and the group told afterwards.
-#}
{% macro project_groups(columns) -%}
projects as (
    select
        project_number,
        {{ columns | join(',\n        ') }},
        dense_rank() over (order by {{ columns | join(', ') }}) as group_number
    from {{ ref('int_project_splits') }}
),

project_groups as (
    select distinct
        group_number,
        {{ columns | join(',\n        ') }}
    from projects
)
{%- endmacro %}
