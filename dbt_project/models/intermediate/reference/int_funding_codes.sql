{{ config(schema='reference', alias='funding_codes') }}

-- None is shipped.
with delivered as (
    select * from {{ ref('stg_funding_codes') }}
)

select * from delivered
