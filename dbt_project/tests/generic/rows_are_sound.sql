{#-
  What every row of a table must keep, in one query, because each test costs a run more than its question: returns what breaks it, as `rule`,
  `found` and `rows_found`.

  Args:
      key: columns that together name one row (NULL counts as a value).
      filled: columns that are never NULL.
      codes: by column, the values that it may have (or NULL).
      refers_to: columns whose values, where there are any, stand in a column of another table: `{column, to, field}` each.
      periods_of: columns within which validities (`valid_from`, `valid_to`, exclusive) do not overlap.
-#}
{% test rows_are_sound(model, key=[], filled=[], codes={}, refers_to=[], periods_of=[]) %}
{%- set questions = [] -%}
{%- if key -%}
    {%- set question %}
select
    'key' as rule,
    concat_ws(', ' {%- for column in key %}, cast({{ column }} as string){% endfor %}) as found,
    count(*) as rows_found
from {{ model }}
group by {{ key | join(', ') }}
having count(*) > 1
    {%- endset -%}
    {%- do questions.append(question) -%}
{%- endif -%}
{%- if filled -%}
    {%- set question %}
select
    'filled' as rule,
    concat_ws(', ' {%- for column in filled %}, case when {{ column }} < rows_in_all then '{{ column }}' end{% endfor %}) as found,
    rows_in_all - least({{ filled | join(', ') }}, rows_in_all) as rows_found
from (
    select
        count(*) as rows_in_all,
        {%- for column in filled %}
        count({{ column }}) as {{ column }}{{ ',' if not loop.last }}
        {%- endfor %}
    from {{ model }}
) as counted
where {% for column in filled %}{{ 'or ' if not loop.first }}{{ column }} < rows_in_all {% endfor %}
    {%- endset -%}
    {%- do questions.append(question) -%}
{%- endif -%}
{%- for column, values in codes.items() -%}
    {%- set question %}
select
    'codes' as rule,
    concat('{{ column }}: ', cast({{ column }} as string)) as found,
    count(*) as rows_found
from {{ model }}
where {{ column }} not in ({% for value in values %}'{{ value }}'{{ ', ' if not loop.last }}{% endfor %})
group by {{ column }}
    {%- endset -%}
    {%- do questions.append(question) -%}
{%- endfor -%}
{%- for one in refers_to -%}
    {%- set question %}
select
    'refers_to' as rule,
    concat('{{ one.column }}: ', cast(child.{{ one.column }} as string)) as found,
    count(*) as rows_found
from {{ model }} as child
where
    child.{{ one.column }} is not null
    and not exists (select 1 from {{ one.to }} as parent where parent.{{ one.field }} = child.{{ one.column }})
group by child.{{ one.column }}
    {%- endset -%}
    {%- do questions.append(question) -%}
{%- endfor -%}
{%- if periods_of -%}
    {%- set question %}
select
    'periods' as rule,
    concat_ws(', ' {%- for column in periods_of %}, cast({{ column }} as string){% endfor %}) as found,
    count(*) as rows_found
from (
    select
        {{ periods_of | join(', ') }},
        coalesce(valid_from, date '0001-01-01') as begins,
        coalesce(valid_to, date '9999-12-31') as ends,
        lead(coalesce(valid_from, date '0001-01-01')) over (
            partition by {{ periods_of | join(', ') }}
            order by coalesce(valid_from, date '0001-01-01') asc, coalesce(valid_to, date '9999-12-31') asc
        ) as next_begins
    from {{ model }}
) as ordered
where ends <= begins or next_begins < ends
group by {{ periods_of | join(', ') }}
    {%- endset -%}
    {%- do questions.append(question) -%}
{%- endif -%}
{{ questions | join('\n\nunion all\n') }}
{% endtest %}
