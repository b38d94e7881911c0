with exchange_rates as (
    select * from {{ ref('raw_exchange_rates') }}
),

renamed as (
    select
        currency,
        rate_date,
        rate_kind,
        rate_source,
        usd_per_unit,
        {{ rate_units('usd_per_unit') }} as rate_units
    from exchange_rates
)

select * from renamed
