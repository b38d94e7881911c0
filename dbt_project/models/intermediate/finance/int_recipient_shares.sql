with texts as (
    select distinct recipients
    from {{ ref('int_split_texts') }}
),

places as (
    select * from {{ ref('int_places') }}
),

items as (
    {{ split_items('texts', ['recipients'], 'recipients') | indent(4) }}
),

read_items as (
    select
        items.recipients,
        items.item_position,
        split_part(items.item, ':', 2) as share_text,
        coalesce(places.recipient, 'UNKNOWN') as code
    from items
    left join places on trim(split_part(items.item, ':', 1)) = places.label
),

weights as (
    {{ split_weights('read_items', ['recipients']) | indent(4) }}
),

schemes as (
    select
        recipient,
        max(recipient_scheme) as recipient_scheme
    from places
    group by recipient
),

shares as (
    select
        weights.recipients,
        weights.code as recipient,
        coalesce(schemes.recipient_scheme, 'unknown') as recipient_scheme,
        weights.code_position,
        weights.weight,
        weights.denominator,
        weights.split_rule,
        weights.stated_pct
    from weights
    left join schemes on weights.code = schemes.recipient
    union all
    select
        recipients,
        'UNALLOCATED' as recipient,
        'unallocated' as recipient_scheme,
        1 as code_position,
        1 as weight,
        1 as denominator,
        'unallocated' as split_rule,
        cast(null as decimal(12, 6)) as stated_pct
    from texts
    where recipients = ''
)

select * from shares
