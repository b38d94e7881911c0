with trust_fund_projects as (
    {{ with_entity('trust_fund_projects') }}
),

priority_areas as (
    select * from {{ ref('priority_areas') }}
),

rounded as (
    select
        projects.book,
        projects.record_basis,
        {{ carried('trust_fund_projects', 'projects', made=['entity', 'joint_entities', 'priority_area']) }},
        projects.entity_read as entity,
        projects.entity as entity_delivered,
        projects.joint_entities_read as joint_entities,
        {{ in_cents('trust_fund_projects', 'projects') }},
        case
            when projects.priority_area is null then null
            else coalesce(priority_areas.priority_area, 'UNKNOWN')
        end as priority_area,
        projects.source_symbol,
        projects.source_address,
        projects._delivery_id,
        projects._source_file,
        projects._source_row
    from trust_fund_projects as projects
    left join priority_areas on projects.priority_area = priority_areas.priority_area
),

{{ with_rounding('trust_fund_projects') }}

select * from renamed
