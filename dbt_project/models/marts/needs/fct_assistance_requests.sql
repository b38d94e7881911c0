-- A request is answered by missions and events that name it, and by projects that name it with the missions and events of these.
-- Records of different bases never answer each other.
with requests as (
    select * from {{ ref('stg_assistance_requests') }}
),

places as (
    select * from {{ ref('int_places') }}
),

epochs as (
    select * from {{ ref('int_reference_epochs') }}
),

regions as (
    select * from {{ ref('int_recipient_regions') }}
    where region_scheme in ('country', 'un_regional_group')
),

legal_systems as (
    select * from {{ ref('country_legal_systems') }}
),

treaty_status as (
    select * from {{ ref('treaty_status') }}
),

projects as (
    select * from {{ ref('stg_trust_fund_projects') }}
    where request_ids is not null and status <> 'cancelled'
),

transactions as (
    select * from {{ ref('stg_project_transactions') }}
),

run_parameters as (
    select * from {{ ref('stg_run_parameters') }}
),

activities as (
    select distinct
        activity_key,
        activity_kind,
        record_basis,
        request_id,
        project_id,
        start_date
    from {{ ref('fct_activities') }}
    where status = 'undertaken'
),

-- Any money promised, received or spent is a resource; a proposal that has none waits for its funds.
funded_projects as (
    select
        project_id,
        record_basis
    from transactions
    where
        project_id in (select projects.project_id from projects)
        and transaction_type in ('pledge', 'contribution', 'commitment', 'disbursement', 'expenditure')
    group by project_id, record_basis
),

project_requests as (
    {{ split_items('projects', ['project_id', 'record_basis', 'status'], 'request_ids') | indent(4) }}
),

answering_projects as (
    select
        project_requests.item as request_id,
        project_requests.record_basis,
        project_requests.project_id,
        project_requests.status = 'pipeline' and funded_projects.project_id is null as is_unfunded_proposal
    from project_requests
    left join funded_projects
        on
            project_requests.project_id = funded_projects.project_id
            and project_requests.record_basis = funded_projects.record_basis
),

projects_of_requests as (
    select
        request_id,
        record_basis,
        cast(count(*) as integer) as project_count,
        cast(count(case when is_unfunded_proposal then 1 end) as integer) as unfunded_proposal_count,
        {{ joined_text('project_id', '|') }} as project_ids
    from answering_projects
    group by request_id, record_basis
),

answering_activities as (
    select
        request_id,
        record_basis,
        activity_key,
        activity_kind,
        start_date
    from activities
    where request_id is not null
    union distinct
    select
        answering_projects.request_id,
        activities.record_basis,
        activities.activity_key,
        activities.activity_kind,
        activities.start_date
    from activities
    inner join answering_projects
        on
            activities.project_id = answering_projects.project_id
            and activities.record_basis = answering_projects.record_basis
),

activities_of_requests as (
    select
        request_id,
        record_basis,
        min(start_date) as first_activity_on,
        cast(count(case when activity_kind = 'mission' then 1 end) as integer) as mission_count,
        cast(count(case when activity_kind = 'event' then 1 end) as integer) as event_count,
        {{ joined_text('activity_key', '|') }} as activity_keys
    from answering_activities
    group by request_id, record_basis
),

located as (
    select
        requests.*,
        coalesce(countries.region, 'UNKNOWN') as country,
        countries.region_name as country_name,
        coalesce(groups.region, 'UNKNOWN') as un_regional_group,
        coalesce(legal_systems.legal_system, 'unknown') as legal_system,
        treaty_status.instrument,
        treaty_status.status as treaty_status
    from requests
    left join places on requests.country_delivered = places.label
    left join epochs on requests.received_on = epochs.day
    left join regions as countries
        on
            places.recipient = countries.recipient
            and epochs.epoch = countries.epoch
            and countries.region_scheme = 'country'
    left join regions as groups
        on
            places.recipient = groups.recipient
            and epochs.epoch = groups.epoch
            and groups.region_scheme = 'un_regional_group'
    left join legal_systems on countries.region = legal_systems.country
    left join treaty_status
        on
            countries.region = treaty_status.country
            and split_part(requests.treaty_article, ':', 1) = treaty_status.instrument
            and requests.received_on >= treaty_status.valid_from
            and (treaty_status.valid_to is null or requests.received_on < treaty_status.valid_to)
),

answered as (
    select
        located.request_key,
        located.request_id,
        located.book,
        located.record_basis,
        located.country,
        located.country_name,
        located.un_regional_group,
        located.legal_system,
        located.received_on,
        located.fiscal_year,
        located.received_through,
        located.need_area,
        located.treaty_article,
        located.treaty_status,
        located.priority,
        located.priority_source,
        located.status,
        case
            when located.status = 'delivered' then 'delivered'
            when located.status in ('accepted', 'in_delivery') then 'under_way'
            else 'unmet'
        end as outcome,
        located.responded_on,
        {{ days_between('located.received_on', 'located.responded_on') }} as response_days,
        case
            when located.responded_on is null and located.status = 'received'
                then {{ days_between('located.received_on', 'run_parameters.as_of') }}
        end as waiting_days,
        activities_of_requests.first_activity_on,
        {{ days_between('located.received_on', 'activities_of_requests.first_activity_on') }} as first_activity_days,
        coalesce(activities_of_requests.mission_count, 0) as mission_count,
        coalesce(activities_of_requests.event_count, 0) as event_count,
        activities_of_requests.activity_keys,
        coalesce(projects_of_requests.project_count, 0) as project_count,
        coalesce(projects_of_requests.unfunded_proposal_count, 0) as unfunded_proposal_count,
        projects_of_requests.project_ids,
        located.entity,
        located.provider_type,
        located.confidentiality,
        located.description,
        located.source_symbol,
        located.source_address,
        located.as_of,
        located._delivery_id,
        located._source_row
    from located
    cross join run_parameters
    left join activities_of_requests
        on
            located.request_id = activities_of_requests.request_id
            and located.record_basis = activities_of_requests.record_basis
    left join projects_of_requests
        on
            located.request_id = projects_of_requests.request_id
            and located.record_basis = projects_of_requests.record_basis
)

select * from answered
