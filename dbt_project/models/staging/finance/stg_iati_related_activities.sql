with related_activities as (
    select * from {{ ref('raw_iati_related_activities') }}
),

renamed as (
    select
        iati_identifier,
        relation_type,
        related_identifier,
        _source_row
    from related_activities
)

select * from renamed
