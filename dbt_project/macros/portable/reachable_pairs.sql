{#-
  Query: every pair of nodes between which a directed graph has a path of one edge or more, as `from_node` and `to_node`; no node is joined to more
  than it reaches. Spark's recursion knows no `union` without duplicates and would never leave a circle: there paths are doubled, up to 128 edges.
-#}
{% macro reachable_pairs(edges, from_column, to_column) -%}
    {{ return(adapter.dispatch('reachable_pairs')(edges, from_column, to_column)) }}
{%- endmacro %}

{% macro default__reachable_pairs(edges, from_column, to_column) -%}
with recursive reached as (
    select
        {{ from_column }} as from_node,
        {{ to_column }} as to_node
    from {{ edges }}
    union
    select
        reached.from_node,
        {{ edges }}.{{ to_column }} as to_node
    from reached
    inner join {{ edges }} on reached.to_node = {{ edges }}.{{ from_column }}
)

select * from reached
{%- endmacro %}

{% macro spark__reachable_pairs(edges, from_column, to_column) -%}
{%- set doublings = 7 -%}
with reached_0 as (
    select
        {{ from_column }} as from_node,
        {{ to_column }} as to_node
    from {{ edges }}
),

{% for step in range(1, doublings + 1) -%}
reached_{{ step }} as (
    select * from reached_{{ step - 1 }}
    union distinct
    select
        first_half.from_node,
        second_half.to_node
    from reached_{{ step - 1 }} as first_half
    inner join reached_{{ step - 1 }} as second_half on first_half.to_node = second_half.from_node
){{ ',\n\n' if not loop.last else '\n\n' }}
{%- endfor -%}
select * from reached_{{ doublings }}
{%- endmacro %}
