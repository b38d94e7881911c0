-- Which split each transaction points at, and each activity on the days on which it is counted (`transaction_number` 0). What a transaction
-- states of itself goes before what its activity states, each side on its own. Equal splits have one number, below zero, so that they never meet
-- those of other sources; a split ends where a country changes its region or the publisher's map changes.
with days as (
    select
        iati_identifier,
        transaction_number,
        transaction_date as day
    from {{ ref('stg_iati_transactions') }}
    union all
    select distinct
        iati_identifier,
        0 as transaction_number,
        reference_day as day
    from {{ ref('int_iati_counts') }}
),

activities as (
    select * from {{ ref('stg_iati_activities') }}
),

sector_map as (
    select * from {{ ref('int_sector_map') }}
),

epochs as (
    select * from {{ ref('int_reference_epochs') }}
),

map_starts as (
    select
        lower(publisher) as publisher,
        coalesce(valid_from, date '0001-01-01') as map_start
    from sector_map
    union distinct
    select
        lower(publisher) as publisher,
        valid_to as map_start
    from sector_map
    where valid_to is not null
),

purposes as (
    select
        iati_identifier,
        transaction_number,
        concat(
            max(sector_vocabulary), case when min(case when is_subprogramme then 1 else 0 end) = 1 then '=' else '|' end,
            {{ sorted_text("concat(sector, '=', weight, '/', denominator, ' ', split_rule, ' ', coalesce(cast(stated_pct as string), ''))") }}
        ) as purposes
    from {{ ref('int_iati_purposes') }}
    group by iati_identifier, transaction_number
),

places as (
    select
        iati_identifier,
        transaction_number,
        {{ sorted_text("concat(recipient, '=', weight, '/', denominator, ' ', split_rule, ' ', coalesce(cast(stated_pct as string), ''))") }} as places
    from {{ ref('int_iati_places') }}
    group by iati_identifier, transaction_number
),

mapped_days as (
    select
        days.iati_identifier,
        days.transaction_number,
        days.day,
        activities.entity,
        max(map_starts.map_start) as map_start,
        max(map_starts.publisher) as map_publisher
    from days
    inner join activities on days.iati_identifier = activities.iati_identifier
    left join map_starts on lower(activities.entity) = map_starts.publisher and days.day >= map_starts.map_start
    group by days.iati_identifier, days.transaction_number, days.day, activities.entity
),

pointed as (
    select
        mapped_days.iati_identifier,
        mapped_days.transaction_number,
        mapped_days.day,
        coalesce(mapped_days.map_publisher, '') as map_publisher,
        coalesce(mapped_days.map_start, date '0001-01-01') as map_start,
        epochs.epoch,
        coalesce(own_purposes.purposes, activity_purposes.purposes, '') as purposes,
        coalesce(own_places.places, activity_places.places, '') as places,
        case when own_purposes.purposes is not null then mapped_days.transaction_number else 0 end as purposes_of,
        case when own_places.places is not null then mapped_days.transaction_number else 0 end as places_of
    from mapped_days
    left join epochs on mapped_days.day = epochs.day
    left join purposes as own_purposes
        on
            mapped_days.iati_identifier = own_purposes.iati_identifier
            and mapped_days.transaction_number = own_purposes.transaction_number
    left join purposes as activity_purposes
        on
            mapped_days.iati_identifier = activity_purposes.iati_identifier
            and activity_purposes.transaction_number = 0
    left join places as own_places
        on
            mapped_days.iati_identifier = own_places.iati_identifier
            and mapped_days.transaction_number = own_places.transaction_number
    left join places as activity_places
        on
            mapped_days.iati_identifier = activity_places.iati_identifier
            and activity_places.transaction_number = 0
),

splits as (
    select
        *,
        cast(-dense_rank() over (order by map_publisher, map_start, purposes, places, epoch) as integer) as split_id
    from pointed
)

select * from splits
