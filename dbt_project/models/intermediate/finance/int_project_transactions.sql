{{ config(materialized='view') }}

-- One row per loaded transaction of projects, in whole cents, converted once, pointing at its split.
with transactions as (
    select * from {{ ref('int_transactions_converted') }}
),

projects as (
    select * from {{ ref('int_project_splits') }}
),

terms as (
    select * from {{ ref('int_transaction_terms') }}
),

rates as (
    select * from {{ ref('int_rates_used') }}
),

described as (
    select
        terms.book,
        terms.record_basis,
        transactions.transaction_id,
        projects.entity,
        'primary' as reporter_role,
        projects.project_id,
        terms.transaction_type,
        terms.cost_class,
        transactions.transaction_date,
        cast(year(transactions.transaction_date) as integer) as fiscal_year,
        projects.funding_source,
        case when terms.transaction_type in ('pledge', 'contribution') then 'incoming' else 'outgoing' end as flow,
        terms.provider,
        terms.receiver,
        transactions.amount_cents,
        transactions.amount_usd_cents,
        terms.currency,
        case when terms.currency = 'USD' then cast(1 as decimal(18, 12)) else rates.fx_rate end as fx_rate,
        transactions.fx_rate_date,
        case when terms.currency = 'USD' then 'identity' else rates.fx_source end as fx_source,
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
        terms._delivery_id,
        transactions._source_row
    from transactions
    inner join terms on transactions.terms_number = terms.terms_number
    left join rates on transactions.rate_number = rates.rate_number
    -- a transaction without its project would be missing here, and assert_money_is_conserved finds it
    inner join projects on transactions.project_number = projects.project_number
)

select * from described
