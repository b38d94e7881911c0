-- What would the Development Account hold if the regular programme's money for technical cooperation were added to it?
-- The proposal is one State's, recorded in 2006; each entity's part of the regular programme is what it would no longer decide on.
with spent as (
    select
        fiscal_year,
        entity,
        sum(case when funding_source = 'rptc' then amount_usd else 0 end) as regular_programme_usd,
        sum(case when funding_source = 'development_account' then amount_usd else 0 end) as development_account_usd
    from {{ ref('fct_allocations') }}
    where
        book = 'programme_budget'
        and record_basis = 'published'
        and measure = 'expenditure'
        and period_type = 'year'
        and is_latest_vintage
        and funding_source in ('rptc', 'development_account')
    group by fiscal_year, entity
)

select
    fiscal_year,
    entity,
    regular_programme_usd,
    development_account_usd,
    regular_programme_usd + development_account_usd as together_usd,
    sum(regular_programme_usd) over (partition by fiscal_year) as regular_programme_of_all_usd
from spent
order by fiscal_year asc, regular_programme_usd desc, entity asc
