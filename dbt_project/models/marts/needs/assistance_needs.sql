with needs as (
    select * from {{ ref('int_needs') }}
),

counted as (
    select
        book,
        record_basis,
        fiscal_year,
        country,
        need_area,
        treaty_article,
        legal_system,
        priority,
        priority_source,
        confidentiality,
        count(*) as needs,
        count(case when origin = 'request' then 1 end) as requests,
        count(case when origin = 'questionnaire' then 1 end) as stated_in_questionnaires,
        count(case when outcome = 'delivered' then 1 end) as delivered,
        count(case when outcome = 'delivered' and provider_type = 'secretariat' then 1 end) as delivered_by_secretariat,
        count(case when outcome = 'delivered' and provider_type = 'state' then 1 end) as delivered_by_states,
        count(case when outcome = 'delivered' and provider_type = 'organisation' then 1 end) as delivered_by_organisations,
        count(case when outcome = 'delivered' and provider_type = 'unspecified' then 1 end) as delivered_by_unspecified,
        count(case when outcome = 'under_way' then 1 end) as under_way,
        count(case when outcome = 'unmet' then 1 end) as unmet,
        count(case when status = 'declined' then 1 end) as declined,
        count(response_days) as answered,
        cast(sum(response_days) as bigint) as response_days_total,
        {{ ratio_of('cast(sum(response_days) as bigint)', 'count(response_days)') }} as response_days_mean,
        cast(sum(activity_count) as bigint) as activities,
        cast(sum(unfunded_proposal_count) as bigint) as unfunded_proposals
    from needs
    group by book, record_basis, fiscal_year, country, need_area, treaty_article, legal_system, priority, priority_source, confidentiality
)

select * from counted
