-- Groups of countries: the shipped ones, and those that only their delivered members name, under their codes.
with shipped as (
    select * from {{ ref('country_groups') }}
),

members as (
    select distinct country_group from {{ ref('int_country_group_members') }}
),

known as (
    select
        country_group,
        name,
        group_kind,
        source
    from shipped
    union all
    select
        country_group,
        country_group as name,
        cast(null as string) as group_kind,
        'the deliveries of its members' as source
    from members
    where country_group not in (select shipped.country_group from shipped)
)

select * from known
