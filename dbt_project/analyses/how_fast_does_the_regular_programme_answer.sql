-- How many days lie between a request and the mission of the regular programme that answers it, and who passed the request on?
select
    entity,
    fiscal_year,
    dimension_value as received_through,
    value as median_days,
    denominator as missions
from {{ ref('coordination') }}
where
    measure = 'request_to_activity_days_median'
    and record_basis = 'illustrative'
order by entity asc, fiscal_year asc, dimension_scheme asc, dimension_value asc
