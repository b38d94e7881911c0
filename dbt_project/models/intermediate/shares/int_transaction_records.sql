-- How many transactions touch which set of subprogrammes and recipients; nothing is exploded.
with transactions as (
    select * from {{ ref('int_transactions') }}
),

records as (
    select
        book,
        entity,
        reporter_role,
        fiscal_year,
        record_basis,
        transaction_type,
        funding_source,
        project_scope,
        epoch,
        split_set_id,
        count(*) as record_count,
        count(*) - count(amount_usd_cents) as unconverted_rows
    from transactions
    group by
        book, entity, reporter_role, fiscal_year, record_basis, transaction_type, funding_source, project_scope, epoch, split_set_id
)

select * from records
