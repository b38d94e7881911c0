with organisations as (
    select * from {{ ref('raw_iati_organisations') }}
),

spellings as (
    select * from {{ ref('stg_organisation_spellings') }}
),

renamed as (
    select
        organisations.organisation_identifier,
        coalesce(spellings.organisation, organisations.organisation_identifier, 'UNKNOWN') as entity,
        organisations.name as organisation_name,
        case when organisations.is_secondary_reporter then 'secondary' else 'primary' end as reporter_role,
        organisations.book,
        organisations.record_basis,
        organisations.last_updated,
        organisations.file_generated,
        organisations._delivery_id,
        organisations._source_file,
        organisations._source_row
    from organisations
    left join spellings on organisations.organisation_identifier = spellings.delivered
)

select * from renamed
