-- One row per loaded transaction of projects, in whole cents, converted once, pointing at its split, its project, its terms and its rate. Nothing is
-- exploded here, and what these tell stands in int_project_transactions, a view: ten million rows are written once, and narrow.
with transactions as (
    select
        staged.*,
        terms.terms_number,
        coalesce(staged.value_date, staged.transaction_date) as rate_day,
        staged.subprogrammes is not null or staged.recipients is not null as has_own_split
    from {{ ref('stg_project_transactions') }} as staged
    left join {{ ref('int_transaction_terms') }} as terms
        on {{ on_same_terms('staged', 'terms') }}
),

projects as (
    select * from {{ ref('int_project_splits') }}
),

splits as (
    select * from {{ ref('int_splits') }}
),

rates as (
    select * from {{ ref('int_rates_used') }}
    where date_from = date_to
),

epochs as (
    select * from {{ ref('int_reference_epochs') }}
),

with_project as (
    select
        transactions.*,
        projects.project_number,
        projects.rate_scope,
        projects.split_id as project_split_id,

        -- what the transaction states overrides what the project states, each on its own
        case when transactions.has_own_split then projects.entity end as own_entity,
        coalesce(transactions.subprogrammes, projects.subprogrammes, '') as own_subprogrammes,
        coalesce(transactions.recipients, projects.recipients, '') as own_recipients
    from transactions
    left join projects
        on
            transactions.project_id = projects.project_id
            and transactions.transaction_date >= projects.valid_from
            and transactions.transaction_date < projects.valid_to
),

converted as (
    select
        with_project.terms_number,
        with_project.transaction_id,
        with_project.project_number,
        with_project.transaction_date,
        with_project.amount_cents,
        {{ usd_cents('with_project', 'amount_cents') }} as amount_usd_cents,
        case when {{ is_converted('with_project', 'amount_cents') }} then rates.rate_number end as rate_number,
        case
            when with_project.currency = 'USD' then with_project.rate_day
            when {{ is_converted('with_project', 'amount_cents') }} then rates.fx_rate_date
        end as fx_rate_date,
        case when with_project.own_entity is null then with_project.project_split_id else splits.split_id end as split_id,
        epochs.epoch,
        with_project._source_row
    from with_project
    left join splits
        on
            with_project.own_entity = splits.entity
            and with_project.own_subprogrammes = splits.subprogrammes
            and with_project.own_recipients = splits.recipients
            and with_project.transaction_date >= splits.valid_from
            and with_project.transaction_date < splits.valid_to
    left join rates
        on
            with_project.rate_scope = rates.rate_scope
            and with_project.currency = rates.currency
            and with_project.rate_day = rates.date_from
    left join epochs on with_project.transaction_date = epochs.day
)

select * from converted
