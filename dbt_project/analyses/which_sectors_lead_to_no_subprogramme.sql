-- Which sectors of IATI files lead to no subprogramme, and how much spending is behind them?
-- UNKNOWN: the publisher's map leaves the code out; UNALLOCATED: the publisher has no map, or states no sector. Both stand in every total.
select
    book,
    entity,
    reporter_role,
    record_basis,
    fiscal_year,
    sector_vocabulary,
    sector,
    subprogramme,
    count(distinct transaction_key) as transactions,
    sum(amount_usd) as spending_usd,
    count(*) - count(amount_usd) as unconverted_rows
from {{ ref('fct_spending') }}
where
    sector is not null
    and subprogramme in ('UNKNOWN', 'UNALLOCATED')
    and {{ is_spending() }}
    and is_counted
group by book, entity, reporter_role, record_basis, fiscal_year, sector_vocabulary, sector, subprogramme
order by spending_usd desc nulls last, fiscal_year asc, sector_vocabulary asc, sector asc
