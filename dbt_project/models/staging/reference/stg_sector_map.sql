{{ config(materialized='view') }}

with delivered as (
    {{ with_entity('sector_map') }}
),

renamed as (
    select
        entity_read as entity,
        {{ carried('sector_map', made=['entity', 'source']) }},
        {{ delivered_source() }} as source,
        _delivery_id,
        _source_row
    from delivered
)

select * from renamed
