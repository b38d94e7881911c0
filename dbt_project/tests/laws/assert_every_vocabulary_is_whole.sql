-- Law 4: in every vocabulary and at every level, the sectors of a group add to what the group holds by subprogramme.
{% set group = group_columns() + ['funding_level'] %}

with by_subprogramme as (
    select
        {{ group | join(', ') }},
        sum(value) as value,
        sum(unconverted_rows) as unconverted_rows
    from {{ ref('shares_by_subprogramme') }}
    group by {{ group | join(', ') }}
),

by_sector as (
    select
        {{ group | join(', ') }},
        sector_vocabulary,
        sector_level,
        sum(value) as value,
        count(*) as sectors
    from {{ ref('shares_by_sector') }}
    group by {{ group | join(', ') }}, sector_vocabulary, sector_level
)

select
    {{ of('by_subprogramme', group) }},
    by_sector.sector_vocabulary,
    by_sector.sector_level,
    by_subprogramme.value as value_by_subprogramme,
    by_sector.value
from by_subprogramme
left join by_sector
    on {{ same('by_subprogramme', 'by_sector', group) | indent(8) }}
where
    by_sector.sectors is null
    or coalesce(by_subprogramme.value, 0) <> coalesce(by_sector.value, 0)
