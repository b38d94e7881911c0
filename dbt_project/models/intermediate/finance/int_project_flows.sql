-- What went through each project, by year and kind; of money received also who gave. Added up by the projects' numbers first, which is one narrow pass
-- over the transactions, and only then told which project that is.
with amounts as (
    select
        book,
        record_basis,
        project_number,
        cast(year(transaction_date) as integer) as fiscal_year,
        case transaction_type
            when 'pledge' then 'pledged'
            when 'contribution' then 'contributed'
            when 'commitment' then 'committed'
            when 'refund' then 'refunded'
            else 'spent'
        end as flow,
        case when transaction_type in ('pledge', 'contribution') then provider end as provider,
        cast(sum(amount_usd_cents) as bigint) as amount_usd_cents,
        cast(count(*) - count(amount_usd_cents) as bigint) as unconverted_rows
    from {{ ref('int_transactions_converted') }}
    where transaction_type in ('pledge', 'contribution', 'commitment', 'disbursement', 'expenditure', 'refund')
    group by all
),

projects as (
    select * from {{ ref('int_project_splits') }}
),

flows as (
    select
        amounts.book,
        amounts.record_basis,
        projects.entity,
        projects.project_id,
        projects.donors,
        amounts.fiscal_year,
        amounts.flow,
        amounts.provider,
        cast(sum(amounts.amount_usd_cents) as bigint) as amount_usd_cents,
        cast(sum(amounts.unconverted_rows) as bigint) as unconverted_rows
    from amounts
    inner join projects on amounts.project_number = projects.project_number
    group by
        amounts.book, amounts.record_basis, projects.entity, projects.project_id, projects.donors, amounts.fiscal_year, amounts.flow, amounts.provider
)

select * from flows
