-- Is assistance distributed as needs are, across regional groups and legal systems? 0 in the Theil index: each receives what its needs weigh.
select
    fiscal_year,
    region_scheme,
    region_name,
    needs_share_pct,
    assistance_share_pct,
    share_difference,
    hhi_assistance,
    theil_against_needs
from {{ ref('geographic_balance') }}
where
    record_basis = 'illustrative'
    and assistance_measure = 'delivered_requests'
    and region_scheme in ('un_regional_group', 'legal_system', 'country_group')
order by fiscal_year asc, region_scheme asc, region_name asc
