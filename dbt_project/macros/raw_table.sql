{#-
  A landed source as it stands in schema `raw`: every column as landed, without the rows that the set pass moved to quarantine
  (duplicate keys, which only show across deliveries).
-#}
{% macro raw_table(source_name) -%}
select landed.*
from {{ source('landing', source_name) }} as landed
where
    not exists (
        select 1
        from {{ source('landing', 'rejected_rows') }} as rejected
        where
            rejected.source = '{{ source_name }}'
            and rejected._delivery_id = landed._delivery_id
            and rejected._source_row = landed._source_row
    )
{%- endmacro %}

{#-
  A landed table of IATI files: without the rows of activities that the set pass moved to quarantine (an identifier in two files), and
  without the rows that it rejected by themselves.
-#}
{% macro raw_iati_table(table_name) -%}
select landed.*
from {{ source('landing', table_name) }} as landed
where
    not exists (
        select 1
        from {{ source('landing', 'rejected_rows') }} as rejected
        where
            rejected._delivery_id = landed._delivery_id
            and (
                (rejected.source = 'iati_activities' and rejected._source_row = landed._activity_row)
                or (rejected.source = '{{ table_name }}' and rejected._source_row = landed._source_row)
            )
    )
{%- endmacro %}
