-- What transactions of projects say in words, each combination once. Ten million transactions carry one number instead of eight texts, are written
-- narrow, and are added up by number. `type_number` names book, record basis and transaction type together.
{% set terms = transaction_terms() %}

with transactions as (
    select * from {{ ref('stg_project_transactions') }}
),

distinct_terms as (
    select distinct
        {{ terms | join(',\n        ') }}
    from transactions
),

numbered as (
    select
        cast(row_number() over (order by {{ terms | join(', ') }}) as integer) as terms_number,
        cast(dense_rank() over (order by book, record_basis, transaction_type) as integer) as type_number,
        {{ terms | join(',\n        ') }}
    from distinct_terms
)

select * from numbered
