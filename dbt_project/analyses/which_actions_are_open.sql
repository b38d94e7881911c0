-- What did the principals agree, what was only suggested, and what is open or overdue? A meeting without a date has bounds.
select
    meeting,
    agreed_not_before,
    agreed_not_after,
    entity,
    commitment_strength,
    action,
    status,
    is_overdue,
    locator
from {{ ref('fct_action_points') }}
where record_basis = 'published'
order by commitment_strength asc, action_id asc
