-- Law 6: no amount without its currency, no conversion without its rate, date and source, and no rate without a conversion.
-- Nor may a transaction or a line miss its split or its epoch, for then it would miss in every share.
with amounts as (
    select
        'transactions' as source,
        currency,
        amount_usd_cents,
        fx_rate,
        fx_rate_date,
        fx_source,
        split_id,
        epoch
    from {{ ref('int_transactions') }}
    union all
    select
        'subprogramme_allocations' as source,
        currency,
        amount_usd_cents,
        fx_rate,
        fx_rate_date,
        fx_source,
        split_id,
        epoch
    from {{ ref('int_allocations') }}
),

counted as (
    select
        source,
        count(*) as amounts,
        count(currency) as currencies,
        count(split_id) as splits,
        count(epoch) as epochs,
        count(amount_usd_cents) as converted,
        count(fx_rate) as rates,
        count(fx_rate_date) as rate_dates,
        count(fx_source) as rate_sources
    from amounts
    group by source
)

select *
from counted
where
    currencies <> amounts
    or splits <> amounts
    or epochs <> amounts
    or rates <> converted
    or rate_dates <> converted
    or rate_sources <> converted
