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
)

select * from described
