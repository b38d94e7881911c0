{{ config(schema='reference', alias='subprogrammes') }}

-- A delivered subprogramme counts unless a shipped one of its entity has its code or its name on one of its days: a label means one thing on a day.
with shipped as (
    select * from {{ ref('subprogrammes') }}
),

delivered as (
    select * from {{ ref('stg_subprogrammes') }}
),

known as (
    select
        entity,
        structure,
        subprogramme,
        name,
        valid_from,
        valid_to,
        sort_order,
        source,
        {{ no_delivery() }}
    from shipped
    union all
    select
        entity,
        structure,
        subprogramme,
        subprogramme_name as name,
        valid_from,
        valid_to,
        sort_order,
        source,
        _delivery_id,
        _source_row
    from delivered
    where not exists (
        select 1 from shipped
        where
            shipped.entity = delivered.entity
            and (
                lower(trim(delivered.subprogramme)) in (lower(trim(shipped.subprogramme)), lower(trim(shipped.name)))
                or lower(trim(delivered.subprogramme_name)) in (lower(trim(shipped.subprogramme)), lower(trim(shipped.name)))
            )
            and {{ share_a_day('shipped', 'delivered') }}
    )
)

select * from known
