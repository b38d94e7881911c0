-- Indicators of programmes of action and of early warning, each within one book and record basis. Parts of activities add up in millionths,
-- so that a count is one of activities even where each serves several functions.
with delivery as (
    select * from {{ ref('programme_delivery') }}
    where delivery_status <> 'no_data'
),

activities as (
    select * from {{ ref('int_programme_activities') }}
    where not is_good_offices
),

engagement as (
    select * from {{ ref('partner_engagement') }}
),

obligations as (
    select * from {{ ref('int_programme_obligations') }}
),

partners as (
    select * from {{ ref('partners') }}
),

warnings as (
    select * from {{ ref('early_warning') }}
),

{%- set activity_types = {
    'security_council_briefings': 'security_council_briefing',
    'reports_to_secretary_general': 'report_to_secretary_general',
    'deputy_foreign_ministers_meetings': 'deputy_foreign_ministers_meeting',
    'inter_mission_meetings': 'inter_mission_meeting',
    'training_activities': 'training',
} %}

-- as the year of a programme and as each of its functions
delivered as (
    {%- for scheme, part in {'none': "'all'", 'function': 'function_code'}.items() %}
    select
        book,
        entity,
        year,
        record_basis,
        '{{ scheme }}' as dimension_scheme,
        {{ part }} as dimension_value,
        cast(sum({{ whole_millionths('planned') }}) as bigint) as planned,
        cast(sum({{ whole_millionths('planned - not_due') }}) as bigint) as fallen_due,
        cast(sum({{ whole_millionths('done_on_time') }}) as bigint) as done_on_time,
        cast(sum({{ whole_millionths('done_on_time + done_late') }}) as bigint) as delivered,
        cast(sum({{ whole_millionths('overdue') }}) as bigint) as overdue,
        cast(sum({{ whole_millionths('done') }}) as bigint) as done,
        cast(sum({{ whole_millionths('unplanned') }}) as bigint) as unplanned,
        cast(sum({{ whole_millionths('without_target') }}) as bigint) as without_target,
        cast(sum({{ whole_millionths('recurring') }}) as bigint) as recurring,
        cast(sum({{ whole_millionths('good_offices_contacts') }}) as bigint) as contacts,
        cast(count(case when function_name is not null then 1 end) as bigint) as functions,
        cast(count(case when function_name is not null and (done > 0 or good_offices_contacts > 0) then 1 end) as bigint) as served_functions
    from delivery
    group by book, entity, year, record_basis{{ ', function_code' if scheme == 'function' }}
    {{- '\n    union all' if not loop.last }}
    {%- endfor %}
),

late as (
    select
        book,
        entity,
        due_year as year,
        record_basis,
        cast(sum(delay_days * weight_units) as bigint) as late_days,
        cast(sum(weight_units) as bigint) as late
    from activities
    where delivery = 'late'
    group by book, entity, due_year, record_basis
),

done as (
    select
        book,
        entity,
        done_year as year,
        record_basis,
        theme,
        activity_type,
        partners,
        includes_afghanistan,
        gender_marker,
        youth_marker,
        confidentiality,
        weight_units
    from activities
    where is_done
),

marked as (
    select
        book,
        entity,
        year,
        record_basis,
        cast(sum(weight_units) as bigint) as done,
        cast(sum(case when partners is not null then weight_units else 0 end) as bigint) as with_partner,
        cast(sum(case when includes_afghanistan then weight_units else 0 end) as bigint) as with_afghanistan,
        cast(sum(case when includes_afghanistan is not null then weight_units else 0 end) as bigint) as saying_afghanistan,
        cast(sum(case when gender_marker in {{ main_objective_markers() }} then weight_units else 0 end) as bigint) as women_main,
        cast(sum(case when gender_marker is not null then weight_units else 0 end) as bigint) as women_marked,
        cast(sum(case when youth_marker in {{ main_objective_markers() }} then weight_units else 0 end) as bigint) as youth_main,
        {%- for indicator, activity_type in activity_types.items() %}
        cast(sum(case when activity_type = '{{ activity_type }}' then weight_units else 0 end) as bigint) as {{ indicator }},
        {%- endfor %}
        cast(sum(case when youth_marker is not null then weight_units else 0 end) as bigint) as youth_marked
    from done
    group by book, entity, year, record_basis
),

themes as (
    select
        book,
        entity,
        year,
        record_basis,
        theme,
        cast(sum(weight_units) as bigint) as done,
        cast(sum(sum(weight_units)) over (partition by book, entity, year, record_basis) as bigint) as done_with_theme
    from done
    -- a theme could tell what is restricted
    where theme is not null and confidentiality = 'public'
    group by book, entity, year, record_basis, theme
),

engaged as (
    select
        book,
        entity,
        year,
        record_basis,
        cast(count(distinct case when partner <> 'UNKNOWN' then partner end) as bigint) as engaged,
        cast(count(distinct case when is_named_in_programme then partner end) as bigint) as named_and_engaged
    from engagement
    where activities_done > 0
    group by book, entity, year, record_basis
),

programmes_at_work as (
    select distinct
        book,
        entity,
        programme,
        year,
        record_basis
    from engagement
    where activities_done > 0
),

