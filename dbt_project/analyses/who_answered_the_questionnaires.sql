-- How many parties and how many signatories answered, each counted by its status on the day of sending?
select
    instrument,
    cycle,
    treaty_status,
    sent,
    answered,
    response_rate_pct,
    response_days_mean,
    asking_for_assistance,
    with_provisions_not_met
from {{ ref('questionnaire_response_rates') }}
where record_basis = 'illustrative'
order by instrument asc, cycle asc, treaty_status asc
