-- What do States need, what have they received, and what is unmet? Delivered, under way and unmet add to the needs.
select
    fiscal_year,
    need_area,
    sum(needs) as needs,
    sum(requests) as requests,
    sum(stated_in_questionnaires) as stated_in_questionnaires,
    sum(delivered) as delivered,
    sum(under_way) as under_way,
    sum(unmet) as unmet,
    sum(response_days_total) as response_days,
    sum(answered) as answered
from {{ ref('assistance_needs') }}
where record_basis = 'illustrative'
group by fiscal_year, need_area
order by fiscal_year asc, unmet desc, need_area asc
