-- Where did advisers spend their days, and how many trips is that? A trip to three countries is a third for each.
select
    activities.fiscal_year,
    activities.recipient,
    coalesce(countries.country_name, activities.recipient) as recipient_name,
    sum(activities.weight) as missions,
    sum(activities.adviser_days) as adviser_days,
    count(case when activities.on_request then 1 end) as touched_by_requested_missions
from {{ ref('fct_activities') }} as activities
left join {{ ref('dim_country') }} as countries
    on
        activities.recipient = countries.country
        and (countries.valid_from is null or activities.start_date >= countries.valid_from)
        and (countries.valid_to is null or activities.start_date < countries.valid_to)
where
    activities.entity = 'ECE'
    and activities.status = 'undertaken'
    and activities.activity_type = 'advisory'
group by activities.fiscal_year, activities.recipient, coalesce(countries.country_name, activities.recipient)
order by activities.fiscal_year asc, adviser_days desc nulls last, activities.recipient asc
