-- Only the latest edition counts. Planned and actual are measures of their own, and so is every category: nothing here adds them.
with deliverables as (
    select * from {{ ref('stg_deliverables') }}
    where is_latest_vintage
),

splits as (
    select * from {{ ref('int_splits') }}
),

epochs as (
    select * from {{ ref('int_reference_epochs') }}
),

pointed as (
    select
        deliverables.*,
        deliverables.status || '_' || deliverables.deliverable as measure,
        splits.split_id,
        splits.split_set_id,
        epochs.epoch
    from deliverables
    left join splits
        on
            deliverables.entity = splits.entity
            and coalesce(deliverables.subprogramme, '') = splits.subprogrammes
            and splits.recipients = ''
            and deliverables.period_end >= splits.valid_from
            and deliverables.period_end < splits.valid_to
    left join epochs on deliverables.period_end = epochs.day
)

select * from pointed
