with tags as (
    select * from {{ ref('raw_iati_tags') }}
),

renamed as (
    select
        iati_identifier,
        vocabulary,
        code,
        _source_row
    from tags
)

select * from renamed
