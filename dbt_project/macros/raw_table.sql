{#-
  A landed source as it stands in schema `raw`: every column as landed, without the rows that the set pass moved to quarantine
  (duplicate keys, which only show across deliveries). A join, since DuckDB answers `not exists` here with a second copy of all rows.
-#}
{% macro raw_table(source_name) -%}
select landed.*
from {{ source('landing', source_name) }} as landed
left join {{ source('landing', 'rejected_rows') }} as rejected
    on
        landed._delivery_id = rejected._delivery_id
        and landed._source_row = rejected._source_row
        and coalesce(landed._source_column, '') = coalesce(rejected._source_column, '')
        and rejected.source = '{{ source_name }}'
where rejected._source_row is null
{%- endmacro %}

{#-
  A landed table of IATI files: without the rows of activities that the set pass moved to quarantine (another one bears the same identifier),
  without the rows that it rejected by themselves, and without what merged activities say of themselves: only their money is loaded.

  Args:
      table_name: of the landed table.
      stays_in_a_merge: which rows of a merged activity are loaded all the same.
-#}
{% macro raw_iati_table(table_name, stays_in_a_merge='false') -%}
select landed.*
from {{ source('landing', table_name) }} as landed
left join {{ source('landing', 'rejected_rows') }} as rejected_activities
    on
        landed._delivery_id = rejected_activities._delivery_id
        and landed._activity_row = rejected_activities._source_row
        and rejected_activities.source = 'iati_activities'
left join {{ source('landing', 'rejected_rows') }} as rejected
    on
        landed._delivery_id = rejected._delivery_id
        and landed._source_row = rejected._source_row
        and rejected.source = '{{ table_name }}'
{%- if stays_in_a_merge != 'true' %}
left join {{ source('landing', 'rejected_rows') }} as merged
    on
        landed._delivery_id = merged._delivery_id
        and landed._activity_row = merged._source_row
        and merged.source = 'merged_activities'
{%- endif %}
where
    rejected_activities._source_row is null
    and rejected._source_row is null
    {%- if stays_in_a_merge != 'true' %}
    and (merged._source_row is null{{ '' if stays_in_a_merge == 'false' else ' or ' ~ stays_in_a_merge }})
    {%- endif %}
{%- endmacro %}
