-- Indicators of what was undertaken, each within one book and record basis; planned, postponed and cancelled missions count nowhere.
with reach as (
    select
        split_id,
        -- a group or the world is several countries, whichever of them the work reached
        case when count(distinct recipient) > 1 or max(recipient_scheme) in ('country_group', 'global') then 1 else 0 end as is_multi_country
    from {{ ref('int_split_parts') }}
    where recipient_scheme in ('country', 'country_group', 'global')
    group by split_id
),

missions as (
    select
        missions.book,
        missions.entity,
        missions.fiscal_year,
        missions.record_basis,
        cast(count(*) as bigint) as missions,
        cast(count(case when missions.activity_type = 'advisory' then 1 end) as bigint) as advisory_missions,
        cast(count(missions.on_request) as bigint) as missions_that_say_whether_requested,
        cast(count(case when missions.on_request then 1 end) as bigint) as requested_missions,
        cast(count(reach.is_multi_country) as bigint) as missions_with_place,
        cast(coalesce(sum(reach.is_multi_country), 0) as bigint) as multi_country_missions,
        cast(count(missions.partners) as bigint) as missions_with_partner,
        cast(count(missions.adviser_day_units) as bigint) as missions_with_days,
        cast(sum(missions.adviser_day_units) as bigint) as adviser_day_units
    from {{ ref('int_activities') }} as missions
    left join reach on missions.split_id = reach.split_id
    where missions.activity_kind = 'mission' and missions.status = 'undertaken'
    group by missions.book, missions.entity, missions.fiscal_year, missions.record_basis
),

{%- set percentages = {
    'advisory_mission_share_pct': ('advisory_missions', 'missions'),
    'requested_mission_share_pct': ('requested_missions', 'missions_that_say_whether_requested'),
    'multi_country_mission_share_pct': ('multi_country_missions', 'missions_with_place'),
    'partner_mission_share_pct': ('missions_with_partner', 'missions'),
} %}

figures as (
    {%- for indicator, (numerator, denominator) in percentages.items() %}
    select
        '{{ indicator }}' as indicator,
        book,
        entity,
        fiscal_year,
        record_basis,
        {{ percentage_of(numerator, denominator) }} as value
    from missions
    union all
    {%- endfor %}
    select
        'adviser_days_per_mission' as indicator,
        book,
        entity,
        fiscal_year,
        record_basis,
        {{ ratio_of('adviser_day_units', 'missions_with_days * 1000000') }} as value
    from missions
),

indicators as (
    select
        indicator,
        book,
        entity,
        {{ first_day_of('fiscal_year') }} as period_start,
        {{ last_day_of('fiscal_year') }} as period_end,
        'none' as dimension_scheme,
        'all' as dimension_value,
        value,
        record_basis
    from figures
)

select {{ indicator_columns() | join(', ') }} from indicators