named as (
    select
        programmes_at_work.book,
        programmes_at_work.entity,
        programmes_at_work.year,
        programmes_at_work.record_basis,
        cast(count(distinct partners.partner) as bigint) as named
    from programmes_at_work
    inner join partners on partners.named_in like concat('%', programmes_at_work.programme, '%')
    group by programmes_at_work.book, programmes_at_work.entity, programmes_at_work.year, programmes_at_work.record_basis
),

with_partners as (
    select
        engaged.*,
        named.named
    from engaged
    left join named
        on
            engaged.book = named.book
            and engaged.entity = named.entity
            and engaged.year = named.year
            and engaged.record_basis = named.record_basis
),

owed as (
    {%- for scheme, part in {'none': "'all'", 'obligation': 'obligation'}.items() %}
    select
        book,
        entity,
        year,
        record_basis,
        '{{ scheme }}' as dimension_scheme,
        {{ part }} as dimension_value,
        cast(count(*) as bigint) as due,
        cast(count(case when is_met then 1 end) as bigint) as met
    from obligations
    where is_due
    group by book, entity, year, record_basis{{ ', obligation' if scheme == 'obligation' }}
    {{- '\n    union all' if not loop.last }}
    {%- endfor %}
),

watched as (
    {%- for scheme, part in {'none': "'all'", 'theme': 'theme'}.items() %}
    select
        book,
        entity,
        cast(extract(year from period_end) as integer) as year,
        record_basis,
        '{{ scheme }}' as dimension_scheme,
        {{ part }} as dimension_value,
        cast(count(distinct concat(series, ' ', country)) as bigint) as watched,
        cast(count(distinct case when level <> 'normal' then concat(series, ' ', country) end) as bigint) as at_watch,
        cast(count(distinct case when level = 'alert' then concat(series, ' ', country) end) as bigint) as at_alert,
        cast(count(*) as bigint) as periods,
        cast(count(case when level = 'alert' then 1 end) as bigint) as periods_at_alert
    from warnings
    group by book, entity, cast(extract(year from period_end) as integer), record_basis{{ ', theme' if scheme == 'theme' }}
    {{- '\n    union all' if not loop.last }}
    {%- endfor %}
),

{#- by indicator: the relation, numerator and denominator, and whether the value is a percentage -#}
{%- set millionths = 'cast(1000000 as bigint)' -%}
{%- set one = 'cast(1 as bigint)' -%}
{%- set figures = [
    ('planned_programme_activities', 'delivered', 'planned', millionths, false),
    ('programme_activities_done', 'delivered', 'done', millionths, false),
    ('programme_delivery_rate_pct', 'delivered', 'delivered', 'fallen_due', true),
    ('programme_timely_delivery_rate_pct', 'delivered', 'done_on_time', 'fallen_due', true),
    ('overdue_programme_activities', 'delivered', 'overdue', millionths, false),
    ('unplanned_programme_activity_share_pct', 'delivered', 'unplanned', 'done', true),
    ('recurring_programme_activity_share_pct', 'delivered', 'recurring', 'done', true),
    ('programme_activities_without_target', 'delivered', 'without_target', millionths, false),
    ('good_offices_contacts', 'delivered_as_a_whole', 'contacts', millionths, false),
    ('served_functions_pct', 'delivered_as_a_whole', 'served_functions', 'functions', true),
    ('programme_mean_delay_days', 'late', 'late_days', 'late', false),
    ('partnered_programme_activity_share_pct', 'marked', 'with_partner', 'done', true),
    ('afghanistan_participation_pct', 'marked', 'with_afghanistan', 'saying_afghanistan', true),
    ('women_peace_security_share_pct', 'marked', 'women_main', 'women_marked', true),
    ('youth_peace_security_share_pct', 'marked', 'youth_main', 'youth_marked', true),
    ('theme_share_pct', 'themes', 'done', 'done_with_theme', true),
    ('partners_engaged', 'with_partners', 'engaged', one, false),
    ('named_partners_engaged_pct', 'with_partners', 'named_and_engaged', 'named', true),
    ('programme_obligations_met_pct', 'owed', 'met', 'due', true),
    ('watched_series', 'watched', 'watched', one, false),
    ('watched_series_at_watch', 'watched', 'at_watch', one, false),
    ('watched_series_at_alert', 'watched', 'at_alert', one, false),
    ('periods_at_alert_pct', 'watched', 'periods_at_alert', 'periods', true),
] -%}
{%- for indicator in activity_types -%}{%- do figures.append((indicator, 'marked', indicator, millionths, false)) -%}{%- endfor -%}
{%- set dimensions = {
    'delivered': ('dimension_scheme', 'dimension_value'),
    'owed': ('dimension_scheme', 'dimension_value'),
    'watched': ('dimension_scheme', 'dimension_value'),
    'themes': ("'theme'", 'theme'),
} %}

delivered_as_a_whole as (
    select * from delivered
    where dimension_scheme = 'none'
),

figures as (
    {%- for indicator, relation, numerator, denominator, is_percentage in figures %}
    select
        '{{ indicator }}' as indicator,
        book,
        entity,
        year,
        {{ dimensions.get(relation, ("'none'", "'all'"))[0] }} as dimension_scheme,
        {{ dimensions.get(relation, ("'none'", "'all'"))[1] }} as dimension_value,
        {{ percentage_of(numerator, denominator) if is_percentage else ratio_of(numerator, denominator) }} as value,
        record_basis
    from {{ relation }}
    {{- '\n    union all' if not loop.last }}
    {%- endfor %}
),

{{ indicators_of_years('year') }}
