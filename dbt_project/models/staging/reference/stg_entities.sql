{{ config(materialized='view') }}

-- The only staging model that does not read its entity: what it names are entities.
with delivered as (
    select * from {{ ref('raw_entities') }}
),

renamed as (
    select
        entity,
        name,
        entity_kind,
        former_names,
        short_names,
        parent_entity,
        valid_from,
        valid_to,
        coalesce(source_symbol, source_address) as source,
        _delivery_id,
        _source_row
    from delivered
)

select * from renamed
