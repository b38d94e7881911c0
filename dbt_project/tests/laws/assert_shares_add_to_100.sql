-- Law 3: within a breakdown whose parts do not overlap, shares add to 100 within a thousandth and rounded shares to exactly 100.0.
{% set breakdowns = [
    'shares_by_subprogramme', 'shares_by_region', 'shares_by_subprogramme_and_region', 'shares_by_donor', 'shares_by_priority_area',
    'shares_by_activity_type', 'shares_by_sdg', 'shares_by_gender_marker', 'shares_by_sector',
] %}
{% set group = group_columns() + ['funding_level'] %}

with shares as (
    {%- for breakdown in breakdowns %}
    select
        {% if 'region' in breakdown -%} concat('{{ breakdown }}:', region_scheme)
        {%- elif 'sector' in breakdown -%} concat('{{ breakdown }}:', sector_vocabulary, ':', sector_level)
        {%- else -%} '{{ breakdown }}'
        {%- endif %} as breakdown,
        {{ group | join(', ') }},
        share_pct,
        rounded_pct
    from {{ ref(breakdown) }}
    where share_pct is not null{{ ' and is_exclusive' if 'region' in breakdown }}
    {%- if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}
)

select
    breakdown,
    {{ group | join(', ') }},
    sum(share_pct) as share_pct,
    sum(rounded_pct) as rounded_pct
from shares
group by breakdown, {{ group | join(', ') }}
having abs(sum(share_pct) - 100) > 0.001 or sum(rounded_pct) <> 100
