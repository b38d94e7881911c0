{{ config(materialized='view') }}

-- A member that is no country in any reading belongs to no group; landing has warned of it.
with delivered as (
    select * from {{ ref('raw_country_group_members') }}
),

places as (
    select * from {{ ref('int_places') }}
),

country_groups as (
    select * from {{ ref('country_groups') }}
),

renamed as (
    select
        -- of several spellings of one group the first counts, as landing reads it
        coalesce(country_groups.country_group, min(delivered.country_group) over (partition by lower(delivered.country_group))) as country_group,
        places.recipient as country,
        delivered.valid_from,
        delivered.valid_to,
        delivered.membership_kind,
        delivered.date_precision,
        {{ delivered_source('delivered') }} as source,
        delivered._delivery_id,
        delivered._source_row
    from delivered
    inner join places
        on
            trim(delivered.country) = places.label
            and places.recipient_scheme = 'country'
    left join country_groups on lower(delivered.country_group) = lower(country_groups.country_group)
)

select * from renamed
