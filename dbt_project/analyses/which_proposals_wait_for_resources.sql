-- Which requests wait for a proposal that nobody has funded yet?
select
    request_id,
    country,
    need_area,
    priority,
    priority_source,
    received_on,
    project_ids,
    unfunded_proposal_count
from {{ ref('fct_assistance_requests') }}
where
    record_basis = 'illustrative'
    and confidentiality = 'public'
    and unfunded_proposal_count > 0
    and outcome <> 'delivered'
order by received_on asc, request_id asc
