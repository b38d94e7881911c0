-- Only what the hub needs, and nothing missing: a recipient that no scheme knows is UNKNOWN in each of them, so that joining
-- regions can neither lose nor double money in an exclusive scheme.
with used as (
    select distinct
        recipient,
        epoch
    from {{ ref('int_measure_values') }}
),

regions as (
    select * from {{ ref('int_recipient_regions') }}
),

schemes as (
    select distinct
        region_scheme,
        is_exclusive
    from regions
),

regions_used as (
    select
        used.recipient,
        used.epoch,
        schemes.region_scheme,
        coalesce(regions.region, 'UNKNOWN') as region,
        coalesce(regions.region_name, 'Unknown place') as region_name,
        schemes.is_exclusive
    from used
    cross join schemes
    left join regions
        on
            used.recipient = regions.recipient
            and used.epoch = regions.epoch
            and schemes.region_scheme = regions.region_scheme
)

select * from regions_used
