-- With which organisations and subregional initiatives did ECE work, on how many missions and events, and how many of them jointly with another entity?
with activities as (
    select distinct
        activity_key,
        activity_kind,
        fiscal_year,
        record_basis,
        partners,
        joint_entities
    from {{ ref('fct_activities') }}
    where
        entity = 'ECE'
        and status = 'undertaken'
)

select
    activities.fiscal_year,
    activities.record_basis,
    partners.partner,
    partners.partner_name,
    partners.role,
    count(case when activities.activity_kind = 'mission' then 1 end) as missions,
    count(case when activities.activity_kind = 'event' then 1 end) as events,
    count(activities.joint_entities) as joint_with_another_entity
from activities
inner join {{ ref('dim_partner') }} as partners
    on concat('|', activities.partners, '|') like concat('%|', partners.partner, '|%')
group by activities.fiscal_year, activities.record_basis, partners.partner, partners.partner_name, partners.role
order by activities.fiscal_year asc, activities.record_basis asc, partners.partner asc
