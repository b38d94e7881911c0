{#-
  What feeds the share tables beside transactions: one entry per relation of records or of measures, by the columns that _shares_intermediate.yml
  names.

  rows: the model, or the step of this model.
  split_by: column with the split that leads its rows to subprogrammes and recipients; empty where the rows name both.
  has_values, has_records: a register tells values in one model and records in another, since a record counts whether or not its value is known.
  says: which of `said_columns` it has; it knows nothing of the others.
-#}
{% macro measure_feeds() -%}
    {{ return([
        {
            'rows': 'int_project_counts', 'split_by': 'split_id', 'has_values': true, 'has_records': true,
            'says': {'donors': 'donors', 'sdg_targets': 'sdg_targets', 'has_sectors': 'split_id < 0'},
        },
        {'rows': 'int_organisation_measures', 'split_by': 'split_id', 'has_values': true, 'has_records': true, 'says': {}},
        {'rows': 'budget_lines', 'split_by': 'split_id', 'has_values': true, 'has_records': true, 'says': {}},
        {'rows': 'int_register_measures', 'split_by': none, 'has_values': true, 'has_records': false, 'says': {'provider': 'provider'}},
        {'rows': 'int_register_records', 'split_by': 'split_set_id', 'has_values': false, 'has_records': true, 'says': {'provider': 'provider'}},
        {'rows': 'int_deliverable_measures', 'split_by': none, 'has_values': true, 'has_records': false, 'says': {}},
        {'rows': 'int_deliverable_records', 'split_by': 'split_set_id', 'has_values': false, 'has_records': true, 'says': {}},
    ]) }}
{%- endmacro %}

{% macro fed_from(feed) -%}
{{ feed.rows if feed.rows == 'budget_lines' else ref(feed.rows) }}
{%- endmacro %}

{#- What some feeds say of who pays, who gives, and what for, and what stands where a feed does not say it. -#}
{% macro said_columns() -%}
    {{ return({
        'donors': 'cast(null as string)', 'provider': 'cast(null as string)', 'sdg_targets': 'cast(null as string)', 'has_sectors': 'false',
    }) }}
{%- endmacro %}

{#- Which budget lines count in the shares: those of the latest edition that are for subprogrammes, or for nobody knows what. -#}
{% macro is_counted_line() -%}
is_latest_vintage and budget_component in ('programme_of_work', 'unspecified')
{%- endmacro %}

{#- Budget lines as records that feed the hub: the step `budget_lines`. -#}
{% macro budget_lines() -%}
budget_lines as (
    select
        book,
        entity,
        'primary' as reporter_role,
        fiscal_year,
        period_type,
        record_basis,
        concat(measure, '_usd') as measure,
        'USD' as unit,
        funding_source,
        'UNALLOCATED' as project_scope,
        'UNALLOCATED' as priority_area,
        'UNALLOCATED' as activity_type,
        'UNMARKED' as gender_marker,
        epoch,
        split_id,
        amount_usd_cents as value_units,
        1 as record_count,
        case when amount_usd_cents is null then 1 else 0 end as unconverted_rows
    from {{ ref('int_allocations') }}
    where {{ is_counted_line() }}
)
{%- endmacro %}

{#-
  Totals of transactions, once for each measure that their type counts in; needs the step `transaction_measures`.

  Args:
      totals: relation by `transaction_type`.
      columns: what to take of it beside the group.
-#}
{% macro measured_transactions(totals, columns) -%}
select
    {{ of('totals', group_columns() | reject('in', ['period_type', 'measure', 'unit']) | list + columns) }},
    'year' as period_type,
    transaction_measures.measure,
    'USD' as unit
from {{ totals }} as totals
inner join transaction_measures on totals.transaction_type = transaction_measures.transaction_type
{%- endmacro %}

{#-
  The steps of a hub by subprogramme and recipient, and its rows: transactions and all feeds, added up.

  Args:
      totals: of transactions, by subprogramme and recipient.
      records: column of a feed that says how many records a row stands for (`record_count`, or `unconverted_rows`: then rows without any are left out).
      has_values: whether values are told beside the counters of records.
-#}
{% macro measures_by_place(totals, records, has_values) -%}
{%- set places = ['project_scope', 'epoch', 'subprogramme', 'recipient'] -%}
{%- set values = ['value_units'] if has_values else [] -%}
{%- set columns = group_columns() + places + values + record_counters() -%}
with transaction_measures as (
    {{ transaction_measures() | indent(4) }}
),

parts as (
    select * from {{ ref('int_split_parts') }}
),

{{ budget_lines() }},

measured_transactions as (
    {{ measured_transactions(totals, places + values + record_counters()) | indent(4) }}
),

fed as (
    select {{ columns | join(', ') }} from measured_transactions
    {%- for feed in measure_feeds() if feed.has_records or has_values %}
    union all
    select
        {{ of('feed', group_columns() + ['project_scope', 'epoch']) }},
        {{ of('parts' if feed.split_by else 'feed', ['subprogramme', 'recipient']) }},
        {%- if has_values and not feed.has_values %}
        cast(null as bigint) as value_units,
        {%- elif has_values and feed.split_by %}
        {{ split_part_of_total('feed.value_units', 'parts.weight_from', 'parts.weight_to', 'parts.denominator', 'parts.narrow_limit') }} as value_units,
        {%- elif has_values %}
        feed.value_units,
        {%- endif %}
        {%- for counter in record_counters() %}
        {{ 'feed.' ~ records ~ ' * parts.' ~ counter if feed.has_records else 'cast(0 as bigint)' }} as {{ counter }}{{ ',' if not loop.last }}
        {%- endfor %}
    from {{ fed_from(feed) }} as feed
    {%- if feed.split_by %}
    inner join parts on feed.{{ feed.split_by }} = parts.split_id
    {%- endif %}
    {%- if records == 'unconverted_rows' %}
    where feed.unconverted_rows > 0
    {%- endif %}
    {%- endfor %}
),

added as (
    select
        {{ of('fed', group_columns()) }},
        {{ of('fed', ['project_scope', 'subprogramme', 'recipient', 'epoch']) }},
        {%- if has_values %}
        {{ wide_sum('fed.value_units') }} as value_units,
        {%- endif %}
        {{ summed_counters('fed') }}
    from fed
    group by {{ of('fed', group_columns() + ['project_scope', 'subprogramme', 'recipient', 'epoch']) }}
)

select * from added
{%- endmacro %}

{#-
  What every measure holds by the labels of a text in split notation, divided after adding up: parts add to their group's total exactly.

  Args:
      texts: column of int_measure_attributes in split notation.
      label: what one label of it is called.
      stated: column that goes before the text where it is filled, if any.
-#}
{% macro measures_by_label(texts, label, stated=none) -%}
{%- set text = "coalesce(" ~ texts ~ ", '')" if not stated else "case when " ~ stated ~ " is null then coalesce(" ~ texts ~ ", '') else '' end" -%}
{%- set sums -%}
        {{ wide_sum('value_units') }} as value_units,
        cast(sum(record_count) as bigint) as record_count,
        cast(sum(unconverted_rows) as bigint) as unconverted_rows
{%- endset -%}
with measure_attributes as (
    select
        {{ group_columns() | join(',\n        ') }},
        {%- if stated %}
        {{ stated }},
        {%- endif %}
        {{ text }} as {{ texts }},
        {{ sums }}
    from {{ ref('int_measure_attributes') }}
    group by {{ group_columns() | join(', ') }}, {{ stated ~ ', ' if stated }}{{ text }}
),

{{ text_parts('measure_attributes', texts) }},

divided as (
    select
        {{ of('measure_attributes', group_columns()) }},
        coalesce({{ 'measure_attributes.' ~ stated ~ ', ' if stated }}text_parts.code, 'UNALLOCATED') as {{ label }},
        {{ split_part_of_total(
            'measure_attributes.value_units', 'coalesce(text_parts.weight_from, 0)', 'coalesce(text_parts.weight_to, 1)',
            'coalesce(text_parts.denominator, 1)', 'coalesce(text_parts.narrow_limit, 0)'
        ) }} as value_units,
        measure_attributes.record_count,
        measure_attributes.unconverted_rows
    from measure_attributes
    left join text_parts on measure_attributes.{{ texts }} = text_parts.{{ texts }}
),

added as (
    select
        {{ group_columns() | join(',\n        ') }},
        {{ label }},
        {{ sums }}
    from divided
    group by {{ group_columns() | join(', ') }}, {{ label }}
)

select * from added
{%- endmacro %}
