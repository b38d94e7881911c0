-- Law 4 and law 8: whatever a group is broken down by, its parts add to the same total, in every exclusive scheme of regions.
{% set breakdowns = [
    'shares_by_donor', 'shares_by_priority_area', 'shares_by_activity_type', 'shares_by_sdg', 'shares_by_gender_marker',
] %}
{% set group = group_columns() + ['funding_level'] %}

with by_subprogramme as (
    select
        {{ group | join(', ') }},
        sum(value) as value,
        max(total_value) as total_value
    from {{ ref('shares_by_subprogramme') }}
    group by {{ group | join(', ') }}
),

others as (
    {%- for breakdown in breakdowns %}
    select
        '{{ breakdown }}' as breakdown,
        {{ group | join(', ') }},
        value
    from {{ ref(breakdown) }}
    union all
    {%- endfor %}
    {%- for breakdown in ['shares_by_region', 'shares_by_subprogramme_and_region'] %}
    select
        concat('{{ breakdown }}:', region_scheme) as breakdown,
        {{ group | join(', ') }},
        value
    from {{ ref(breakdown) }}
    where is_exclusive
    {%- if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}
),

totals as (
    select
        breakdown,
        {{ group | join(', ') }},
        sum(value) as value
    from others
    group by breakdown, {{ group | join(', ') }}
),

breakdowns as (
    select distinct breakdown from totals
)

select
    breakdowns.breakdown,
    {{ of('by_subprogramme', group) }},
    by_subprogramme.value as value_by_subprogramme,
    by_subprogramme.total_value,
    totals.value
from by_subprogramme
cross join breakdowns
left join totals
    on
        breakdowns.breakdown = totals.breakdown
        and {{ same('by_subprogramme', 'totals', group) | indent(8) }}
where
    totals.fiscal_year is null
    or coalesce(by_subprogramme.value, 0) <> coalesce(totals.value, 0)
    or coalesce(by_subprogramme.value, 0) <> coalesce(by_subprogramme.total_value, 0)
