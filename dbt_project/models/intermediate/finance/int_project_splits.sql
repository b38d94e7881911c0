-- What a project lends to its transactions. Its split is read anew when its labels change their meaning, so a project has one row
-- per period; the periods cover all days, so that every transaction meets exactly one. What nobody described has a row, too. Rows are
-- numbered: ten million transactions carry one number instead of eight texts.
with described as (
    select * from {{ ref('stg_trust_fund_projects') }}
),

projects as (
    select
        project_id,
        entity,
        funding_source,
        fund_code,
        subprogrammes,
        recipients,
        scope,
        priority_area,
        gender_marker,
        gender_marker_scheme,
        donors,
        sdg_targets
    from described
    union all
    select distinct
        transactions.project_id,
        'UNKNOWN' as entity,
        'unspecified' as funding_source,
        cast(null as string) as fund_code,
        cast(null as string) as subprogrammes,
        cast(null as string) as recipients,
        cast(null as string) as scope,
        cast(null as string) as priority_area,
        cast(null as string) as gender_marker,
        cast(null as string) as gender_marker_scheme,
        cast(null as string) as donors,
        cast(null as string) as sdg_targets
    from {{ ref('stg_project_transactions') }} as transactions
    left join described on transactions.project_id = described.project_id
    where described.project_id is null
),

splits as (
    select * from {{ ref('int_splits') }}
),

rate_scopes as (
    select distinct entity as rate_scope
    from {{ ref('rate_order') }}
    where entity <> '*'
),

project_splits as (
    select
        projects.project_id,
        splits.valid_from,
        splits.valid_to,
        projects.entity,
        coalesce(rate_scopes.rate_scope, '*') as rate_scope,
        projects.funding_source,
        projects.fund_code,
        projects.subprogrammes,
        projects.recipients,
        splits.split_id,

        coalesce(projects.scope, 'UNALLOCATED') as project_scope,
        coalesce(projects.priority_area, 'UNALLOCATED') as priority_area,
        case
            when projects.gender_marker is null then 'UNMARKED'
            else concat(coalesce(projects.gender_marker_scheme, 'entity'), ':', projects.gender_marker)
        end as gender_marker,
        projects.donors,
        projects.sdg_targets
    from projects
    inner join splits
        on
            projects.entity = splits.entity
            and coalesce(projects.subprogrammes, '') = splits.subprogrammes
            and coalesce(projects.recipients, '') = splits.recipients
    left join rate_scopes on projects.entity = rate_scopes.rate_scope
),

numbered as (
    select
        *,
        cast(row_number() over (order by project_id asc, valid_from asc) as integer) as project_number
    from project_splits
),

compared as (
    select
        *,
        min(project_number) over (partition by project_id) as first_number,
        min(project_number) over (
            partition by entity, funding_source, project_scope, priority_area, gender_marker, donors, sdg_targets, split_id
        ) as like_number
    from numbered
)

select * from compared
