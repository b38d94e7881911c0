with activities as (
    select * from {{ ref('raw_iati_activities') }}
),

spellings as (
    select * from {{ ref('stg_organisation_spellings') }}
),

reporter_roles as (
    select * from {{ ref('reporter_roles') }}
),

funding_sources as (
    select * from {{ ref('funding_sources') }}
),

rules as (
    select * from {{ ref('technical_cooperation_rules') }}
),

renamed as (
    select
        activities.iati_identifier,
        coalesce(spellings.organisation, activities.reporting_org_ref, 'UNKNOWN') as entity,
        activities.reporting_org_name,
        activities.reporting_org_type,
        activities.book,
        activities.record_basis,
        activities.title,
        -- a publisher can report what others gave without saying so: the seed knows some
        case when activities.is_secondary_reporter then 'secondary' else coalesce(reporter_roles.reporter_role, 'primary') end as reporter_role,
        coalesce(activities.hierarchy, 1) as hierarchy,
        coalesce(reporter_roles.counted_hierarchy = coalesce(activities.hierarchy, 1), true) as is_counted_hierarchy,
        activities.activity_status,
        activities.activity_scope,
        activities.default_currency,
        {%- for column in aid_type_columns() %}
        activities.default_{{ column }},
        {%- endfor %}
        coalesce(activities.is_free_standing_technical_cooperation, false) as is_free_standing_technical_cooperation,
        flags.technical_cooperation as flagged_technical_cooperation,
        coalesce(flags.technical_cooperation, aid_types.technical_cooperation, 'other') as technical_cooperation,
        activities.is_humanitarian,
        coalesce(funding_sources.funding_source, 'unspecified') as funding_source,
        coalesce(activities.actual_start, activities.planned_start) as start_date,
        coalesce(activities.actual_end, activities.planned_end) as end_date,
        activities._delivery_id,
        activities._source_file,
        activities._source_row
    from activities
    left join spellings on activities.reporting_org_ref = spellings.delivered
    left join reporter_roles on lower(activities.reporting_org_ref) = lower(reporter_roles.publisher)
    left join funding_sources on activities.funding_source = funding_sources.funding_source
    left join rules as aid_types on aid_types.criterion = 'aid_type' and activities.default_aid_type = aid_types.code
    left join rules as flags
        on
            flags.criterion = 'flag'
            and flags.code = '1'
            and activities.is_free_standing_technical_cooperation
)

select * from renamed
