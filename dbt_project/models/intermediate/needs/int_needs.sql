-- Needs of States: their requests, and what they wrote into questionnaires and have not requested.
-- A need that a State states in several cycles is one need, dated by its first statement. A request of the same State in the same area, in the
-- same year or a later one, is that need, and it is counted there.
with requests as (
    select * from {{ ref('fct_assistance_requests') }}
),

questionnaires as (
    select * from {{ ref('int_questionnaires') }}
),

stated_items as (
    {{ split_items('questionnaires', ['book', 'record_basis', 'fiscal_year', 'responded_on', 'country', 'legal_system'], 'assistance_needed') | indent(4) }}
),

stated as (
    select
        book,
        record_basis,
        country,
        legal_system,
        case when lower(item) = 'yes' then 'unspecified' else item end as need_area,
        min(fiscal_year) as fiscal_year,
        min(responded_on) as stated_on
    from stated_items
    where item <> ''
    group by book, record_basis, country, legal_system, case when lower(item) = 'yes' then 'unspecified' else item end
),

not_requested as (
    select stated.*
    from stated
    where
        not exists (
            select 1
            from requests
            where
                requests.book = stated.book
                and requests.record_basis = stated.record_basis
                and requests.country = stated.country
                and requests.need_area = stated.need_area
                and requests.fiscal_year >= stated.fiscal_year
        )
),

needs as (
    select
        'request' as origin,
        request_key as need_key,
        book,
        record_basis,
        fiscal_year,
        received_on as need_on,
        country,
        legal_system,
        need_area,
        coalesce(treaty_article, 'unspecified') as treaty_article,
        coalesce(priority, 'unspecified') as priority,
        coalesce(priority_source, 'unspecified') as priority_source,
        status,
        outcome,
        provider_type,
        response_days,
        mission_count + event_count as activity_count,
        unfunded_proposal_count,
        confidentiality
    from requests
    union all
    select
        'questionnaire' as origin,
        concat_ws(':', book, country, need_area) as need_key,
        book,
        record_basis,
        fiscal_year,
        stated_on as need_on,
        country,
        legal_system,
        need_area,
        'unspecified' as treaty_article,
        'unspecified' as priority,
        'unspecified' as priority_source,
        'stated' as status,
        'unmet' as outcome,
        'unspecified' as provider_type,
        cast(null as integer) as response_days,
        cast(0 as integer) as activity_count,
        cast(0 as integer) as unfunded_proposal_count,
        'public' as confidentiality
    from not_requested
)

select * from needs
