{#-
  Sources, and tables of activity files, by name, as their contracts register them (`registry`, which pipelines/dbt/generated.py writes): those that
  have all the facts named.
-#}
{% macro registered(facts) -%}
    {%- set found = {} -%}
    {%- for name, entry in registry().items() if (facts | reject('in', entry) | list | length) == 0 -%}
        {%- do found.update({name: entry}) -%}
    {%- endfor -%}
    {{ return(found) }}
{%- endmacro %}

{#- Every column of money: `name` of its table, `source`, `amount`, `stem` (what staging calls it, before `_cents`), `measure`; and the table's `entry`. -#}
{% macro registered_amounts() -%}
    {%- set found = [] -%}
    {%- for name, entry in registered(['amounts']).items() -%}
        {%- for amount, stem in entry.amounts.items() -%}
            {%- set measure = entry.measure or "'" ~ amount ~ "'" -%}
            {%- do found.append({'name': name, 'source': entry.source, 'amount': amount, 'stem': stem, 'measure': measure, 'entry': entry}) -%}
        {%- endfor -%}
    {%- endfor -%}
    {{ return(found) }}
{%- endmacro %}

{#- The day whose rate converts the amounts of a source: the first filled of its columns, else the day in the middle of its first and its last. -#}
{% macro rate_day(conversion) -%}
    {%- set days = conversion.get('on', []) | list -%}
    {%- if conversion.middle_of -%}
        {%- set first, last = conversion.middle_of -%}
        {%- do days.append(middle_day(first, 'coalesce(' ~ last ~ ', ' ~ first ~ ')')) -%}
    {%- endif -%}
{{ days[0] if days | length == 1 else 'coalesce(' ~ days | join(', ') ~ ')' }}
{%- endmacro %}

{#- The amounts of a source as they were delivered and rounded once to whole cents, ties to even: columns of a staging model's step. -#}
{% macro in_cents(source_name, relation=none) -%}
    {%- set prefix = relation ~ '.' if relation else '' -%}
    {%- for amount, stem in registry()[source_name].amounts.items() -%}
{{ prefix }}{{ amount }} as {{ stem }}_delivered,
        {{ to_cents(prefix ~ amount) }} as {{ stem }}_cents{{ ',\n        ' if not loop.last }}
    {%- endfor -%}
{%- endmacro %}

{#- What rounding the amounts of a source to cents took away: columns after the step with `in_cents`. -#}
{% macro rounding_of(source_name) -%}
    {%- for stem in registry()[source_name].amounts.values() -%}
{{ stem }}_delivered - {{ from_cents(stem ~ '_cents') }} as {{ stem }}_rounding{{ ',\n        ' if not loop.last }}
    {%- endfor -%}
{%- endmacro %}

{#- The step `renamed` after the step `rounded`: the same rows with what rounding took away. -#}
{% macro with_rounding(source_name) -%}
renamed as (
    select
        *,
        {{ rounding_of(source_name) }}
    from rounded
)
{%- endmacro %}

{#-
  The columns of a source's contract that its staging model takes as they stand: all but money, which `in_cents` rounds, and what the model makes
  itself. So a column that a contract gains is staged without a line more.

  Args:
      relation: the step that has them, where others stand beside it.
      made: columns that the model makes itself, or has under another name.
-#}
{% macro carried(source_name, relation=none, made=[]) -%}
    {%- set source = registry()[source_name] -%}
    {%- for column in source.columns | reject('in', made) | reject('in', source.amounts or {}) -%}
{{ relation ~ '.' if relation }}{{ column }}{{ ',\n        ' if not loop.last }}
    {%- endfor -%}
{%- endmacro %}

{#-
  A raw table whose entities are read, by code or by any of their names: every column as delivered, and
    `entity_read`, the code, which stays what was delivered where nobody knows the entity: an organisation that brings its budget finds it under
    its own name;
    `joint_entities_read`, if there are such: the list with the codes of those that are known.

  Args:
      column: the column that names the entity.
-#}
{% macro with_entity(source_name, column='entity') -%}
{%- set columns = registry()[source_name].columns -%}
select
        delivered.*,
        coalesce(named.entity, delivered.{{ column }}, 'UNKNOWN') as entity_read
        {%- if 'joint_entities' in columns %},
        coalesce(listed.entities, delivered.joint_entities) as joint_entities_read
        {%- endif %}
    from {{ ref('raw_' ~ source_name) }} as delivered
    left join {{ ref('int_entity_labels') }} as named on delivered.{{ column }} = named.label
    {%- if 'joint_entities' in columns %}
    left join {{ ref('int_entity_labels') }} as listed on delivered.joint_entities = listed.label
    {%- endif %}
{%- endmacro %}

{#- Sources whose staging models say `entity`, of whatever column they read it; activity files name their publishers themselves. -#}
{% macro entities_named_in() -%}
    {%- set found = ['action_points'] -%}
    {%- for name, entry in registered(['entity']).items() if entry.source != 'iati' and name not in ('entities', 'published_figures') -%}
        {%- do found.append(name) -%}
    {%- endfor -%}
    {{ return(found) }}
{%- endmacro %}

{#- Whether a staged row of a source has any amount. -#}
{% macro has_amount(source) -%}
(
    {%- for stem in source.amounts.values() -%}
    {{ stem }}_cents is not null{{ ' or ' if not loop.last }}
    {%- endfor -%}
)
{%- endmacro %}

{#-
  The steps of a plain staging model, the last of which is `renamed`: every column of the contract, in its order, with what all sources have in
  common. The entity is read, the year is that of the row's day where nobody says it, money is rounded once to cents.

  Args:
      keyed_by: column of the organisation's own number; with the book before it it is the key, `<thing>_key`.
      units: counts that staging holds in millionths: column to its name there.
      trail: common columns at the end.
-#}
{% macro staged(source_name, keyed_by=none, units={}, trail=['source_symbol', 'source_address', 'as_of', '_delivery_id', '_source_row']) -%}
{%- set source = registry()[source_name] -%}
{%- set amounts = source.amounts or {} -%}
with delivered as (
    {% if source.entity %}{{ with_entity(source_name) }}{% else %}select * from {{ ref('raw_' ~ source_name) }}{% endif %}
),

rounded as (
    select
        {%- if keyed_by %}
        book || ':' || {{ keyed_by }} as {{ keyed_by | replace('_id', '_key') }},
        {{ keyed_by }},
        {%- endif %}
        book,
        record_basis,
        {%- for column in source.columns if column not in [keyed_by, 'book', 'record_basis'] %}
        {%- if column == 'entity' %}
        entity_read as entity,
        entity as entity_delivered,
        {%- elif column == 'joint_entities' %}
        joint_entities_read as joint_entities,
        {%- elif column in amounts %}
        {{ column }} as {{ amounts[column] }}_delivered,
        {{ to_cents(column) }} as {{ amounts[column] }}_cents,
        {%- elif column in units %}
        {{ to_millionths(column) }} as {{ units[column] }},
        {%- else %}
        {{ column }},
        {%- endif %}
        {%- if column == source.day and 'fiscal_year' not in source.columns %}
        cast({{ source.year }} as integer) as fiscal_year,
        {%- endif %}
        {%- endfor %}
        {{ trail | join(',\n        ') }}
    from delivered
),

renamed as (
    select
        *{{ ',' if amounts }}
        {{ rounding_of(source_name) if amounts }}
    from rounded
)
{%- endmacro %}
