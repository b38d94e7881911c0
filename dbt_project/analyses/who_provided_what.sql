-- Who delivered the assistance: the secretariat, States, or other organisations, by article of the instrument?
select
    treaty_article,
    sum(needs) as needs,
    sum(delivered_by_secretariat) as by_secretariat,
    sum(delivered_by_states) as by_states,
    sum(delivered_by_organisations) as by_organisations,
    sum(unmet) as unmet
from {{ ref('assistance_needs') }}
where record_basis = 'illustrative'
group by treaty_article
order by treaty_article asc
