{#- None of the columns is NULL; returns how many are, per column. One pass over the table instead of one per column. -#}
{% test columns_are_filled(model, columns) %}
with counted as (
    select
        count(*) as rows_in_all,
        {%- for column in columns %}
        count({{ column }}) as {{ column }}{{ ',' if not loop.last }}
        {%- endfor %}
    from {{ model }}
)

select *
from counted
where
    {%- for column in columns %}
    {{ 'or ' if not loop.first }}{{ column }} < rows_in_all
    {%- endfor %}
{% endtest %}
