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
        {{ exact_mul(
            'allocations.amount_cents',
            "(case when allocations.currency = 'USD' then 1000000000000 else rates.rate_units end)"
        ) }} as amount_usd_cents,
        case when allocations.currency = 'USD' then cast(1 as decimal(18, 12)) else rates.fx_rate end as fx_rate,
        case when allocations.currency = 'USD' then allocations.period_end else rates.fx_rate_date end as fx_rate_date,
        case when allocations.currency = 'USD' then 'identity' else rates.fx_source end as fx_source,
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
