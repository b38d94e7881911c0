-- Of how many missions and events was the resident coordinator told, and how long before? Registers that record no notice are left out.
select
    told.entity,
    told.fiscal_year,
    told.numerator as told,
    told.denominator as activities,
    told.value as told_pct,
    in_time.value as told_before_pct,
    notice.value as median_days_before
from {{ ref('coordination') }} as told
left join {{ ref('coordination') }} as in_time
    on
        told.book = in_time.book
        and told.record_basis = in_time.record_basis
        and told.entity = in_time.entity
        and told.fiscal_year = in_time.fiscal_year
        and told.dimension_scheme = in_time.dimension_scheme
        and in_time.measure = 'rc_notified_before_rate'
left join {{ ref('coordination') }} as notice
    on
        told.book = notice.book
        and told.record_basis = notice.record_basis
        and told.entity = notice.entity
        and told.fiscal_year = notice.fiscal_year
        and told.dimension_scheme = notice.dimension_scheme
        and notice.measure = 'rc_lead_days_median'
where
    told.measure = 'rc_notification_rate'
    and told.dimension_scheme = 'none'
    and told.record_basis = 'illustrative'
    and told.denominator > 0
order by told.fiscal_year asc, told.entity asc
