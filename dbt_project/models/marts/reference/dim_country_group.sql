with country_groups as (
    select * from {{ ref('country_groups') }}
),

country_group_members as (
    select * from {{ ref('int_country_group_members') }}
),

memberships as (
    select
        country_group,
        {{ joined_text("case when valid_to is null then country end", '|') }} as members,
        cast(count(distinct case when valid_to is null then country end) as integer) as member_count,
        cast(count(distinct case when valid_to is not null then country end) as integer) as former_or_ending_count
    from country_group_members
    group by country_group
),

described as (
    select
        country_groups.country_group,
        country_groups.name as country_group_name,
        country_groups.group_kind,
        memberships.members,
        coalesce(memberships.member_count, 0) as member_count,
        coalesce(memberships.former_or_ending_count, 0) as former_or_ending_count,
        country_groups.source
    from country_groups
    left join memberships on country_groups.country_group = memberships.country_group
),

-- a group that only its delivered members name
named as (
    select
        country_group,
        country_group as country_group_name,
        cast(null as string) as group_kind,
        members,
        member_count,
        former_or_ending_count,
        'the deliveries of its members' as source
    from memberships
    where country_group not in (select country_groups.country_group from country_groups)
),

all_groups as (
    select * from described
    union all
    select * from named
)

select * from all_groups
