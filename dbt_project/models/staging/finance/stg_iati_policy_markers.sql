with policy_markers as (
    select * from {{ ref('raw_iati_policy_markers') }}
),

renamed as (
    select
        iati_identifier,
        vocabulary,
        code,
        significance,
        _source_row
    from policy_markers
)

select * from renamed
