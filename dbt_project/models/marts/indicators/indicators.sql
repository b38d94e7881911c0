-- One line per domain: a domain adds its model to this list and its definitions to the seed, and appears everywhere by itself.
{% set domains = [
    'int_finance_indicators', 'int_activities_indicators', 'int_needs_indicators', 'int_coordination_indicators', 'int_programmes_indicators',
] %}

with figures as (
    {%- for domain in domains %}
    select {{ indicator_columns() | join(', ') }} from {{ ref(domain) }}
    {%- if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}
),

definitions as (
    select * from {{ ref('indicator_definitions') }}
),

indicators as (
    select
        figures.indicator,
        definitions.name as indicator_name,
        definitions.domain,
        figures.book,
        figures.entity,
        figures.period_start,
        figures.period_end,
        figures.dimension_scheme,
        figures.dimension_value,
        cast(figures.value as decimal(24, 6)) as value,
        definitions.unit,
        figures.record_basis
    from figures
    left join definitions on figures.indicator = definitions.indicator
)

select * from indicators
