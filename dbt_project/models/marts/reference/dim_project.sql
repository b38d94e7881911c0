with projects as (
    select * from {{ ref('stg_trust_fund_projects') }}
),

described as (
    select
        book,
        project_id,
        record_basis,
        title,
        entity,
        joint_entities,
        subprogrammes,
        funding_source,
        fund_code,
        donors,
        earmarking,
        start_date,
        end_date,
        status,
        {{ from_cents('budget_cents') }} as budget_amount,
        currency,
        recipients,
        scope,
        priority_area,
        partners,
        request_ids,
        normative_instrument,
        sdg_targets,
        gender_marker,
        gender_marker_scheme,
        cooperation_modality,
        source_symbol,
        source_address,
        _delivery_id,
        _source_row
    from projects
),

activities as (
    select * from {{ ref('int_iati_attributes') }}
),

places as (
    select
        iati_identifier,
        {{ sorted_text("concat(recipient, case when stated_pct is null then '' else concat(':', cast(stated_pct as string)) end)") }} as recipients
    from {{ ref('int_iati_places') }}
    where transaction_number = 0
    group by iati_identifier
),

-- activities of IATI: their splits as read, in the notation of the others
published as (
    select
        activities.book,
        activities.iati_identifier as project_id,
        activities.record_basis,
        coalesce(activities.title, activities.iati_identifier) as title,
        activities.entity,
        cast(null as string) as joint_entities,
        cast(null as string) as subprogrammes,
        activities.funding_source,
        cast(null as string) as fund_code,
        activities.donors,
        cast(null as string) as earmarking,
        activities.start_date,
        activities.end_date,
        case activities.activity_status
            when '1' then 'pipeline'
            when '2' then 'active'
            when '3' then 'finalisation'
            when '4' then 'closed'
            when '5' then 'cancelled'
            when '6' then 'suspended'
            else 'unspecified'
        end as status,
        cast(null as decimal(18, 2)) as budget_amount,
        activities.default_currency as currency,
        places.recipients,
        nullif(activities.project_scope, 'UNALLOCATED') as scope,
        cast(null as string) as priority_area,
        cast(null as string) as partners,
        cast(null as string) as request_ids,
        cast(null as string) as normative_instrument,
        activities.sdg_targets,
        case when activities.gender_marker <> 'UNMARKED' then split_part(activities.gender_marker, ':', 2) end as gender_marker,
        case when activities.gender_marker <> 'UNMARKED' then 'dac' end as gender_marker_scheme,
        cast(null as string) as cooperation_modality,
        cast(null as string) as source_symbol,
        cast(null as string) as source_address,
        activities._delivery_id,
        activities._source_row
    from activities
    left join places on activities.iati_identifier = places.iati_identifier
),

all_projects as (
    select * from described
    union all
    select * from published
)

select * from all_projects
