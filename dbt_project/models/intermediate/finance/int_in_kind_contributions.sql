-- One row per contribution in kind. What it does not say itself, subprogramme and recipients, is what its project says.
with contributions as (
    select
        contributions.*,
        coalesce(contributions.subprogramme, projects.subprogrammes, '') as subprogrammes_read,
        coalesce(contributions.recipients, projects.recipients, '') as recipients_read,
        coalesce(projects.scope, 'UNALLOCATED') as project_scope,
        coalesce(projects.priority_area, 'UNALLOCATED') as priority_area
    from {{ ref('stg_in_kind_contributions') }} as contributions
    left join {{ ref('stg_trust_fund_projects') }} as projects on contributions.project_id = projects.project_id
),

splits as (
    select * from {{ ref('int_splits') }}
),

epochs as (
    select * from {{ ref('int_reference_epochs') }}
),

places as (
    select * from {{ ref('int_places') }}
    where recipient_scheme in ('country', 'country_group')
),

rates as (
    select * from {{ ref('int_rates_used') }}
    where date_from = date_to
),

rate_scopes as (
    select distinct entity as rate_scope
    from {{ ref('rate_order') }}
    where entity <> '*'
),

converted as (
    select
        contributions.*,
        coalesce(places.recipient, contributions.provider) as donor,
        {{ usd_cents('contributions', 'value_cents') }} as value_usd_cents,
        {{ rate_used('contributions', 'value_cents', 'received_on') }},
        splits.split_id,
        splits.split_set_id,
        epochs.epoch
    from contributions
    left join splits
        on
            contributions.entity = splits.entity
            and contributions.subprogrammes_read = splits.subprogrammes
            and contributions.recipients_read = splits.recipients
            and contributions.received_on >= splits.valid_from
            and contributions.received_on < splits.valid_to
    left join epochs on contributions.received_on = epochs.day
    left join places on contributions.provider = places.label
    left join rate_scopes on contributions.entity = rate_scopes.rate_scope
    left join rates
        on
            coalesce(rate_scopes.rate_scope, '*') = rates.rate_scope
            and contributions.currency = rates.currency
            and contributions.received_on = rates.date_from
)

select * from converted
