-- How much of the spending in IATI files is technical cooperation in the narrow sense, how much with projects, and how much is neither?
-- Experts, training and scholarships are narrow; projects, of which technical cooperation is a part that nobody states, are broad.
select
    entity,
    reporter_role,
    record_basis,
    fiscal_year,
    technical_cooperation,
    count(distinct transaction_key) as transactions,
    sum(amount_usd) as spending_usd,
    count(*) - count(amount_usd) as unconverted_rows
from {{ ref('fct_spending') }}
where
    book = 'iati'
    and {{ is_spending() }}
    and not is_internal_transfer
group by entity, reporter_role, record_basis, fiscal_year, technical_cooperation
order by entity asc, fiscal_year asc, technical_cooperation asc
