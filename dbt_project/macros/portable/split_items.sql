{#-
  One row per item of a text in split notation: the relation's `columns`, `item_position` from 1, `item` trimmed.
  Rows without text are left out; the caller says what they mean.
-#}
{% macro split_items(relation, columns, text_column, separator='|') -%}
    {{ return(adapter.dispatch('split_items')(relation, columns, text_column, separator)) }}
{%- endmacro %}

{% macro default__split_items(relation, columns, text_column, separator) -%}
    select
        {{ columns | join(', ') }},
        cast(item_position as integer) as item_position,
        trim(item) as item
    from (
        select
            {{ columns | join(', ') }},
            unnest(string_split({{ text_column }}, '{{ separator }}')) as item,
            unnest(generate_series(1, len(string_split({{ text_column }}, '{{ separator }}')))) as item_position
        from {{ relation }}
        where {{ text_column }} <> ''
    ) as items
{%- endmacro %}

{% macro spark__split_items(relation, columns, text_column, separator) -%}
    select
        {{ columns | join(', ') }},
        cast(item_index + 1 as integer) as item_position,
        trim(item) as item
    from {{ relation }}
    lateral view posexplode(split({{ text_column }}, '[{{ separator }}]')) items as item_index, item
    where {{ text_column }} <> ''
{%- endmacro %}
