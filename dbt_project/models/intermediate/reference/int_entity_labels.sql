{{ config(materialized='table') }}

-- A table, since landing is no part of a release and staging asks for the meaning of every delivered entity.
with entity_labels as (
    select * from {{ ref('stg_entity_labels') }}
)

select * from entity_labels
