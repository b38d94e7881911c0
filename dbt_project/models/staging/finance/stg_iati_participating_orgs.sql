with participating_orgs as (
    select * from {{ ref('raw_iati_participating_orgs') }}
),

renamed as (
    select
        iati_identifier,
        role,
        org_ref,
        org_name,
        _source_row
    from participating_orgs
)

select * from renamed
