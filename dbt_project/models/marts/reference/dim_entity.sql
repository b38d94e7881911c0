with entities as (
    select * from {{ ref('entities') }}
),

described as (
    select
        entities.entity,
        entities.name as entity_name,
        entities.entity_kind,
        entities.parent_entity,
        parents.name as parent_entity_name,
        entities.source
    from entities
    left join entities as parents on entities.parent_entity = parents.entity
),

-- publishers of IATI, under the reference that they give themselves
publishers as (
    select
        entity,
        coalesce(max(reporting_org_name), entity) as entity_name,
        'iati_publisher' as entity_kind,
        cast(null as string) as parent_entity,
        cast(null as string) as parent_entity_name,
        'reporting-org of its own IATI files' as source
    from {{ ref('stg_iati_activities') }}
    where entity not in (select entities.entity from entities)
    group by entity
),

all_entities as (
    select * from described
    union all
    select * from publishers
)

select * from all_entities
