with activities as (
    select * from {{ ref('raw_programme_activities') }}
),

programmes as (
    select
        programme,
        valid_from,
        valid_to
    from {{ ref('mandates') }}
    where mandate_level = 'programme'
),

entities as (
    select * from {{ ref('int_entities') }}
),

renamed as (
    select
        activities.book || ':' || activities.activity_id as activity_key,
        activities.activity_id,
        activities.book,
        activities.record_basis,
        -- a programme is called after its entity and its years
        coalesce(entities.entity, 'UNKNOWN') as entity,
        coalesce(programmes.programme, 'UNKNOWN') as programme,
        activities.programme as programme_delivered,
        programmes.valid_from as programme_from,
        programmes.valid_to as programme_to,
        activities.function_codes,
        activities.activity_type,
        activities.activity_type = 'good_offices' as is_good_offices,
        activities.recurrence,
        activities.planned_on,
        activities.planned_not_after,
        coalesce(activities.planned_not_after, activities.planned_on) as due_on,
        activities.done_on,
        coalesce(activities.is_unplanned, false) as is_unplanned,
        activities.status,
        activities.countries,
        activities.partners,
        activities.theme,
        activities.includes_afghanistan,
        activities.gender_marker,
        activities.youth_marker,
        activities.confidentiality,
        activities.source_symbol,
        activities.source_address,
        activities._delivery_id,
        activities._source_row
    from activities
    left join programmes on activities.programme = programmes.programme
    left join entities on split_part(activities.programme, '-', 1) = entities.entity
)

select * from renamed
