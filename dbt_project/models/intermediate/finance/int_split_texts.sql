-- Every split that any record states. Only distinct texts are read, so that ten million transactions cost as little as their projects.
with projects as (
    select * from {{ ref('stg_trust_fund_projects') }}
),

transactions as (
    select distinct
        project_id,
        subprogrammes,
        recipients
    from {{ ref('stg_project_transactions') }}
    where subprogrammes is not null or recipients is not null
),

allocations as (
    select * from {{ ref('stg_subprogramme_allocations') }}
),

missions as (
    select * from {{ ref('raw_missions') }}
),

events as (
    select * from {{ ref('raw_capacity_building_events') }}
),

in_kind as (
    select * from {{ ref('stg_in_kind_contributions') }}
),

movements as (
    select * from {{ ref('stg_fund_movements') }}
),

deliverables as (
    select * from {{ ref('raw_deliverables') }}
),

entities as (
    select * from {{ ref('entities') }}
),

texts as (
    -- what a transaction of an unknown project points at
    select
        'UNKNOWN' as entity,
        '' as subprogrammes,
        '' as recipients
    union distinct
    select
        entity,
        coalesce(subprogrammes, '') as subprogrammes,
        coalesce(recipients, '') as recipients
    from projects
    union distinct
    select
        coalesce(projects.entity, 'UNKNOWN') as entity,
        coalesce(transactions.subprogrammes, projects.subprogrammes, '') as subprogrammes,
        coalesce(transactions.recipients, projects.recipients, '') as recipients
    from transactions
    left join projects on transactions.project_id = projects.project_id
    union distinct
    select
        entity,
        coalesce(subprogramme, '') as subprogrammes,
        '' as recipients
    from allocations
    union distinct
    select
        coalesce(entities.entity, 'UNKNOWN') as entity,
        coalesce(missions.subprogramme, '') as subprogrammes,
        coalesce(missions.recipients, '') as recipients
    from missions
    left join entities on missions.entity = entities.entity
    union distinct
    select
        coalesce(entities.entity, 'UNKNOWN') as entity,
        coalesce(events.subprogramme, '') as subprogrammes,
        coalesce(events.recipients, '') as recipients
    from events
    left join entities on events.entity = entities.entity
    union distinct
    select
        in_kind.entity,
        coalesce(in_kind.subprogramme, projects.subprogrammes, '') as subprogrammes,
        coalesce(in_kind.recipients, projects.recipients, '') as recipients
    from in_kind
    left join projects on in_kind.project_id = projects.project_id
    union distinct
    select
        entity,
        '' as subprogrammes,
        '' as recipients
    from movements
    union distinct
    select
        coalesce(entities.entity, 'UNKNOWN') as entity,
        coalesce(deliverables.subprogramme, '') as subprogrammes,
        '' as recipients
    from deliverables
    left join entities on deliverables.entity = entities.entity
)

select * from texts
