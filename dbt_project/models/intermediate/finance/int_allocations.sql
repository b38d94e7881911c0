-- One row per ledger line, in whole cents, converted at the mean rate of its period, pointing at its split (one subprogramme, no recipient).
with allocations as (
    select * from {{ ref('stg_subprogramme_allocations') }}
),

splits as (
    select * from {{ ref('int_splits') }}
    where recipients = ''
),

rates as (
    select * from {{ ref('int_rates_used') }}
),

rate_scopes as (
    select distinct entity as rate_scope
    from {{ ref('rate_order') }}
    where entity <> '*'
),

epochs as (
    select * from {{ ref('int_reference_epochs') }}
),

converted as (
    select
        allocations.*,
        {{ usd_cents('allocations', 'amount_cents') }} as amount_usd_cents,
        {{ rate_used('allocations', 'amount_cents', 'period_end') }},
        splits.split_id,
        epochs.epoch
    from allocations
    left join splits
        on
            allocations.entity = splits.entity
            and coalesce(allocations.subprogramme, '') = splits.subprogrammes
            and allocations.period_end >= splits.valid_from
            and allocations.period_end < splits.valid_to
    left join rate_scopes on allocations.entity = rate_scopes.rate_scope
    left join rates
        on
            coalesce(rate_scopes.rate_scope, '*') = rates.rate_scope
            and allocations.currency = rates.currency
            and allocations.period_start = rates.date_from
            and allocations.period_end = rates.date_to
    left join epochs on allocations.period_end = epochs.day
)

select * from converted
