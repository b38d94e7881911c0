-- A new epoch begins on exactly the days on which a validity or a membership begins or ends.
with epochs as (
    select
        day,
        epoch - lag(epoch) over (order by day) as epoch_step
    from {{ ref('int_reference_epochs') }}
),

change_days as (
    select valid_from as change_day from {{ ref('countries') }}
    union distinct
    select valid_to as change_day from {{ ref('countries') }}
    union distinct
    select valid_from as change_day from {{ ref('int_country_group_members') }}
    union distinct
    select valid_to as change_day from {{ ref('int_country_group_members') }}
)

select
    epochs.day,
    epochs.epoch_step
from epochs
left join change_days on epochs.day = change_days.change_day
where epochs.epoch_step <> case when change_days.change_day is null then 0 else 1 end
