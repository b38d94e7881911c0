-- The measures of `coordination` for a whole entity and year, under the names of their definitions.
{% set measures = {
    'rc_notification_rate': 'rc_notification_pct',
    'rc_notified_before_rate': 'rc_notified_before_pct',
    'rc_lead_days_median': 'rc_lead_days_median',
    'request_to_activity_days_median': 'regular_programme_request_days_median',
    'overlapping_activities': 'overlapping_activity_count',
    'overlap_cost_usd': 'overlap_cost_usd',
    'joint_activity_rate': 'joint_activity_pct',
    'normative_link_rate': 'normative_link_pct',
    'action_points_open': 'open_action_point_count',
    'action_points_overdue': 'overdue_action_point_count',
} %}

with coordination as (
    select * from {{ ref('coordination') }}
    where fiscal_year is not null
),

passed_on as (
    select
        book,
        record_basis,
        entity,
        fiscal_year,
        cast(sum(case when dimension_value = 'resident_coordinator' then denominator else 0 end) as bigint) as by_resident_coordinator,
        cast(sum(denominator) as bigint) as requests
    from coordination
    where measure = 'request_to_activity_days_median' and dimension_scheme = 'received_through'
    group by book, record_basis, entity, fiscal_year
),

figures as (
    select
        case measure
            {%- for measure, indicator in measures.items() %}
            when '{{ measure }}' then '{{ indicator }}'
            {%- endfor %}
        end as indicator,
        book,
        record_basis,
        entity,
        fiscal_year,
        value
    from coordination
    where dimension_scheme = 'none' and measure in ('{{ measures | join("', '") }}')
    union all
    select
        'suggested_action_point_pct' as indicator,
        book,
        record_basis,
        entity,
        fiscal_year,
        {{ percentage_of('numerator', 'denominator') }} as value
    from coordination
    where dimension_scheme = 'none' and measure = 'action_points_suggested'
    union all
    select
        'regular_programme_through_rc_pct' as indicator,
        book,
        record_basis,
        entity,
        fiscal_year,
        {{ percentage_of('by_resident_coordinator', 'requests') }} as value
    from passed_on
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
