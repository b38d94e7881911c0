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
        {{ carried('programme_activities', 'activities', made=['programme', 'is_unplanned']) }},
        activities.book,
        activities.record_basis,
        -- a programme is called after its entity and its years
        coalesce(entities.entity, 'UNKNOWN') as entity,
        coalesce(programmes.programme, 'UNKNOWN') as programme,
        activities.programme as programme_delivered,
        programmes.valid_from as programme_from,
        programmes.valid_to as programme_to,
        activities.activity_type = 'good_offices' as is_good_offices,
        coalesce(activities.planned_not_after, activities.planned_on) as due_on,
        coalesce(activities.is_unplanned, false) as is_unplanned,
        activities.source_symbol,
        activities.source_address,
        activities._delivery_id,
        activities._source_row
    from activities
    left join programmes on activities.programme = programmes.programme
    left join entities on split_part(activities.programme, '-', 1) = entities.entity
)

select * from renamed
