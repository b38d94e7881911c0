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
        {{ usd_cents('movements', 'amount_cents') }} as amount_usd_cents,
        {{ rate_used('movements', 'amount_cents', 'period_end') }},
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
