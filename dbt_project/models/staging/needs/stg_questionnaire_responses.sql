with responses as (
    select * from {{ ref('raw_questionnaire_responses') }}
),

renamed as (
    select
        book,
        record_basis,
        {{ carried('questionnaire_responses', made=['country', 'assistance_needed']) }},
        country as country_delivered,
        responded_on is not null as is_answered,
        case when lower(assistance_needed) <> 'no' then assistance_needed end as assistance_needed,
        source_symbol,
        source_address,
        as_of,
        _delivery_id,
        _source_row
    from responses
)

select * from renamed
