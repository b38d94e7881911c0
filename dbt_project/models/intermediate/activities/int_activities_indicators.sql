-- Indicators of what was undertaken, each within one book and record basis; planned, postponed and cancelled activities count nowhere.
{% set group = ['book', 'entity', 'fiscal_year', 'record_basis'] %}

with reach as (
    select
        split_id,
        -- a group or the world is several countries, whichever of them the work reached
        case when count(distinct recipient) > 1 or max(recipient_scheme) in ('country_group', 'global') then 1 else 0 end as is_multi_country
    from {{ ref('int_split_parts') }}
    where recipient_scheme in ('country', 'country_group', 'global')
    group by split_id
),

activities as (
    select
        activities.*,
        reach.is_multi_country,
        -- a register in which nothing names a partner does not record partners: nothing is known of its activities
        max(case when activities.partners is not null then 1 else 0 end) over (partition by activities._delivery_id) as says_partners
    from {{ ref('int_activities') }} as activities
    left join reach on activities.split_id = reach.split_id
    where activities.status = 'undertaken'
),

by_kind as (
    select
        {{ group | join(', ') }},
        activity_kind,
        cast(count(*) as bigint) as activities,
        cast(count(is_multi_country) as bigint) as with_place,
        cast(coalesce(sum(is_multi_country), 0) as bigint) as multi_country,
        cast(sum(says_partners) as bigint) as saying_partners,
        cast(count(partners) as bigint) as with_partner,
        cast(count(case when activity_type = 'advisory' then 1 end) as bigint) as advisory,
        cast(count(on_request) as bigint) as saying_whether_requested,
        cast(count(case when on_request then 1 end) as bigint) as requested,
        cast(count(adviser_day_units) as bigint) as with_days,
        cast(sum(adviser_day_units) as bigint) as adviser_day_units,
        cast(count(cost_usd_cents) as bigint) as with_cost,
        {{ wide_sum('cost_usd_cents') }} as cost_usd_cents,
        cast(count(participant_units) as bigint) as with_participants,
        cast(sum(participant_units) as bigint) as participant_units,
        -- cost per participant: both must be known of the same event
        {{ wide_sum('case when participant_units > 0 then cost_usd_cents end') }} as cost_of_counted,
        {{ wide_sum('case when cost_usd_cents is not null then participant_units end') }} as participants_of_costed,
        -- shares of women: among those whose sex is stated
        cast(sum(women_units) as bigint) as women,
        cast(sum(coalesce(women_units, 0) + coalesce(men_units, 0)) as bigint) as women_and_men
    from activities
    group by {{ group | join(', ') }}, activity_kind
),

missions as (
    select * from by_kind
    where activity_kind = 'mission'
),

events as (
    select * from by_kind
    where activity_kind = 'event'
),

by_type as (
    select
        {{ group | join(', ') }},
        activity_type,
        cast(count(*) as bigint) as activities,
        cast(sum(count(*)) over (partition by {{ group | join(', ') }}) as bigint) as all_activities
    from activities
    group by {{ group | join(', ') }}, activity_type
),

-- Of missions and events that say where, the parts that went to the members of a group on the day, or to the group as a whole.
placed as (
    select
        {{ of('measures', group) }},
        regions.region as country_group,
        {{ wide_sum('measures.value_units') }} as of_group
    from {{ ref('int_register_measures') }} as measures
    inner join {{ ref('int_recipient_regions') }} as regions
        on
            measures.recipient = regions.recipient
            and measures.epoch = regions.epoch
            and regions.region_scheme = 'country_group'
    where
        measures.measure in ('mission_count', 'event_count')
        and regions.region in ('SPECA', 'LLDC', 'ECONOMIES_IN_TRANSITION', 'EECCA', 'STABILITY_PACT')
    group by {{ of('measures', group) }}, regions.region
),

placed_in_all as (
    select
        {{ group | join(', ') }},
        {{ wide_sum('value_units') }} as of_all
    from {{ ref('int_register_measures') }}
    where measure in ('mission_count', 'event_count') and recipient not in ('UNALLOCATED', 'UNKNOWN')
    group by {{ group | join(', ') }}
),

by_country_group as (
    select
        placed.*,
        placed_in_all.of_all
    from placed
    inner join placed_in_all
        on
            {{ same('placed', 'placed_in_all', group) }}
),

{%- set whole = ("'none'", "'all'") %}
{%- set kind = ("'activity_kind'", 'activity_kind') %}

figures as (
    {%- for indicator, relation, dimension, value, condition in [
        ('advisory_mission_share_pct', 'missions', whole, percentage_of('advisory', 'activities'), 'true'),
        ('requested_mission_share_pct', 'missions', whole, percentage_of('requested', 'saying_whether_requested'), 'true'),
        ('adviser_days_per_mission', 'missions', whole, ratio_of('adviser_day_units', 'with_days * 1000000'), 'true'),
        ('cost_per_mission_usd', 'missions', whole, ratio_of('cost_usd_cents', 'with_cost * 100'), 'true'),
        ('cost_per_participant_usd', 'events', whole, ratio_of('cost_of_counted * 10000', 'participants_of_costed'), 'true'),
        ('participants_per_event', 'events', whole, ratio_of('participant_units', 'with_participants * 1000000'), 'true'),
        ('women_participant_share_pct', 'events', whole, percentage_of('women', 'women_and_men'), 'true'),
        ('multi_country_share_pct', 'by_kind', kind, percentage_of('multi_country', 'with_place'), 'true'),
        ('partner_share_pct', 'by_kind', kind, percentage_of('with_partner', 'saying_partners'), 'saying_partners > 0'),
        ('ways_and_means_share_pct', 'by_type', ("'activity_type'", 'activity_type'), percentage_of('activities', 'all_activities'), 'true'),
        ('target_group_share_pct', 'by_country_group', ("'country_group'", 'country_group'), percentage_of('of_group', 'of_all'), 'true'),
    ] %}
    select
        '{{ indicator }}' as indicator,
        {{ group | join(', ') }},
        {{ dimension[0] }} as dimension_scheme,
        {{ dimension[1] }} as dimension_value,
        {{ value }} as value
    from {{ relation }}
    where {{ condition }}
    {%- if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}
),

{{ indicators_of_years('fiscal_year') }}
