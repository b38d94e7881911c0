{{ config(materialized='ephemeral') }}

-- Read from landing, which a release does not contain: no view may stay behind.
with ecb_reference_rates as (
    select * from {{ source('landing', 'ecb_reference_rates') }}
),

renamed as (
    select
        currency,
        rate_date,
        'daily' as rate_kind,
        'ecb_reference_rates' as rate_source,
        usd_per_unit,
        {{ rate_units('usd_per_unit') }} as rate_units
    from ecb_reference_rates
)

select * from renamed
