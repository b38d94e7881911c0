-- How far did ECE deliver what it had planned? Planned and actual stand side by side, never added; no plan is not a full delivery.
with lines as (
    select
        fiscal_year,
        subprogramme,
        subprogramme_name,
        deliverable,
        unit,
        max(case when status = 'planned' then quantity end) as planned,
        max(case when status = 'actual' then quantity end) as actual
    from {{ ref('fct_deliverables') }}
    where
        book = 'programme_budget'
        and record_basis = 'published'
        and entity = 'ECE'
    group by fiscal_year, subprogramme, subprogramme_name, deliverable, unit
)

select
    fiscal_year,
    subprogramme,
    subprogramme_name,
    deliverable,
    unit,
    planned,
    actual,
    actual - planned as more_than_planned
from lines
where actual is not null
order by fiscal_year asc, subprogramme asc, deliverable asc
