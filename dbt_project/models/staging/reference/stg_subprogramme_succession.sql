{{ config(materialized='view') }}

with delivered as (
    {{ with_entity('subprogramme_succession') }}
),

renamed as (
    select
        entity_read as entity,
        {{ carried('subprogramme_succession', made=['entity', 'source']) }},
        {{ delivered_source() }} as source,
        _delivery_id,
        _source_row
    from delivered
)

select * from renamed
