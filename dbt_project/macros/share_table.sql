{#-
  Every share table: its parts at three levels of funding, with total, percentages and counts.

  Args:
      parts: relation with the group columns, `dimensions`, `value_units` (cents where unit is USD, else millionths; NULL where nothing
          converts), `record_count`, `unconverted_rows`. One row per group and dimensions.
      dimensions: columns of the breakdown, beside the group.
      schemes: those of `dimensions` within which shares add to 100 separately.
      exclusive: condition under which parts do not overlap; only then are percentages rounded to add to 100.
      totals: relation with the group columns and `total_units`; none: the parts' own sum.

  Level 2 is the source, level 1 its family, level 0 two totals: `all` cash and `technical_cooperation`. Where the total is not above zero,
  or a part is beyond ten times it, both percentages are NULL for the whole breakdown. `rounded_pct` rounds down to a tenth and gives
  the tenths left over to the largest remainders, ties in order of the dimensions.
-#}
{% macro share_table(parts, dimensions, schemes=[], exclusive='true', totals=none) -%}
{%- set group = group_columns() + ['funding_level'] -%}
{%- set within = group + schemes -%}
funding_levels as (
    {{ funding_levels() }}
),

levelled as (
    select
        {%- for column in group_columns() if column != 'funding_source' %}
        parts.{{ column }},
        {%- endfor %}
        funding_levels.level_source as funding_source,
        funding_levels.funding_level,
        {%- for column in dimensions %}
        parts.{{ column }},
        {%- endfor %}
        {{ exclusive }} as is_exclusive_part,
        {{ wide_sum('parts.value_units') }} as value_units,
        cast(sum(parts.record_count) as bigint) as distinct_count,
        cast(sum(parts.unconverted_rows) as bigint) as unconverted_rows
    from {{ parts }} as parts
    inner join funding_levels on parts.funding_source = funding_levels.funding_source
    group by
        {%- for column in group_columns() if column != 'funding_source' %}
        parts.{{ column }},
        {%- endfor %}
        funding_levels.level_source,
        funding_levels.funding_level,
        {%- for column in dimensions %}
        parts.{{ column }},
        {%- endfor %}
        {{ exclusive }}
),
{% if totals %}
levelled_totals as (
    select
        {%- for column in group_columns() if column != 'funding_source' %}
        totals.{{ column }},
        {%- endfor %}
        funding_levels.level_source as funding_source,
        funding_levels.funding_level,
        {{ wide_sum('totals.total_units') }} as total_units
    from {{ totals }} as totals
    inner join funding_levels on totals.funding_source = funding_levels.funding_source
    group by
        {%- for column in group_columns() if column != 'funding_source' %}
        totals.{{ column }},
        {%- endfor %}
        funding_levels.level_source,
        funding_levels.funding_level
),
{% endif %}
totalled as (
    select
        levelled.*,
        {%- if totals %}
        levelled_totals.total_units,
        {%- else %}
        sum(levelled.value_units) over (partition by {{ within | join(', ') }}) as total_units,
        {%- endif %}
        max(abs(levelled.value_units)) over (
            partition by {% for column in within %}levelled.{{ column }}{{ ', ' if not loop.last }}{% endfor %}
        ) as largest_part,
        min(levelled.value_units) over (
            partition by {% for column in within %}levelled.{{ column }}{{ ', ' if not loop.last }}{% endfor %}
        ) < 0 as has_negative_part
    from levelled
    {%- if totals %}
    inner join levelled_totals
        on
            {%- for column in group %}
            {{ 'and ' if not loop.first }}levelled.{{ column }} = levelled_totals.{{ column }}
            {%- endfor %}
    {%- endif %}
),

floored as (
    select
        *,
        case
            when not (total_units > 0 and {{ wide('largest_part') }} <= {{ wide('total_units') }} * {{ wide(10) }}) then null
            when value_units >= 0 then {{ wide_div(wide('value_units') ~ ' * ' ~ wide(1000), wide('total_units')) }}
            else -{{ wide_div(wide('-value_units') ~ ' * ' ~ wide(1000) ~ ' + ' ~ wide('total_units - 1'), wide('total_units')) }}
        end as tenths
    from totalled
),

ranked as (
    select
        *,
        row_number() over (
            partition by {{ within | join(', ') }}
            order by
                {{ wide('value_units') }} * {{ wide(1000) }} - {{ wide('tenths') }} * {{ wide('total_units') }} desc nulls last,
                {%- for column in dimensions %}
                {{ column }} asc{{ ',' if not loop.last }}
                {%- endfor %}
        ) as place,
        1000 - sum(tenths) over (partition by {{ within | join(', ') }}) as tenths_left
    from floored
),

shares as (
    select
        {{ group | join(',\n        ') }},
        {{ dimensions | join(',\n        ') }},
        {{ in_units('value_units') }} as value,
        {{ in_units('total_units') }} as total_value,
        case when tenths is not null then {{ decimal_of(exact_div('value_units', 'total_units', 8), 6, 12) }} end as share_pct,
        case
            when is_exclusive_part and tenths is not null
                then cast(cast(tenths + case when place <= tenths_left then 1 else 0 end as decimal(8, 0)) * cast(0.1 as decimal(1, 1)) as decimal(9, 1))
        end as rounded_pct,
        distinct_count,
        unconverted_rows,
        coalesce(has_negative_part, false) as has_negative_part
    from ranked
)
{%- endmacro %}

{#- Cents or millionths, as the unit says, as DECIMAL(24,6). -#}
{% macro in_units(units) -%}
case
    when unit = 'USD' then cast({{ from_total_cents(units) }} as decimal(24, 6))
    else cast({{ decimal_of(units, 6, 24) }} as decimal(24, 6))
end
{%- endmacro %}

{#- The name of a subprogramme as of the year's end. -#}
{% macro subprogramme_name() -%}
case shares.subprogramme
    when 'UNALLOCATED' then 'Not allocated to a subprogramme'
    when 'UNKNOWN' then 'Unknown subprogramme'
    else coalesce(names.subprogramme_name, shares.subprogramme)
end
{%- endmacro %}

{#- Equality of columns of two relations, for a join. -#}
{% macro same(left, right, columns) -%}
    {%- for column in columns %}
    {{ 'and ' if not loop.first }}{{ left }}.{{ column }} = {{ right }}.{{ column }}
    {%- endfor %}
{%- endmacro %}

{#- Columns of a relation, each with its prefix. -#}
{% macro of(relation, columns) -%}
    {%- for column in columns -%}
    {{ relation }}.{{ column }}{{ ', ' if not loop.last }}
    {%- endfor -%}
{%- endmacro %}
