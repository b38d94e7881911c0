{{ config(materialized='view') }}

with delivered as (
    {{ with_entity('subprogramme_succession') }}
),

renamed as (
    select
        entity_read as entity,
        from_subprogramme,
        to_subprogramme,
        succession,
        valid_from,
        {{ delivered_source() }} as source,
        _delivery_id,
        _source_row
    from delivered
)

select * from renamed
