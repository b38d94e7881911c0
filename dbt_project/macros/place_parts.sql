{#-
  CTE `parts` of a share table by place: what every group holds by the `dimensions`, the records it stands on, and those without a rate.

  Args:
      dimensions: columns of the breakdown beside the group, each with the expression that gives it.
      counter: expression that counts records of the breakdown.
      unconverted_counter: expression that counts records without a rate; none: the same.
      join: joins that the dimensions need, on `hub`.
-#}
{% macro place_parts(selects) -%}
parts as (
    select
        {{ group_columns() | join(', ') }},
        {%- for dimension in selects[0].dimensions %}
        {{ dimension }},
        {%- endfor %}
        {{ wide_sum('value_units') }} as value_units,
        cast(sum(record_count) as bigint) as record_count,
        cast(sum(unconverted_rows) as bigint) as unconverted_rows
    from (
        {%- for one in selects %}
        select
            {{ of('hub', group_columns()) }},
            {%- for dimension, expression in one.dimensions.items() %}
            {{ expression }} as {{ dimension }},
            {%- endfor %}
            {{ wide_sum('hub.value_units') }} as value_units,
            cast(sum({{ one.counter }}) as bigint) as record_count,
            cast(0 as bigint) as unconverted_rows
        from {{ ref('int_measure_values') }} as hub
        {{ one.join }}
        group by {{ of('hub', group_columns()) }}{{ computed(one.dimensions) }}
        union all
        select
            {{ of('hub', group_columns()) }},
            {%- for dimension, expression in one.dimensions.items() %}
            {{ expression }} as {{ dimension }},
            {%- endfor %}
            cast(null as bigint) as value_units,
            cast(0 as bigint) as record_count,
            cast(sum({{ one.unconverted_counter | default(one.counter) }}) as bigint) as unconverted_rows
        from {{ ref('int_measure_unconverted') }} as hub
        {{ one.join }}
        group by {{ of('hub', group_columns()) }}{{ computed(one.dimensions) }}
        {{- '\n        union all' if not loop.last }}
        {%- endfor %}
    ) as counted
    group by {{ group_columns() | join(', ') }}, {{ selects[0].dimensions | join(', ') }}
)
{%- endmacro %}

{#- How many records touch a region: `records` within the group, `pairs` within group and subprogramme; NULL where regions overlap. -#}
{% macro region_counter(kind) -%}
case regions.region_scheme
    {%- for scheme in exclusive_schemes() %}
    when '{{ scheme }}' then hub.{{ kind }}_of_{{ scheme }}
    {%- endfor %}
end
{%- endmacro %}

{#-
  How many records without a rate touch a region. Where regions overlap, no recipient of a record is the first of all its regions, so
  each counts: none may be left uncounted (law 6).
-#}
{% macro unconverted_region_counter(kind) -%}
coalesce({{ region_counter(kind) }}, hub.{{ kind }}_of_country)
{%- endmacro %}

{#- The dimensions that are no constants, to be grouped by. -#}
{% macro computed(dimensions) -%}
    {%- for expression in dimensions.values() if expression != 'true' and not expression.startswith("'") -%}
    , {{ expression }}
    {%- endfor -%}
{%- endmacro %}
