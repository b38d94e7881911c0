-- What did the countries of SPECA receive from trust fund projects in 2004, and what went to the group as a whole?
-- The records of 2004 are illustrative: the answer shows the way, not the facts. Membership is that of the day.
select
    shares.region as recipient,
    shares.region_name as recipient_name,
    shares.value as spent_usd,
    shares.share_pct,
    shares.distinct_count as transactions
from {{ ref('shares_by_region') }} as shares
where
    shares.entity = 'ECE'
    and shares.fiscal_year = 2004
    and shares.book = 'project_ledger'
    and shares.record_basis = 'illustrative'
    and shares.measure = 'expenditure_usd'
    and shares.region_scheme = 'country'
    and shares.funding_level = 0
    and shares.funding_source = 'technical_cooperation'
    and (
        shares.region = 'SPECA'
        or shares.region in (
            select members.country
            from {{ ref('int_country_group_members') }} as members
            where
                members.country_group = 'SPECA'
                and (members.valid_from is null or members.valid_from <= date '2004-12-31')
                and (members.valid_to is null or members.valid_to > date '2004-01-01')
        )
    )
order by spent_usd desc nulls last, recipient asc
