{{ config(materialized='view') }}

-- One row per loaded transaction of projects, in whole cents, converted once, pointing at its split.
with transactions as (
    select * from {{ ref('int_transactions_converted') }}
),

projects as (
    select * from {{ ref('int_project_splits') }}
),

described as (
    select
        transactions.book,
        transactions.record_basis,
        transactions.transaction_id,
        projects.entity,
        'primary' as reporter_role,
        projects.project_id,
        transactions.transaction_type,
        transactions.cost_class,
        transactions.transaction_date,
        cast(year(transactions.transaction_date) as integer) as fiscal_year,
        projects.funding_source,
        case when transactions.transaction_type in ('pledge', 'contribution') then 'incoming' else 'outgoing' end as flow,
        transactions.provider,
        transactions.receiver,
        transactions.amount_cents,
        transactions.amount_usd_cents,
        transactions.currency,
        transactions.fx_rate,
        transactions.fx_rate_date,
        transactions.fx_source,
        transactions.split_id,
        transactions.epoch,
        projects.project_scope,
        projects.priority_area,
        projects.gender_marker,
        projects.donors,
        projects.sdg_targets,
        false as is_internal_transfer,
        cast(null as boolean) as is_humanitarian,
        'narrow' as technical_cooperation,
        true as is_counted,
        transactions._delivery_id,
        transactions._source_row
    from transactions
    -- a transaction without its project would be missing here, and assert_money_is_conserved finds it
    inner join projects on transactions.project_number = projects.project_number
)

select * from described
