{#-
  CTEs `text_items`, `text_weights`, `text_parts`: cumulative weights of the distinct texts of a column in split notation, for labels that
  need no code list (donors, targets of the 2030 Agenda).
-#}
{% macro text_parts(relation, text_column) -%}
texts as (
    select distinct {{ text_column }} from {{ relation }}
),

text_items as (
    {{ split_items('texts', [text_column], text_column) | indent(4) }}
),

labelled_items as (
    select
        {{ text_column }},
        item_position,
        trim(split_part(item, ':', 1)) as code,
        split_part(item, ':', 2) as share_text
    from text_items
),

text_weights as (
    {{ split_weights('labelled_items', [text_column]) | indent(4) }}
),

cumulated_weights as (
    select
        *,
        cast(
            sum(weight) over (
                partition by {{ text_column }}
                order by code_position asc
                rows between unbounded preceding and current row
            ) as bigint
        ) as weight_to
    from text_weights
),

text_parts as (
    select
        {{ text_column }},
        code,
        weight_to - weight as weight_from,
        weight_to,
        denominator,
        {{ int_div('4611686018427387903 - denominator', 'denominator') }} as narrow_limit
    from cumulated_weights
)
{%- endmacro %}
