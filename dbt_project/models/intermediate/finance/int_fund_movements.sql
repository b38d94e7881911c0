-- One row per line of a fund, in whole cents, converted at the mean rate of its period. Signs stay as printed.
with movements as (
    select * from {{ ref('stg_fund_movements') }}
),

splits as (
    select * from {{ ref('int_splits') }}
    where subprogrammes = '' and recipients = ''
),

epochs as (
    select * from {{ ref('int_reference_epochs') }}
),

places as (
    select * from {{ ref('int_places') }}
    where recipient_scheme in ('country', 'country_group')
),

rates as (
    select * from {{ ref('int_rates_used') }}
),

rate_scopes as (
    select distinct entity as rate_scope
    from {{ ref('rate_order') }}
    where entity <> '*'
),

converted as (
    select
        movements.*,
        -- a contributor that is said to be no government is none, even where its name holds a country's
        case
            when movements.contributor is null then 'UNALLOCATED'
            when
                places.recipient_scheme = 'country_group'
                or coalesce(lower(movements.contributor_group), 'government') in ('government', 'mixed')
                then coalesce(places.recipient, movements.contributor)
            else movements.contributor
        end as donor,
        {{ exact_mul(
            'movements.amount_cents',
            "(case when movements.currency = 'USD' then 1000000000000 else rates.rate_units end)"
        ) }} as amount_usd_cents,
        case when movements.currency = 'USD' then cast(1 as decimal(18, 12)) else rates.fx_rate end as fx_rate,
        case when movements.currency = 'USD' then movements.period_end else rates.fx_rate_date end as fx_rate_date,
        case when movements.currency = 'USD' then 'identity' else rates.fx_source end as fx_source,
        splits.split_id,
        splits.split_set_id,
        epochs.epoch
    from movements
    left join splits
        on
            movements.entity = splits.entity
            and movements.period_end >= splits.valid_from
            and movements.period_end < splits.valid_to
    left join epochs on movements.period_end = epochs.day
    left join places on movements.contributor = places.label
    left join rate_scopes on movements.entity = rate_scopes.rate_scope
    left join rates
        on
            coalesce(rate_scopes.rate_scope, '*') = rates.rate_scope
            and movements.currency = rates.currency
            and movements.period_start = rates.date_from
            and movements.period_end = rates.date_to
)

select * from converted
