{#-
  What the registers of missions and events hold, by measure. Only what was undertaken counts.

  unit: of the measure.
  kind, type: which activities.
  units: what each holds, in millionths, where activities are read.
  contributes, source_column: what each part of one contributes in marts.fct_activities, and the delivered column that holds it; empty where the
      record itself is counted.
  is_left_out_unknown: whether a record without a value is no record of the measure; else it counts as one whose value nobody knows.
-#}
{% macro register_measures() -%}
    {%- set one = 'cast(1000000 as bigint)' -%}
    {{ return({
        'mission_count': {
            'unit': 'missions', 'kind': 'mission', 'units': one, 'contributes': 'weight', 'source_column': '',
        },
        'advisory_mission_count': {
            'unit': 'missions', 'kind': 'mission', 'type': 'advisory', 'units': one, 'contributes': 'weight', 'source_column': '',
        },
        'adviser_days': {
            'unit': 'days', 'kind': 'mission', 'units': 'adviser_day_units', 'contributes': 'adviser_days',
            'source_column': 'adviser_days', 'is_left_out_unknown': true,
        },
        'event_count': {
            'unit': 'events', 'kind': 'event', 'units': one, 'contributes': 'weight', 'source_column': '',
        },
        'participant_count': {
            'unit': 'persons', 'kind': 'event', 'units': 'participant_units', 'contributes': 'participants',
            'source_column': 'participants',
        },
    }) }}
{%- endmacro %}

{#- Which activities a measure of the registers counts; `value` is the column that must be known, if one must. -#}
{% macro is_record_of(measure, value=none) -%}
activity_kind = '{{ measure.kind }}' and status = 'undertaken'
{%- if measure.type %} and activity_type = '{{ measure.type }}'{% endif %}
{%- if value %} and {{ value }} is not null{% endif %}
{%- endmacro %}

{#- The movements of a fund that are measures of the shares: money promised and received. -#}
{% macro measured_movements() -%}
    {{ return(['pledge', 'contribution']) }}
{%- endmacro %}

{#- Which transactions count at all in marts.fct_spending: those that no other activity repeats. -#}
{% macro is_counted_transaction() -%}
is_counted
{%- endmacro %}

{#- SQL as a text in SQL. -#}
{% macro sql_text(sql) -%}
'{{ sql | replace("'", "''") }}'
{%- endmacro %}

{#- The three levels of funding as rows: which sources of funds a line of a share table adds up. Level 0 has two totals of cash. -#}
{% macro funding_levels() -%}
    select
        funding_source,
        funding_source as level_source,
        2 as funding_level
    from {{ ref('funding_sources') }}
    union all
    select
        funding_source,
        funding_family as level_source,
        1 as funding_level
    from {{ ref('funding_sources') }}
    union all
    select
        funding_source,
        'all' as level_source,
        0 as funding_level
    from {{ ref('funding_sources') }}
    where is_cash
    union all
    select
        funding_source,
        'technical_cooperation' as level_source,
        0 as funding_level
    from {{ ref('funding_sources') }}
    where is_cash and is_technical_cooperation
{%- endmacro %}
