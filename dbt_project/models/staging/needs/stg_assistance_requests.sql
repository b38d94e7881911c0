-- A provider that no word of the contract names is unspecified; the delivered word stays in raw.
with requests as (
    {{ with_entity('assistance_requests') }}
),

renamed as (
    select
        requests.book || ':' || requests.request_id as request_key,
        {{ carried('assistance_requests', 'requests', made=['country', 'entity', 'provider_type']) }},
        requests.book,
        requests.record_basis,
        requests.country as country_delivered,
        cast(extract(year from requests.received_on) as integer) as fiscal_year,
        case when requests.entity is not null then requests.entity_read end as entity,
        case
            when requests.provider_type in ('secretariat', 'state', 'organisation') then requests.provider_type
            else 'unspecified'
        end as provider_type,
        requests.source_symbol,
        requests.source_address,
        requests.as_of,
        requests._delivery_id,
        requests._source_row
    from requests
)

select * from renamed
