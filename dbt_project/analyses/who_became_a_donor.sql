-- Which countries that had received technical cooperation joined the European Union, and which of them have given since?
select
    country_group,
    joined_on,
    country,
    record_basis,
    last_received_year,
    received_money,
    received_activities,
    gave_before,
    first_given_on,
    giving_known_until
from {{ ref('recipients_turned_donors') }}
where
    country_group = 'EU'
    and entity = 'ECE'
order by joined_on asc, country asc, record_basis asc
