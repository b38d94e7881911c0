-- Which subprogrammes spent ECE's extrabudgetary money, and how has it shifted since 2019?
-- One book and one record basis: the same money stands in other books on other accounting bases.
select
    subprogramme_name,
    fiscal_year,
    value,
    share_pct,
    rounded_pct,
    share_pct - first_value(share_pct) over (partition by subprogramme order by fiscal_year) as points_since_first_year
from {{ ref('shares_by_subprogramme') }}
where
    book = 'programme_budget'
    and record_basis = 'published'
    and entity = 'ECE'
    and measure = 'expenditure_usd'
    and period_type = 'year'
    and funding_level = 1
    and funding_source = 'extrabudgetary'
order by fiscal_year asc, value desc nulls last, subprogramme_name asc
