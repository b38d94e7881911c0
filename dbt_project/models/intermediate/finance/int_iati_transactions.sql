-- One row per loaded transaction of IATI, in the columns of int_project_transactions: in whole cents, converted once, pointing at its split.
with transactions as (
    select
        *,
        coalesce(value_date, transaction_date) as rate_day
    from {{ ref('stg_iati_transactions') }}
),

attributes as (
    select * from {{ ref('int_iati_attributes') }}
),

splits as (
    select * from {{ ref('int_iati_splits') }}
    where transaction_number > 0
),

internal_transfers as (
    select * from {{ ref('int_iati_internal_transfers') }}
),

rates as (
    select * from {{ ref('int_rates_used') }}
    where rate_scope = '*' and date_from = date_to
),

converted as (
    select
        transactions.book,
        transactions.record_basis,
        concat(transactions.iati_identifier, '#', cast(transactions.transaction_number as string)) as transaction_id,
        transactions.entity,
        attributes.reporter_role,
        transactions.iati_identifier as project_id,
        transactions.transaction_type,
        cast(null as string) as cost_class,
        transactions.transaction_date,
        transactions.fiscal_year,
        attributes.funding_source,
        transactions.flow,
        transactions.provider,
        transactions.receiver,
        transactions.amount_cents,
        {{ usd_cents('transactions', 'amount_cents') }} as amount_usd_cents,
        transactions.currency,
        {{ rate_used('transactions', 'amount_cents', 'rate_day') }},
        splits.split_id,
        splits.epoch,
        attributes.project_scope,
        'UNALLOCATED' as priority_area,
        attributes.gender_marker,
        attributes.donors,
        attributes.sdg_targets,
        internal_transfers.reason is not null as is_internal_transfer,
        coalesce(transactions.is_humanitarian, attributes.is_humanitarian) as is_humanitarian,
        {{ iati_technical_cooperation('transactions', 'attributes') }} as technical_cooperation,
        transactions._delivery_id,
        transactions._source_row
    from transactions
    inner join attributes on transactions.iati_identifier = attributes.iati_identifier
    left join splits
        on
            transactions.iati_identifier = splits.iati_identifier
            and transactions.transaction_number = splits.transaction_number
    left join internal_transfers
        on
            transactions.iati_identifier = internal_transfers.iati_identifier
            and transactions.transaction_number = internal_transfers.transaction_number
    left join rates
        on
            transactions.currency = rates.currency
            and transactions.rate_day = rates.date_from
),

counted as (
    select
        *,
        not is_internal_transfer and {{ is_technical_cooperation('technical_cooperation') }} as is_counted
    from converted
)

select * from counted
