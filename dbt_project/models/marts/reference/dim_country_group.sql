with country_groups as (
    select * from {{ ref('int_country_groups') }}
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
)

select * from described
