{{ config(schema='reference', alias='sector_map') }}

-- A delivered line belongs to the entity's reference as a publisher, else to the entity itself, and leads to the subprogramme of the day on which it begins.
-- It counts unless a shipped line of the publisher reads the same sector on one of its days.
with shipped as (
    select * from {{ ref('sector_map') }}
),

delivered as (
    select * from {{ ref('stg_sector_map') }}
),

publishers as (
    select * from {{ ref('iati_publishers') }}
),

labels as (
    select * from {{ ref('int_subprogramme_labels') }}
),

lines as (
    select
        'delivered' as map_version,
        coalesce(publishers.publisher, delivered.entity) as publisher,
        delivered.sector_vocabulary,
        delivered.sector,
        delivered.entity,
        coalesce(labels.subprogramme, 'UNKNOWN') as subprogramme,
        delivered.valid_from,
        delivered.valid_to,
        delivered.source,
        delivered._delivery_id,
        delivered._source_row
    from delivered
    left join publishers on delivered.entity = publishers.entity
    left join labels
        on
            delivered.entity = labels.entity
            and lower(trim(delivered.subprogramme)) = labels.label
            and (labels.valid_from is null or delivered.valid_from >= labels.valid_from)
            and (labels.valid_to is null or delivered.valid_from < labels.valid_to)
),

known as (
    select
        *,
        {{ no_delivery() }}
    from shipped
    union all
    select * from lines
    where not exists (
        select 1 from shipped
        where
            lower(shipped.publisher) = lower(lines.publisher)
            and shipped.sector_vocabulary = lines.sector_vocabulary
            and lower(shipped.sector) = lower(lines.sector)
            and {{ share_a_day('shipped', 'lines') }}
    )
)

select * from known
