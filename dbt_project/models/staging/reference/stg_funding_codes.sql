{{ config(materialized='view') }}

with delivered as (
    {{ with_entity('funding_codes') }}
),

renamed as (
    select
        entity_read as entity,
        fund_code,
        fund_name,
        funding_source,
        valid_from,
        valid_to,
        {{ delivered_source() }} as source,
        _delivery_id,
        _source_row
    from delivered
)

select * from renamed
