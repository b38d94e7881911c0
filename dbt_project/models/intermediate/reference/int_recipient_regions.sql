{{ config(materialized='table') }}

-- A recipient that is no country (a group, GLOBAL, UNALLOCATED, …) stays what it is in every scheme: nobody here may decide
-- which of its members received the money. A country code that names no country in the epoch (CS in 2010) is UNKNOWN.
with epochs as (
    select
        epoch,
        min(day) as first_day
    from {{ ref('int_reference_epochs') }}
    group by epoch
),

countries as (
    select * from {{ ref('countries') }}
),

country_groups as (
    select * from {{ ref('int_country_groups') }}
),

country_group_members as (
    select * from {{ ref('int_country_group_members') }}
),

region_map as (
    select * from {{ ref('region_map') }}
),

-- a subregion of M49 as recipient is in one region of M49
parents as (
    select
        region,
        parent_region,
        'm49_region' as region_scheme
    from region_map
    where region_scheme = 'm49_subregion'
),

country_codes as (
    select distinct country from countries
),

countries_in_force as (
    select
        countries.*,
        epochs.epoch
    from countries
    cross join epochs
    where
        (countries.valid_from is null or epochs.first_day >= countries.valid_from)
        and (countries.valid_to is null or epochs.first_day < countries.valid_to)
),

countries_by_epoch as (
    select
        country_codes.country as recipient,
        epochs.epoch,
        epochs.first_day,
        countries.country,
        countries.name,
        countries.m49_region,
        countries.m49_region_name,
        countries.m49_subregion,
        countries.m49_subregion_name,
        countries.un_regional_group,
        countries.dac_region
    from country_codes
    cross join epochs
    left join countries_in_force as countries
        on
            country_codes.country = countries.country
            and epochs.epoch = countries.epoch
),

memberships as (
    select distinct
        countries_by_epoch.recipient,
        countries_by_epoch.epoch,
        country_group_members.country_group
    from countries_by_epoch
    inner join country_group_members
        on
            countries_by_epoch.country = country_group_members.country
            and (country_group_members.valid_from is null or countries_by_epoch.first_day >= country_group_members.valid_from)
            and (country_group_members.valid_to is null or countries_by_epoch.first_day < country_group_members.valid_to)
),

-- Recipients other than countries: the groups, and what a label can say instead of a place.
other_recipients as (
    select
        country_group as recipient,
        name as recipient_name
    from country_groups
    where country_group not in (select country_codes.country from country_codes)
    union all
    select
        region as recipient,
        max(region_name) as recipient_name
    from region_map
    where region_scheme in ('dac_region', 'm49_region', 'm49_subregion') and try_cast(region as integer) is not null
    group by region
    union all
    select
        'GLOBAL' as recipient,
        'Global' as recipient_name
    union all
    select
        'INTERREGIONAL' as recipient,
        'Interregional' as recipient_name
    union all
    select
        'REGIONAL' as recipient,
        'Regional, not further specified' as recipient_name
    union all
    select
        'UNALLOCATED' as recipient,
        'Not allocated to a place' as recipient_name
    union all
    select
        'UNKNOWN' as recipient,
        'Unknown place' as recipient_name
),

schemes as (
    select
        'm49_region' as region_scheme,
        true as is_exclusive
    union all
    select
        'm49_subregion' as region_scheme,
        true as is_exclusive
    union all
    select
        'un_regional_group' as region_scheme,
        true as is_exclusive
    union all
    select
        'dac_region' as region_scheme,
        true as is_exclusive
    union all
    select
        'country' as region_scheme,
        true as is_exclusive
    union all
    select
        'country_group' as region_scheme,
        false as is_exclusive
),

regions as (
    select
        recipient,
        epoch,
        'm49_region' as region_scheme,
        case when country is null then 'UNKNOWN' else coalesce(m49_region, 'UNKNOWN') end as region,
        m49_region_name as region_name,
        true as is_exclusive
    from countries_by_epoch
    union all
    select
        recipient,
        epoch,
        'm49_subregion' as region_scheme,
        case when country is null then 'UNKNOWN' else coalesce(m49_subregion, 'UNKNOWN') end as region,
        m49_subregion_name as region_name,
        true as is_exclusive
    from countries_by_epoch
    union all
    select
        recipient,
        epoch,
        'un_regional_group' as region_scheme,
        case when country is null then 'UNKNOWN' else coalesce(un_regional_group, 'NO_REGIONAL_GROUP') end as region,
        cast(null as string) as region_name,
        true as is_exclusive
    from countries_by_epoch
    union all
    select
        recipient,
        epoch,
        'dac_region' as region_scheme,
        case when country is null then 'UNKNOWN' else coalesce(dac_region, 'NOT_ON_DAC_LIST') end as region,
        cast(null as string) as region_name,
        true as is_exclusive
    from countries_by_epoch
    union all
    select
        recipient,
        epoch,
        'country' as region_scheme,
        coalesce(country, 'UNKNOWN') as region,
        name as region_name,
        true as is_exclusive
    from countries_by_epoch
    union all
    select
        countries_by_epoch.recipient,
        countries_by_epoch.epoch,
        'country_group' as region_scheme,
        case
            when countries_by_epoch.country is null then 'UNKNOWN'
            else coalesce(memberships.country_group, 'NO_COUNTRY_GROUP')
        end as region,
        country_groups.name as region_name,
        false as is_exclusive
    from countries_by_epoch
    left join memberships
        on
            countries_by_epoch.recipient = memberships.recipient
            and countries_by_epoch.epoch = memberships.epoch
    left join country_groups on memberships.country_group = country_groups.country_group
    union all
    select
        other_recipients.recipient,
        epochs.epoch,
        schemes.region_scheme,
        coalesce(parents.parent_region, other_recipients.recipient) as region,
        case when parents.parent_region is null then other_recipients.recipient_name end as region_name,
        schemes.is_exclusive
    from other_recipients
    cross join epochs
    cross join schemes
    left join parents
        on
            other_recipients.recipient = parents.region
            and schemes.region_scheme = parents.region_scheme
),

named as (
    select
        regions.recipient,
        regions.epoch,
        regions.region_scheme,
        regions.region,
        coalesce(
            region_map.region_name,
            regions.region_name,
            case regions.region
                when 'UNKNOWN' then 'Unknown place'
                when 'NO_REGIONAL_GROUP' then 'In no regional group'
                when 'NOT_ON_DAC_LIST' then 'Not on the DAC list'
                when 'NO_COUNTRY_GROUP' then 'In none of the groups'
                else regions.region
            end
        ) as region_name,
        regions.is_exclusive
    from regions
    left join region_map
        on
            regions.region_scheme = region_map.region_scheme
            and regions.region = region_map.region
)

select * from named
