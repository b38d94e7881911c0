-- `transaction_number` 0 is the activity itself.
with sectors as (
    select * from {{ ref('raw_iati_sectors') }}
),

renamed as (
    select
        iati_identifier,
        cast(coalesce(transaction_number, 0) as bigint) as transaction_number,
        coalesce(vocabulary, '1') as sector_vocabulary,
        -- codes of the warehouse's own export are subprogrammes as they stand
        coalesce(vocabulary = '99' and vocabulary_uri = 'urn:techcoop:subprogrammes', false) as is_subprogramme,
        coalesce(code, 'UNKNOWN') as sector,
        percentage,
        _delivery_id,
        _source_row
    from sectors
    -- a share of something that is not named is a share; without both nothing is said
    where code is not null or percentage > 0
)

select * from renamed
