-- Needs are delivered, under way or unmet, each once; requests and stated needs are all of them; every exclusive scheme of regions holds all
-- public needs and all assistance, and its shares add to 100 within 0.001 (law 3).
with cells as (
    select
        'outcomes of assistance_needs' as rule,
        concat_ws(', ', book, record_basis, cast(fiscal_year as string), country, need_area) as found
    from {{ ref('assistance_needs') }}
    where
        needs <> delivered + under_way + unmet
        or needs <> requests + stated_in_questionnaires
        or delivered <> delivered_by_secretariat + delivered_by_states + delivered_by_organisations + delivered_by_unspecified
        or declined > unmet
),

counted as (
    select coalesce(sum(needs), 0) as needs from {{ ref('assistance_needs') }}
),

recorded as (
    select count(*) as needs from {{ ref('int_needs') }}
),

totals as (
    select
        'needs that assistance_needs counts' as rule,
        cast(counted.needs as string) as found
    from counted
    cross join recorded
    where counted.needs <> recorded.needs
),

schemes as (
    select
        'scheme of geographic_balance' as rule,
        concat_ws(', ', book, record_basis, cast(fiscal_year as string), assistance_measure, region_scheme) as found
    from {{ ref('geographic_balance') }}
    where is_exclusive
    group by book, record_basis, fiscal_year, assistance_measure, region_scheme
    having
        sum(needs) <> max(total_needs)
        or sum(assistance) <> max(total_assistance)
        or abs(sum(needs_share_pct) - 100) > 0.001
        or abs(sum(assistance_share_pct) - 100) > 0.001
)

select * from cells
union all
select * from totals
union all
select * from schemes
