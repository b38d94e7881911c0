{#-
  Editions repeat figures. Of the lines that say of which edition they are, those of the latest count; lines that do not say, always. An edition
  dated after the day that the release speaks for does not count: nobody could have read it on that day.

  `latest_editions` is a step of a model over the step `lines`, with the columns by which editions repeat each other; the model joins it with
  `of_latest_edition` and asks `is_latest_edition`.
-#}
{% macro latest_editions(lines, columns) -%}
latest_editions as (
    select
        {{ of(lines, columns) }},
        max({{ lines }}.as_of) as latest_as_of
    from {{ lines }}
    inner join {{ ref('stg_run_parameters') }} as run_parameters on {{ lines }}.as_of <= run_parameters.as_of
    group by {{ of(lines, columns) }}
)
{%- endmacro %}

{% macro of_latest_edition(columns) -%}
    {%- for column in columns %}
            {% if not loop.first %}and {% endif %}lines.{{ column }} = latest_editions.{{ column }}
    {%- endfor %}
{%- endmacro %}

{% macro is_latest_edition() -%}
    coalesce(lines.as_of is null or lines.as_of = latest_editions.latest_as_of, false)
{%- endmacro %}
