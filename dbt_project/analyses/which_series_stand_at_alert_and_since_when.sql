-- Which watched series stand at watch or alert in their latest period, where, since when, and against which line? Places XA to XJ do not exist.
select
    level,
    series_name,
    country,
    country_name,
    period,
    value,
    unit,
    rule,
    measured,
    threshold,
    since,
    periods_at_level,
    age_days
from {{ ref('early_warning') }}
where
    is_latest
    and level <> 'normal'
order by level asc, series_name asc, country asc
