{{ config(materialized='view') }}

with delivered as (
    {{ with_entity('funding_codes') }}
),

renamed as (
    select
        entity_read as entity,
        {{ carried('funding_codes', made=['entity', 'source']) }},
        {{ delivered_source() }} as source,
        _delivery_id,
        _source_row
    from delivered
)

select * from renamed
