-- Needs belong to States, not to an entity: their figures stand under the United Nations system as a whole. Restricted requests are left out.
{% set slices = {'none': "'all'", 'priority': 'priority', 'legal_system': 'legal_system'} %}

with needs as (
    select * from {{ ref('int_needs') }}
    where confidentiality = 'public'
),

questionnaires as (
    select
        *,
        cast(extract(year from coalesce(sent_on, responded_on)) as integer) as year_sent
    from {{ ref('int_questionnaires') }}
),

balance as (
    select * from {{ ref('geographic_balance') }}
    where assistance_measure = 'delivered_requests'
),

obligations as (
    select * from {{ ref('reporting_obligation_status') }}
    where body = 'UNTOC_COP' and status <> 'not_due_yet'
),

sliced_needs as (
    {%- for scheme, part in slices.items() %}
    select
        *,
        '{{ scheme }}' as dimension_scheme,
        {{ part }} as dimension_value
    from needs
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

outcomes as (
    select
        book,
        record_basis,
        fiscal_year,
        dimension_scheme,
        dimension_value,
        count(*) as needs,
        count(case when outcome = 'delivered' then 1 end) as delivered,
        count(case when outcome = 'under_way' then 1 end) as under_way,
        count(case when outcome = 'unmet' then 1 end) as unmet
    from sliced_needs
    group by book, record_basis, fiscal_year, dimension_scheme, dimension_value
),

years as (
    select
        book,
        record_basis,
        fiscal_year,
        'none' as dimension_scheme,
        'all' as dimension_value,
        count(case when outcome = 'delivered' then 1 end) as delivered,
        count(case when priority_source <> 'unspecified' then 1 end) as prioritised,
        count(case when priority_source in ('conference', 'working_group') then 1 end) as prioritised_by_conference,
        count(case when origin = 'request' then 1 end) as requests,
        count(response_days) as answered,
        count(case when activity_count > 0 then 1 end) as with_activity,
        count(case when unfunded_proposal_count > 0 and outcome <> 'delivered' then 1 end) as awaiting_funds,
        cast(percentile_cont(0.5) within group (order by response_days) as decimal(24, 6)) as response_days_median
    from needs
    group by book, record_basis, fiscal_year
),

providers as (
    select
        needs.book,
        needs.record_basis,
        needs.fiscal_year,
        'provider_type' as dimension_scheme,
        needs.provider_type as dimension_value,
        count(*) as delivered_by_provider,
        max(years.delivered) as delivered
    from needs
    inner join years
        on
            needs.book = years.book
            and needs.record_basis = years.record_basis
            and needs.fiscal_year = years.fiscal_year
    where needs.outcome = 'delivered'
    group by needs.book, needs.record_basis, needs.fiscal_year, needs.provider_type
),

sliced_questionnaires as (
    select
        *,
        'none' as dimension_scheme,
        'all' as dimension_value
    from questionnaires
    union all
    select
        *,
        'treaty_status' as dimension_scheme,
        treaty_status as dimension_value
    from questionnaires
),

cycles as (
    select
        book,
        record_basis,
        year_sent as fiscal_year,
        dimension_scheme,
        dimension_value,
        count(*) as sent,
        count(case when is_answered then 1 end) as answered,
        count(assistance_needed) as asking_for_assistance
    from sliced_questionnaires
    where year_sent is not null
    group by book, record_basis, year_sent, dimension_scheme, dimension_value
),

schemes as (
    select
        book,
        record_basis,
        fiscal_year,
        'region_scheme' as dimension_scheme,
        region_scheme as dimension_value,
        max(hhi_assistance) as hhi_assistance,
        max(theil_against_needs) as theil_against_needs
    from balance
    where region_scheme in ('un_regional_group', 'legal_system')
    group by book, record_basis, fiscal_year, region_scheme
),

figures as (
    {%- for indicator, numerator in [('need_delivered_pct', 'delivered'), ('need_under_way_pct', 'under_way'), ('need_unmet_pct', 'unmet')] %}
    select
        '{{ indicator }}' as indicator,
        book,
        record_basis,
        fiscal_year,
        dimension_scheme,
        dimension_value,
        {{ percentage_of(numerator, 'needs') }} as value
    from outcomes
    union all
    {%- endfor %}
    {%- for indicator, (numerator, denominator) in {
        'priority_by_conference_pct': ('prioritised_by_conference', 'prioritised'),
        'request_answered_pct': ('answered', 'requests'),
        'request_with_activity_pct': ('with_activity', 'requests'),
    }.items() %}
    select
        '{{ indicator }}' as indicator,
        book,
        record_basis,
        fiscal_year,
        dimension_scheme,
        dimension_value,
        {{ percentage_of(numerator, denominator) }} as value
    from years
    union all
    {%- endfor %}
    select
        'request_response_days_median' as indicator,
        book,
        record_basis,
        fiscal_year,
        dimension_scheme,
        dimension_value,
        response_days_median as value
    from years
    union all
    select
        'request_awaiting_funds_count' as indicator,
        book,
        record_basis,
        fiscal_year,
        dimension_scheme,
        dimension_value,
        cast(awaiting_funds as decimal(24, 6)) as value
    from years
    union all
    select
        'delivered_by_provider_pct' as indicator,
        book,
        record_basis,
        fiscal_year,
        dimension_scheme,
        dimension_value,
        {{ percentage_of('delivered_by_provider', 'delivered') }} as value
    from providers
    union all
    select
        'questionnaire_response_pct' as indicator,
        book,
        record_basis,
        fiscal_year,
        dimension_scheme,
        dimension_value,
        {{ percentage_of('answered', 'sent') }} as value
    from cycles
    union all
    select
        'questionnaire_asking_for_assistance_pct' as indicator,
        book,
        record_basis,
        fiscal_year,
        dimension_scheme,
        dimension_value,
        {{ percentage_of('asking_for_assistance', 'answered') }} as value
    from cycles
    union all
    select
        'assistance_concentration' as indicator,
        book,
        record_basis,
        fiscal_year,
        dimension_scheme,
        dimension_value,
        cast(hhi_assistance as decimal(24, 6)) as value
    from schemes
    union all
    select
        'assistance_distance_from_needs' as indicator,
        book,
        record_basis,
        fiscal_year,
        dimension_scheme,
        dimension_value,
        cast(theil_against_needs as decimal(24, 6)) as value
    from schemes
    union all
    select
        'country_group_assistance_pct' as indicator,
        book,
        record_basis,
        fiscal_year,
        'country_group' as dimension_scheme,
        region as dimension_value,
        assistance_share_pct as value
    from balance
    where region_scheme = 'country_group'
    union all
    select
        'obligation_met_on_record_pct' as indicator,
        'activity_register' as book,
        'published' as record_basis,
        cast(extract(year from due_on) as integer) as fiscal_year,
        'none' as dimension_scheme,
        'all' as dimension_value,
        {{ percentage_of("count(case when status <> 'no_record' then 1 end)", 'count(*)') }} as value
    from obligations
    group by cast(extract(year from due_on) as integer)
),

{{ indicators_of_years('fiscal_year', entity="'UN-SYSTEM'") }}
