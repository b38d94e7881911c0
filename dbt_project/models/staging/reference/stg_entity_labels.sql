with entity_labels as (
    select * from {{ source('landing', 'entity_labels') }}
),

renamed as (
    select
        label,
        entity,
        entities
    from entity_labels
)

select * from renamed
