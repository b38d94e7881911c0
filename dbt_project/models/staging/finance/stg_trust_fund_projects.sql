with trust_fund_projects as (
    select * from {{ ref('raw_trust_fund_projects') }}
),

entities as (
    select * from {{ ref('entities') }}
),

priority_areas as (
    select * from {{ ref('priority_areas') }}
),

rounded as (
    select
        projects.book,
        projects.record_basis,
        projects.project_id,
        projects.title,
        coalesce(entities.entity, 'UNKNOWN') as entity,
        projects.entity as entity_delivered,
        projects.joint_entities,
        projects.subprogrammes,
        projects.funding_source,
        projects.fund_code,
        projects.donors,
        projects.earmarking,
        projects.start_date,
        projects.end_date,
        projects.status,
        projects.budget_amount as budget_delivered,
        {{ to_cents('projects.budget_amount') }} as budget_cents,
        projects.currency,
        projects.recipients,
        projects.scope,
        case
            when projects.priority_area is null then null
            else coalesce(priority_areas.priority_area, 'UNKNOWN')
        end as priority_area,
        projects.partners,
        projects.request_ids,
        projects.normative_instrument,
        projects.sdg_targets,
        projects.gender_marker,
        projects.gender_marker_scheme,
        projects.cooperation_modality,
        projects.source_symbol,
        projects.source_address,
        projects._delivery_id,
        projects._source_file,
        projects._source_row
    from trust_fund_projects as projects
    left join entities on projects.entity = entities.entity
    left join priority_areas on projects.priority_area = priority_areas.priority_area
),

renamed as (
    select
        *,
        budget_delivered - {{ from_cents('budget_cents') }} as budget_rounding
    from rounded
)

select * from renamed
