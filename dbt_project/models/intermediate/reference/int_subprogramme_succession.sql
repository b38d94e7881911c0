{{ config(schema='reference', alias='subprogramme_succession') }}

-- A delivered step names codes and a day; the structures are those in force before it and on it. A step from a code that was in no structure is left out.
with shipped as (
    select * from {{ ref('subprogramme_succession') }}
),

delivered as (
    select * from {{ ref('stg_subprogramme_succession') }}
),

subprogrammes as (
    select * from {{ ref('int_subprogrammes') }}
),

steps as (
    select
        delivered.entity,
        ending.structure as from_structure,
        ending.subprogramme as from_subprogramme,
        beginning.structure as to_structure,
        beginning.subprogramme as to_subprogramme,
        delivered.succession as change,
        delivered.source,
        delivered._delivery_id,
        delivered._source_row
    from delivered
    inner join subprogrammes as ending
        on
            delivered.entity = ending.entity
            and lower(delivered.from_subprogramme) = lower(ending.subprogramme)
            and (ending.valid_from is null or delivered.valid_from > ending.valid_from)
            and (ending.valid_to is null or delivered.valid_from <= ending.valid_to)
    left join subprogrammes as beginning
        on
            delivered.entity = beginning.entity
            and lower(delivered.to_subprogramme) = lower(beginning.subprogramme)
            and (beginning.valid_from is null or delivered.valid_from >= beginning.valid_from)
            and (beginning.valid_to is null or delivered.valid_from < beginning.valid_to)
    where delivered.succession = 'ended' or beginning.subprogramme is not null
),

known as (
    select
        *,
        {{ no_delivery() }}
    from shipped
    union all
    select * from steps
    where not exists (
        select 1 from shipped
        where
            shipped.entity = steps.entity
            and shipped.from_structure = steps.from_structure
            and shipped.from_subprogramme = steps.from_subprogramme
            and coalesce(shipped.to_structure, '') = coalesce(steps.to_structure, '')
            and coalesce(shipped.to_subprogramme, '') = coalesce(steps.to_subprogramme, '')
    )
)

select * from known
