-- The only pass of the share tables over the exploded parts: what transactions hold by subprogramme and recipient, and how many they are.
with transactions as (
    select * from {{ ref('int_transactions') }}
    where is_counted
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
        cast(sum(
            {{ split_part_cents(
                'transactions.amount_usd_cents', 'parts.weight_from', 'parts.weight_to', 'parts.denominator', 'parts.narrow_limit'
            ) }}
        ) as bigint) as value_units,
        {{ summed_counters('parts') }}
    from transactions
    inner join parts on transactions.split_id = parts.split_id
    group by
        transactions.book, transactions.entity, transactions.reporter_role, transactions.fiscal_year, transactions.record_basis,
        transactions.transaction_type, transactions.funding_source, transactions.project_scope, transactions.epoch,
        parts.subprogramme, parts.recipient
)

select * from totals
