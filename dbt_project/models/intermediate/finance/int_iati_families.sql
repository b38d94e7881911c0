-- Which activity of a publisher is said to be part of which, by the one (type 2, child) or the other (type 1, parent): activities that are in the
-- load, that count, and that are reported in the same role.
with activities as (
    select * from {{ ref('stg_iati_activities') }}
    where is_counted_hierarchy
),

related_activities as (
    select * from {{ ref('stg_iati_related_activities') }}
),

told as (
    select
        related_identifier as parent_identifier,
        iati_identifier as child_identifier
    from related_activities
    where relation_type = '1'
    union distinct
    select
        iati_identifier as parent_identifier,
        related_identifier as child_identifier
    from related_activities
    where relation_type = '2'
),

families as (
    select
        told.parent_identifier,
        told.child_identifier,
        parents.entity,
        parents.reporter_role
    from told
    inner join activities as parents on told.parent_identifier = parents.iati_identifier
    inner join activities as children
        on
            told.child_identifier = children.iati_identifier
            and parents.entity = children.entity
            and parents.reporter_role = children.reporter_role
    where told.parent_identifier <> told.child_identifier
)

select * from families
