-- How does money go from pledge to balance, fund by fund? What no line tells stays empty: a fund without an opening balance has no balance.
select
    fund_code,
    fiscal_year,
    book,
    record_basis,
    pledged_usd,
    contributed_usd,
    committed_usd,
    spent_usd,
    refunded_usd,
    balance_usd,
    unfunded_projects,
    unfunded_budget_usd
from {{ ref('resource_mobilisation') }}
where
    entity = 'ECE'
    and level = 'fund'
order by fund_code asc, fiscal_year asc, book asc, record_basis asc
