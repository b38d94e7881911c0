-- One row per loaded transaction of projects, in whole cents, converted once, pointing at its split. Nothing is exploded here.
with transactions as (
    select
        *,
        coalesce(value_date, transaction_date) as rate_day,
        subprogrammes is not null or recipients is not null as has_own_split
    from {{ ref('stg_project_transactions') }}
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
        coalesce(projects.entity, 'UNKNOWN') as entity,
        coalesce(projects.rate_scope, '*') as rate_scope,
        coalesce(projects.funding_source, 'unspecified') as funding_source,
        coalesce(projects.project_scope, 'UNALLOCATED') as project_scope,
        coalesce(projects.priority_area, 'UNALLOCATED') as priority_area,
        coalesce(projects.gender_marker, 'UNMARKED') as gender_marker,
        projects.donors,
        projects.sdg_targets,
        projects.split_id as project_split_id,

        -- what the transaction states overrides what the project states, each on its own; a transaction of no known project has its own too
        case when transactions.has_own_split or projects.project_id is null then coalesce(projects.entity, 'UNKNOWN') end as own_entity,
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
        with_project.book,
        with_project.record_basis,
        with_project.transaction_id,
        with_project.entity,
        'primary' as reporter_role,
        with_project.project_id,
        with_project.transaction_type,
        with_project.cost_class,
        with_project.transaction_date,
        with_project.fiscal_year,
        with_project.funding_source,
        case when with_project.transaction_type in ('pledge', 'contribution') then 'incoming' else 'outgoing' end as flow,
        with_project.provider,
        with_project.receiver,
        with_project.amount_cents,
        {{ exact_mul(
            'with_project.amount_cents',
            "(case when with_project.currency = 'USD' then 1000000000000 else rates.rate_units end)"
        ) }} as amount_usd_cents,
        with_project.currency,
        case when with_project.currency = 'USD' then cast(1 as decimal(18, 12)) else rates.fx_rate end as fx_rate,
        case when with_project.currency = 'USD' then with_project.rate_day else rates.fx_rate_date end as fx_rate_date,
        case when with_project.currency = 'USD' then 'identity' else rates.fx_source end as fx_source,
        case when with_project.own_entity is null then with_project.project_split_id else splits.split_id end as split_id,
        epochs.epoch,
        with_project.project_scope,
        with_project.priority_area,
        with_project.gender_marker,
        with_project.donors,
        with_project.sdg_targets,
        false as is_internal_transfer,
        cast(null as boolean) as is_humanitarian,
        'narrow' as technical_cooperation,
        true as is_counted,
        with_project._delivery_id,
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
