-- What was done with a partner counts whole for each of its partners; within one partner the parts of an activity add to one. What is
-- restricted is left out: with its partner and its year it could be told.
with activities as (
    select * from {{ ref('int_programme_activities') }}
    where partners is not null and not is_good_offices and confidentiality = 'public'
),

known as (
    select * from {{ ref('partners') }}
),

mandates as (
    select * from {{ ref('mandates') }}
    where mandate_level = 'function'
),

items as (
    {{ split_items('activities', ['activity_key', 'function_code'], 'partners') | indent(4) }}
),

-- a partner named twice took part once
partners_of_activities as (
    select distinct
        items.activity_key,
        items.function_code,
        coalesce(known.partner, 'UNKNOWN') as partner
    from items
    left join known on items.item = known.partner
),

dated as (
    select
        activities.book,
        activities.record_basis,
        activities.entity,
        activities.programme,
        activities.objective,
        activities.priority,
        activities.function_code,
        activities.activity_key,
        activities.weight_units,
        activities.is_done,
        activities.includes_afghanistan,
        partners_of_activities.partner,
        coalesce(activities.done_year, activities.due_year) as year
    from activities
    inner join partners_of_activities
        on
            activities.activity_key = partners_of_activities.activity_key
            and activities.function_code = partners_of_activities.function_code
),

engaged as (
    select
        dated.book,
        dated.record_basis,
        dated.entity,
        dated.programme,
        dated.year,
        dated.objective,
        dated.priority,
        dated.function_code,
        max(mandates.wording) as function_name,
        dated.partner,
        coalesce(max(known.name), dated.partner) as partner_name,
        max(known.role) as role,
        coalesce(max(case when known.named_in like concat('%', dated.programme, '%') then 1 else 0 end), 0) = 1 as is_named_in_programme,
        {{ decimal_of('cast(sum(case when dated.is_done then dated.weight_units else 0 end) as bigint)', 6, 18) }} as activities_done,
        {{ decimal_of('cast(sum(case when dated.is_done then 0 else dated.weight_units end) as bigint)', 6, 18) }} as activities_not_done,
        {{ decimal_of(
            'cast(sum(case when dated.is_done and dated.includes_afghanistan then dated.weight_units else 0 end) as bigint)', 6, 18
        ) }} as with_afghanistan,
        cast(count(distinct case when dated.is_done then dated.activity_key end) as integer) as activities_touching
    from dated
    left join known on dated.partner = known.partner
    left join mandates on dated.programme = mandates.programme and dated.function_code = mandates.function_code
    -- what has no day at all has no year to stand in
    where dated.year is not null
    group by
        dated.book,
        dated.record_basis,
        dated.entity,
        dated.programme,
        dated.year,
        dated.objective,
        dated.priority,
        dated.function_code,
        dated.partner
)

select * from engaged
