-- Each measure states its numerator and denominator, so that years and entities can be put together without averaging averages.
{% set shares = {
    'rc_notification_rate': ('notified', 'in_country'),
    'rc_notified_before_rate': ('notified_before', 'in_country'),
    'joint_activity_rate': ('joint', 'activities'),
    'normative_link_rate': ('normative', 'activities_with_instruments'),
} %}
{% set point_counts = {
    'action_points_agreed': "commitment_strength = 'agreed'",
    'action_points_suggested': "commitment_strength = 'suggested'",
    'action_points_open': "is_open and commitment_strength = 'agreed'",
    'action_points_overdue': 'is_overdue',
    'action_points_done': "status = 'done'",
    'action_points_done_late': 'is_done_late',
} %}
{% set group = ['book', 'record_basis', 'entity', 'fiscal_year', 'dimension_scheme', 'dimension_value'] %}

with activities as (
    select * from {{ ref('int_coordinated_activities') }}
    where status = 'undertaken'
),

overlap_pairs as (
    select * from {{ ref('coordination_overlaps') }}
),

action_points as (
    select * from {{ ref('fct_action_points') }}
),

sliced_activities as (
    select
        *,
        'none' as dimension_scheme,
        'all' as dimension_value
    from activities
    union all
    select
        *,
        'activity_kind' as dimension_scheme,
        activity_kind as dimension_value
    from activities
),

counted_activities as (
    select
        {{ group | join(', ') }},
        count(*) as activities,
        count(case when is_in_country = 1 and says_notification = 1 then 1 end) as in_country,
        count(case when is_in_country = 1 then rc_lead_days end) as notified,
        count(case when is_in_country = 1 and rc_lead_days >= 0 then 1 end) as notified_before,
        cast(percentile_cont(0.5) within group (order by case when is_in_country = 1 then rc_lead_days end) as decimal(24, 6)) as lead_days_median,
        count(joint_entities) as joint,
        count(case when says_instrument = 1 then 1 end) as activities_with_instruments,
        count(normative_instrument) as normative
    from sliced_activities
    group by {{ group | join(', ') }}
),

-- The regular programme answers requests; who passed them on says through whom a State reaches it.
answered_requests as (
    select
        *,
        'none' as dimension_scheme,
        'all' as dimension_value
    from activities
    where funding_source = 'rptc' and request_days is not null
    union all
    select
        *,
        'received_through' as dimension_scheme,
        received_through as dimension_value
    from activities
    where funding_source = 'rptc' and request_days is not null
),

counted_requests as (
    select
        {{ group | join(', ') }},
        count(*) as requests,
        cast(percentile_cont(0.5) within group (order by request_days) as decimal(24, 6)) as request_days_median
    from answered_requests
    group by {{ group | join(', ') }}
),

-- An entity's own activities, each once however many others it overlaps with, so that costs add up over entities.
overlapping_activities as (
    select distinct
        book,
        record_basis,
        entity_1 as entity,
        activity_key_1 as activity_key
    from overlap_pairs
    where not is_joint_work
    union distinct
    select distinct
        book,
        record_basis,
        entity_2 as entity,
        activity_key_2 as activity_key
    from overlap_pairs
    where not is_joint_work
),

counted_overlaps as (
    select
        overlapping_activities.book,
        overlapping_activities.record_basis,
        overlapping_activities.entity,
        activities.fiscal_year,
        'none' as dimension_scheme,
        'all' as dimension_value,
        count(*) as overlapping,
        count(activities.cost_usd_cents) as with_cost,
        {{ wide_sum('activities.cost_usd_cents') }} as cost_usd_cents
    from overlapping_activities
    inner join {{ ref('int_coordinated_activities') }} as activities on overlapping_activities.activity_key = activities.activity_key
    group by overlapping_activities.book, overlapping_activities.record_basis, overlapping_activities.entity, activities.fiscal_year
),

sliced_points as (
    select
        *,
        'none' as dimension_scheme,
        'all' as dimension_value
    from action_points
    union all
    select
        *,
        'meeting' as dimension_scheme,
        meeting as dimension_value
    from action_points
),

counted_points as (
    select
        {{ group | join(', ') }},
        {%- for measure, condition in point_counts.items() %}
        count(case when {{ condition }} then 1 end) as {{ measure }},
        {%- endfor %}
        count(*) as points
    from sliced_points
    group by {{ group | join(', ') }}
),

measures as (
    {%- for measure, (numerator, denominator) in shares.items() %}
    select
        {{ group | join(', ') }},
        '{{ measure }}' as measure,
        'percent' as unit,
        {{ percentage_of(numerator, denominator) }} as value,
        {{ numerator }} as numerator,
        {{ denominator }} as denominator
    from counted_activities
    union all
    {%- endfor %}
    select
        {{ group | join(', ') }},
        'rc_lead_days_median' as measure,
        'days' as unit,
        lead_days_median as value,
        cast(null as bigint) as numerator,
        notified as denominator
    from counted_activities
    union all
    select
        {{ group | join(', ') }},
        'request_to_activity_days_median' as measure,
        'days' as unit,
        request_days_median as value,
        cast(null as bigint) as numerator,
        requests as denominator
    from counted_requests
    union all
    select
        {{ group | join(', ') }},
        'overlapping_activities' as measure,
        'activities' as unit,
        cast(overlapping as decimal(24, 6)) as value,
        overlapping as numerator,
        cast(null as bigint) as denominator
    from counted_overlaps
    union all
    select
        {{ group | join(', ') }},
        'overlap_cost_usd' as measure,
        'USD' as unit,
        {{ money_of('cost_usd_cents') }} as value,
        with_cost as numerator,
        overlapping as denominator
    from counted_overlaps
    {%- for measure in point_counts %}
    union all
    select
        {{ group | join(', ') }},
        '{{ measure }}' as measure,
        'action points' as unit,
        cast({{ measure }} as decimal(24, 6)) as value,
        {{ measure }} as numerator,
        points as denominator
    from counted_points
    {%- endfor %}
),

coordination as (
    select
        book,
        record_basis,
        entity,
        fiscal_year,
        measure,
        dimension_scheme,
        dimension_value,
        value,
        unit,
        numerator,
        denominator
    from measures
)

select * from coordination
