-- The years in which projects spent, whatever the amount.
with terms as (
    select * from {{ ref('int_transaction_terms') }}
    where {{ is_spending() }}
),

spending_years as (
    select distinct
        terms.book,
        terms.record_basis,
        transactions.project_number,
        cast(year(transactions.transaction_date) as integer) as fiscal_year
    from {{ ref('int_transactions_converted') }} as transactions
    inner join terms on transactions.terms_number = terms.terms_number
)

select * from spending_years
