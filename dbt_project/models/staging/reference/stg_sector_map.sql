{{ config(materialized='view') }}

with delivered as (
    {{ with_entity('sector_map') }}
),

renamed as (
    select
        entity_read as entity,
        sector_vocabulary,
        sector,
        subprogramme,
        valid_from,
        valid_to,
        {{ delivered_source() }} as source,
        _delivery_id,
        _source_row
    from delivered
)

select * from renamed
