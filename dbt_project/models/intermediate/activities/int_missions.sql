-- The split of a mission is the one of its texts in the structure in force on its first day.
with missions as (
    select * from {{ ref('stg_missions') }}
),

splits as (
    select * from {{ ref('int_splits') }}
),

epochs as (
    select * from {{ ref('int_reference_epochs') }}
),

priority_areas as (
    select * from {{ ref('priority_areas') }}
),

pointed as (
    select
        missions.*,
        splits.split_id,
        splits.split_set_id,
        epochs.epoch,
        coalesce(missions.scope, 'UNALLOCATED') as project_scope,
        case
            when missions.priority_area is null then 'UNALLOCATED'
            else coalesce(priority_areas.priority_area, 'UNKNOWN')
        end as priority_area_read
    from missions
    left join splits
        on
            missions.entity = splits.entity
            and coalesce(missions.subprogramme, '') = splits.subprogrammes
            and coalesce(missions.recipients, '') = splits.recipients
            and missions.start_date >= splits.valid_from
            and missions.start_date < splits.valid_to
    left join epochs on missions.start_date = epochs.day
    left join priority_areas on missions.priority_area = priority_areas.priority_area
)

select * from pointed
