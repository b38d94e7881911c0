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
