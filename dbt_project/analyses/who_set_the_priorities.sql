-- Which needs are urgent, who said so, and are the urgent ones met first?
select
    priority_source,
    priority,
    sum(needs) as needs,
    sum(delivered) as delivered,
    sum(under_way) as under_way,
    sum(unmet) as unmet
from {{ ref('assistance_needs') }}
where record_basis = 'illustrative'
group by priority_source, priority
order by priority_source asc, priority asc
