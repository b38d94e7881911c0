-- What has no US dollars, and why: money is in these currencies, and no rate of the order in `rate_order` was at hand for its days.
with transactions as (
    select * from {{ ref('int_transactions') }}
    where amount_usd_cents is null and amount_cents is not null
),

allocations as (
    select * from {{ ref('int_allocations') }}
    where amount_usd_cents is null and amount_cents is not null
),

movements as (
    select * from {{ ref('int_fund_movements') }}
    where amount_usd_cents is null and amount_cents is not null
),

reasons as (
    select * from {{ ref('currencies_without_rate') }}
),

unconverted as (
    select
        currency,
        fiscal_year,
        amount_cents
    from transactions
    union all
    select
        currency,
        fiscal_year,
        amount_cents
    from allocations
    union all
    select
        currency,
        fiscal_year,
        amount_cents
    from movements
),

counted as (
    select
        currency,
        fiscal_year,
        count(*) as rows_without_rate,
        {{ wide_sum('amount_cents') }} as amount_cents
    from unconverted
    group by currency, fiscal_year
),

told as (
    select
        counted.currency,
        counted.fiscal_year,
        counted.rows_without_rate,
        {{ from_total_cents('counted.amount_cents') }} as amount,
        coalesce(reasons.reason, 'no rate of this currency that converts it is at hand for its day: deliver one to exchange_rates') as reason
    from counted
    left join reasons on counted.currency = reasons.currency
)

select * from told
