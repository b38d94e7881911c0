-- How many transactions have no rate, counted as in int_transaction_totals.
with transactions as (
    select * from {{ ref('int_transactions') }}
    where amount_usd_cents is null and is_counted
),

parts as (
    select * from {{ ref('int_split_parts') }}
),

totals as (
    select
        transactions.book,
        transactions.entity,
        transactions.reporter_role,
        transactions.fiscal_year,
        transactions.record_basis,
        transactions.transaction_type,
        transactions.funding_source,
        transactions.project_scope,
        transactions.epoch,
        parts.subprogramme,
        parts.recipient,
        {{ summed_counters('parts') }}
    from transactions
    inner join parts on transactions.split_id = parts.split_id
    group by
        transactions.book, transactions.entity, transactions.reporter_role, transactions.fiscal_year, transactions.record_basis,
        transactions.transaction_type, transactions.funding_source, transactions.project_scope, transactions.epoch,
        parts.subprogramme, parts.recipient
)

select * from totals
