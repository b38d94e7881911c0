{{ config(schema='reference', alias='funding_codes') }}

-- None is shipped.
with delivered as (
    select * from {{ ref('stg_funding_codes') }}
),

funding_sources as (
    select * from {{ ref('funding_sources') }}
),

described as (
    select
        delivered.*,
        funding_sources.funding_family,
        funding_sources.is_cash
    from delivered
    inner join funding_sources on delivered.funding_source = funding_sources.funding_source
)

select * from described
