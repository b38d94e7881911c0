with participating_orgs as (
    select * from {{ ref('raw_iati_participating_orgs') }}
),

spellings as (
    select * from {{ ref('stg_organisation_spellings') }}
),

renamed as (
    select
        participating_orgs.iati_identifier,
        participating_orgs.role,
        coalesce(spellings.organisation, participating_orgs.org_ref) as org_ref,
        participating_orgs.org_name,
        participating_orgs._source_row
    from participating_orgs
    left join spellings on participating_orgs.org_ref = spellings.delivered
)

select * from renamed
