-- A provider that no word of the contract names is unspecified; the delivered word stays in raw.
with requests as (
    {{ with_entity('assistance_requests') }}
),

renamed as (
    select
        requests.book || ':' || requests.request_id as request_key,
        requests.request_id,
        requests.book,
        requests.record_basis,
        requests.country as country_delivered,
        requests.received_on,
        cast(extract(year from requests.received_on) as integer) as fiscal_year,
        requests.received_through,
        requests.need_area,
        requests.treaty_article,
        requests.priority,
        requests.priority_source,
        requests.status,
        requests.responded_on,
        case when requests.entity is not null then requests.entity_read end as entity,
        case
            when requests.provider_type in ('secretariat', 'state', 'organisation') then requests.provider_type
            else 'unspecified'
        end as provider_type,
        requests.confidentiality,
        requests.description,
        requests.source_symbol,
        requests.source_address,
        requests.as_of,
        requests._delivery_id,
        requests._source_row
    from requests
)

select * from renamed
