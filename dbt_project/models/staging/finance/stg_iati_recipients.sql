-- `transaction_number` 0 is the activity itself.
with recipients as (
    select * from {{ ref('raw_iati_recipients') }}
),

renamed as (
    select
        iati_identifier,
        cast(coalesce(transaction_number, 0) as bigint) as transaction_number,
        recipient_kind,
        case when recipient_kind = 'region' then coalesce(vocabulary, '1') end as region_vocabulary,
        upper(code) as code,
        percentage,
        _delivery_id,
        _source_file,
        _source_row
    from recipients
    -- a share of something that is not named is a share; without both nothing is said
    where code is not null or percentage > 0
)

select * from renamed
