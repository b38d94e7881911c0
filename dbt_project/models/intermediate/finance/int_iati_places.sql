-- Where the money of an activity, or of a transaction of its own, goes: countries and the regions of one vocabulary share one 100 per cent.
with recipients as (
    select * from {{ ref('int_iati_recipients') }}
    where is_used
),

items as (
    select
        iati_identifier,
        transaction_number,
        recipient as code,
        _source_row as item_position,
        percentage
    from recipients
),

weights as (
    {{ stated_weights('items', ['iati_identifier', 'transaction_number']) | indent(4) }}
),

schemes as (
    select
        recipient,
        max(recipient_scheme) as recipient_scheme
    from recipients
    group by recipient
),

places as (
    select
        weights.iati_identifier,
        weights.transaction_number,
        weights.code as recipient,
        schemes.recipient_scheme,
        weights.code_position,
        weights.weight,
        weights.denominator,
        weights.split_rule,
        weights.stated_pct
    from weights
    inner join schemes on weights.code = schemes.recipient
)

select * from places
