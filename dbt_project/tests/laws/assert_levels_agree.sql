-- Law 4: all cash resources are the sum of the families, and the families of their sources.
{% set group = ['book', 'entity', 'reporter_role', 'fiscal_year', 'period_type', 'record_basis', 'measure', 'unit'] %}

with cash_families as (
    select funding_source from {{ ref('funding_sources') }}
    where is_cash
),

totals as (
    select
        {{ of('shares', group) }},
        coalesce(sum(case when shares.funding_level = 0 and shares.funding_source = 'all' then shares.value end), 0) as all_cash,
        coalesce(sum(case when shares.funding_level = 1 and cash_families.funding_source is not null then shares.value end), 0) as families,
        coalesce(sum(case when shares.funding_level = 2 and cash_families.funding_source is not null then shares.value end), 0) as sources
    from {{ ref('shares_by_subprogramme') }} as shares
    left join cash_families on shares.funding_source = cash_families.funding_source
    group by {{ of('shares', group) }}
)

select *
from totals
where all_cash <> families or families <> sources
