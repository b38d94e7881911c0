-- One row per stated combination and period in which its labels mean the same and its recipients keep their regions.
with texts as (
    select * from {{ ref('int_split_texts') }}
),

subprogramme_periods as (
    select distinct
        entity,
        subprogrammes,
        valid_from,
        valid_to
    from {{ ref('int_subprogramme_shares') }}
),

recipient_periods as (
    select distinct
        recipients,
        valid_from,
        valid_to
    from {{ ref('int_recipient_shares') }}
),

crossed as (
    select
        texts.entity,
        texts.subprogrammes,
        texts.recipients,
        subprogramme_periods.valid_from as subprogrammes_valid_from,
        recipient_periods.valid_from as recipients_valid_from,
        greatest(subprogramme_periods.valid_from, recipient_periods.valid_from) as valid_from,
        least(subprogramme_periods.valid_to, recipient_periods.valid_to) as valid_to
    from texts
    inner join subprogramme_periods
        on
            texts.entity = subprogramme_periods.entity
            and texts.subprogrammes = subprogramme_periods.subprogrammes
    inner join recipient_periods on texts.recipients = recipient_periods.recipients
    where
        subprogramme_periods.valid_from < recipient_periods.valid_to
        and recipient_periods.valid_from < subprogramme_periods.valid_to
),

splits as (
    select
        cast(row_number() over (order by entity, subprogrammes, recipients, valid_from) as integer) as split_id,
        -- a record's parts and how it is counted both follow from its split
        cast(row_number() over (order by entity, subprogrammes, recipients, valid_from) as integer) as split_set_id,
        *
    from crossed
)

select * from splits
