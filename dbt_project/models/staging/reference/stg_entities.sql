{{ config(materialized='view') }}

-- The only staging model that does not read its entity: what it names are entities.
with delivered as (
    select * from {{ ref('raw_entities') }}
),

renamed as (
    select
        {{ carried('entities', made=['source_symbol', 'source_address']) }},
        coalesce(source_symbol, source_address) as source,
        _delivery_id,
        _source_row
    from delivered
)

select * from renamed
