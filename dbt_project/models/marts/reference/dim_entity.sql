with entities as (
    select * from {{ ref('int_entities') }}
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

-- and those of which there is only an organisation file
organisations as (
    select
        entity,
        coalesce(max(organisation_name), entity) as entity_name,
        'iati_publisher' as entity_kind,
        cast(null as string) as parent_entity,
        cast(null as string) as parent_entity_name,
        'name in its own organisation file of IATI' as source
    from {{ ref('stg_iati_organisations') }}
    where entity not in (select entities.entity from entities) and entity not in (select publishers.entity from publishers)
    group by entity
),

-- under the code or the name that a delivery gives them
named as (
    select
        entity,
        entity as entity_name,
        'not_in_any_delivered_list' as entity_kind,
        cast(null as string) as parent_entity,
        cast(null as string) as parent_entity_name,
        'the deliveries that name it' as source
    from {{ ref('int_entities_named') }}
    where entity not in (select publishers.entity from publishers) and entity not in (select organisations.entity from organisations)
),

all_entities as (
    select * from described
    union all
    select * from publishers
    union all
    select * from organisations
    union all
    select * from named
)

select * from all_entities
