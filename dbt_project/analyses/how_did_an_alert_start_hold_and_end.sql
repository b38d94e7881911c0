-- How did the alerts start, hold and end? One row per unbroken stay at a level above normal. Places XA to XJ do not exist.
select
    series_name,
    country,
    level,
    since,
    max(period) as last_period,
    max(periods_at_level) as periods,
    min(value) as lowest_value,
    max(value) as highest_value,
    max(unit) as unit,
    max(case when is_latest then 'yes' else 'no' end) as goes_on
from {{ ref('early_warning') }}
where level <> 'normal'
group by series_name, country, level, since
order by since asc, series_name asc, country asc
