-- What a project lends to its transactions. Its split is read anew when its labels change their meaning, so a project has one row
-- per period; the periods cover all days, so that every transaction meets exactly one.
with projects as (
    select * from {{ ref('stg_trust_fund_projects') }}
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
)

select * from project_splits
