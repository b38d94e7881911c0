{{ config(materialized='table') }}

-- Which region or group a recipient belongs to changes only on a few days. An epoch is the time between two of them,
-- so that facts can be added up per epoch first and meet their regions afterwards.
with days as (
    {{ series_of_days('1945-01-01', '2100-12-31') }}
),

change_days as (
    select valid_from as change_day from {{ ref('countries') }}
    where valid_from is not null
    union distinct
    select valid_to as change_day from {{ ref('countries') }}
    where valid_to is not null
    union distinct
    select valid_from as change_day from {{ ref('int_country_group_members') }}
    where valid_from is not null
    union distinct
    select valid_to as change_day from {{ ref('int_country_group_members') }}
    where valid_to is not null
),

changes_before_the_first_day as (
    select count(*) as changes
    from change_days
    where change_day < date '1945-01-01'
),

epochs as (
    select
        days.day,
        cast(
            changes_before_the_first_day.changes
            + count(change_days.change_day) over (order by days.day rows between unbounded preceding and current row)
            as integer
        ) as epoch
    from days
    left join change_days on days.day = change_days.change_day
    cross join changes_before_the_first_day
)

select * from epochs
