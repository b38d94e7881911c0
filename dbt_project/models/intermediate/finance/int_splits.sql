with texts as (
    select * from {{ ref('int_split_texts') }}
),

subprogramme_sets as (
    select
        entity,
        subprogrammes,
        valid_from,
        valid_to,
        {{ sorted_text('subprogramme') }} as subprogramme_set
    from {{ ref('int_subprogramme_shares') }}
    group by entity, subprogrammes, valid_from, valid_to
),

recipient_sets as (
    select
        recipients,
        {{ sorted_text('recipient') }} as recipient_set
    from {{ ref('int_recipient_shares') }}
    group by recipients
),

splits as (
    select
        cast(
            row_number() over (order by texts.entity, texts.subprogrammes, texts.recipients, subprogramme_sets.valid_from) as integer
        ) as split_id,
        texts.entity,
        texts.subprogrammes,
        texts.recipients,
        subprogramme_sets.valid_from,
        subprogramme_sets.valid_to,
        cast(dense_rank() over (order by subprogramme_sets.subprogramme_set) as integer) as subprogramme_set_id,
        cast(dense_rank() over (order by recipient_sets.recipient_set) as integer) as recipient_set_id,
        cast(
            dense_rank() over (order by subprogramme_sets.subprogramme_set, recipient_sets.recipient_set) as integer
        ) as split_set_id
    from texts
    inner join subprogramme_sets
        on
            texts.entity = subprogramme_sets.entity
            and texts.subprogrammes = subprogramme_sets.subprogrammes
    inner join recipient_sets on texts.recipients = recipient_sets.recipients
)

select * from splits
