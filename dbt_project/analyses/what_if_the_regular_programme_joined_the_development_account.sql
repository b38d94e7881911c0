-- What would the Development Account hold if the regular programme's money for technical cooperation were added to it?
-- The proposal is one State's, recorded in 2006. Each entity's part of the regular programme is what it would no longer decide on; where no
-- expenditure of the Development Account is on record, the sum is unknown.
select
    record_basis,
    fiscal_year,
    entity,
    sum(case when funding_source = 'rptc' then amount_usd end) as regular_programme_usd,
    sum(case when funding_source = 'development_account' then amount_usd end) as development_account_usd,
    sum(case when funding_source = 'rptc' then amount_usd end)
    + sum(case when funding_source = 'development_account' then amount_usd end) as together_usd,
    sum(sum(case when funding_source = 'rptc' then amount_usd end)) over (partition by record_basis, fiscal_year) as regular_programme_of_all_usd
from {{ ref('fct_allocations') }}
where
    book = 'programme_budget'
    and measure = 'expenditure'
    and period_type = 'year'
    and is_latest_vintage
    and funding_source in ('rptc', 'development_account')
group by record_basis, fiscal_year, entity
order by record_basis asc, fiscal_year asc, regular_programme_usd desc nulls last, entity asc
