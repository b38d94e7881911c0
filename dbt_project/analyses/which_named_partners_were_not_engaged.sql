-- With which of the partners that a programme of action names was something done, how often, and with which was nothing? Illustrative records.
with mandates as (
    select * from {{ ref('dim_mandate') }}
    where mandate_level = 'programme'
),

engaged as (
    select
        programme,
        partner,
        sum(activities_done) as activities_done,
        count(distinct year) as years,
        count(distinct function_code) as functions
    from {{ ref('partner_engagement') }}
    where activities_done > 0
    group by programme, partner
)

select
    mandates.programme,
    partners.partner,
    partners.partner_name,
    partners.role,
    coalesce(engaged.activities_done, 0) as activities_done,
    coalesce(engaged.years, 0) as years,
    coalesce(engaged.functions, 0) as functions
from mandates
inner join {{ ref('dim_partner') }} as partners on partners.named_in like concat('%', mandates.programme, '%')
left join engaged on mandates.programme = engaged.programme and partners.partner = engaged.partner
order by mandates.programme asc, activities_done asc, partners.partner asc
