{{ config(schema='reference', alias='entities') }}

-- Where a delivery names a shipped entity, the shipped row counts, with the other names that the delivery adds; landing tells where they differ.
with shipped as (
    select * from {{ ref('entities') }}
),

delivered as (
    select * from {{ ref('stg_entities') }}
),

known as (
    select
        shipped.entity,
        shipped.name,
        shipped.entity_kind,
        delivered.former_names,
        delivered.short_names,
        shipped.parent_entity,
        cast(null as date) as valid_from,
        cast(null as date) as valid_to,
        shipped.source,
        {{ no_delivery() }}
    from shipped
    left join delivered
        on
            lower(shipped.entity) = lower(delivered.entity)
            and lower(shipped.name) = lower(delivered.name)
    union all
    select
        entity,
        name,
        entity_kind,
        former_names,
        short_names,
        parent_entity,
        valid_from,
        valid_to,
        source,
        _delivery_id,
        _source_row
    from delivered
    where not exists (
        select 1 from shipped
        where lower(shipped.entity) = lower(delivered.entity)
    )
)

select * from known
