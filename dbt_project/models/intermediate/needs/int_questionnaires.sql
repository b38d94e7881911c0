-- Whether a State was party or signatory is read on the day on which the questionnaire was sent.
with responses as (
    select * from {{ ref('stg_questionnaire_responses') }}
),

places as (
    select * from {{ ref('int_places') }}
),

legal_systems as (
    select * from {{ ref('country_legal_systems') }}
),

treaty_status as (
    select * from {{ ref('treaty_status') }}
),

located as (
    select
        responses.*,
        cast(extract(year from coalesce(responses.responded_on, responses.sent_on)) as integer) as fiscal_year,
        coalesce(places.recipient, 'UNKNOWN') as country,
        coalesce(legal_systems.legal_system, 'unknown') as legal_system,
        coalesce(treaty_status.status, 'none_on_record') as treaty_status,
        {{ days_between('responses.sent_on', 'responses.responded_on') }} as response_days
    from responses
    left join places on responses.country_delivered = places.label
    left join legal_systems on places.recipient = legal_systems.country
    left join treaty_status
        on
            places.recipient = treaty_status.country
            and responses.instrument = treaty_status.instrument
            and responses.sent_on >= treaty_status.valid_from
            and (treaty_status.valid_to is null or responses.sent_on < treaty_status.valid_to)
)

select * from located
