-- Which meetings and reports does the Conference of the Parties ask for, and which of them do our sources show? No record is not a failure.
select
    obligation,
    occurrence,
    owed_by,
    requirement,
    period_start,
    due_on,
    fulfilled_on,
    status,
    fulfilled_by
from {{ ref('reporting_obligation_status') }}
where body = 'UNTOC_COP'
order by due_on asc, obligation asc
