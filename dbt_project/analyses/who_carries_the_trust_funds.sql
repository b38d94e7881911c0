-- Who carries ECE's trust funds: what did each donor give in a year, what share is that, and how far does the list of the five largest reach?
with donors as (
    select
        fiscal_year,
        record_basis,
        donor,
        value as contributed_usd,
        share_pct,
        row_number() over (partition by fiscal_year, record_basis order by value desc nulls last, donor asc) as place
    from {{ ref('shares_by_donor') }}
    where
        book = 'financial_statements'
        and entity = 'ECE'
        and measure = 'contribution_usd'
        and funding_source = 'trust_fund'
        and funding_level = 2
        and donor <> 'UNALLOCATED'
)

select
    fiscal_year,
    record_basis,
    place,
    donor,
    contributed_usd,
    share_pct,
    sum(share_pct) over (
        partition by fiscal_year, record_basis
        order by place asc
        rows between unbounded preceding and current row
    ) as share_so_far_pct
from donors
where place <= 5
order by fiscal_year desc, record_basis asc, place asc
