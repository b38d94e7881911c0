-- What went through each project over all its years. Added up by the projects' numbers first, which is one narrow pass over the transactions, and only
-- then told which project that is.
with terms as (
    select * from {{ ref('int_transaction_terms') }}
    where transaction_type in ('contribution', 'disbursement', 'expenditure', 'refund')
),

projects as (
    select * from {{ ref('int_project_splits') }}
),

amounts as (
    select
        terms.book,
        terms.record_basis,
        transactions.project_number,
        count(case when terms.transaction_type = 'contribution' then 1 end) as contributions,
        {{ wide_sum("case when terms.transaction_type = 'contribution' then transactions.amount_usd_cents end") }} as contributed,
        {{ wide_sum("case when " ~ is_spending('terms.transaction_type') ~ " then transactions.amount_usd_cents end") }} as spent,
        {{ wide_sum("case when terms.transaction_type = 'refund' then transactions.amount_usd_cents end") }} as refunded,
        count(*) - count(transactions.amount_usd_cents) as unconverted_rows
    from {{ ref('int_transactions_converted') }} as transactions
    inner join terms on transactions.terms_number = terms.terms_number
    group by terms.book, terms.record_basis, transactions.project_number
),

flows as (
    select
        amounts.book,
        amounts.record_basis,
        projects.entity,
        projects.project_id,
        cast(sum(amounts.contributions) as bigint) as contributions,
        {{ wide_sum('amounts.contributed') }} as contributed_usd_cents,
        {{ wide_sum('amounts.spent') }} as spent_usd_cents,
        {{ wide_sum('amounts.refunded') }} as refunded_usd_cents,
        cast(sum(amounts.unconverted_rows) as bigint) as unconverted_rows
    from amounts
    inner join projects on amounts.project_number = projects.project_number
    group by amounts.book, amounts.record_basis, projects.entity, projects.project_id
)

select * from flows
