-- What transactions hold by the attributes of their projects; each transaction has one of each, so nothing is exploded.
with transactions as (
    select * from {{ ref('int_transactions') }}
),

totals as (
    select
        book,
        entity,
        reporter_role,
        fiscal_year,
        record_basis,
        transaction_type,
        funding_source,
        priority_area,
        gender_marker,
        donors,
        sdg_targets,
        -- who gave is known of money received; of money spent it is what the project says
        case when flow = 'incoming' then provider end as provider,
        cast(sum(amount_usd_cents) as bigint) as value_units,
        count(*) as record_count,
        count(*) - count(amount_usd_cents) as unconverted_rows
    from transactions
    group by
        book, entity, reporter_role, fiscal_year, record_basis, transaction_type, funding_source, priority_area, gender_marker,
        donors, sdg_targets, case when flow = 'incoming' then provider end
)

select * from totals
