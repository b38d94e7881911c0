/*
  A watched series rises to a level when enough periods in a row have reached its line, and falls back only when a period lies inside the
  line by more than the margin: a value on the line, or just inside it, leaves the level as it is. A missing period ends what is known; the
  level starts anew after it. Values and lines are millionths; `side` turns series that warn below a line into ones that warn above it.
*/
with observations as (
    select observations.*
    from {{ ref('stg_indicator_observations') }} as observations
    cross join {{ ref('stg_run_parameters') }} as run_parameters
    where
        observations.period_end <= run_parameters.as_of
        and observations.is_only_one
        and observations.country <> 'UNKNOWN'
        and observations.value_units is not null
),

thresholds as (
    select
        *,
        case when direction = 'above' then 1 else -1 end as side,
        {{ whole_millionths('watch_threshold') }} as watch_units,
        {{ whole_millionths('alert_threshold') }} as alert_units,
        {{ whole_millionths('clear_margin') }} as margin_units
    from {{ ref('warning_thresholds') }}
),

-- a run of periods without a gap; numbered from one
unbroken as (
    select
        *,
        period_number - row_number() over (
            partition by book, record_basis, series, country, frequency
            order by period_number asc
        ) as unbroken_run
    from observations
),

ordered as (
    select
        *,
        row_number() over (
            partition by book, record_basis, series, country, frequency, unbroken_run
            order by period_number asc
        ) as place
    from unbroken
),

ruled as (
    select
        ordered.*,
        thresholds.rule,
        thresholds.name as series_name,
        thresholds.theme,
        thresholds.unit as series_unit,
        thresholds.side,
        thresholds.watch_units,
        thresholds.alert_units,
        thresholds.margin_units,
        thresholds.trailing_periods,
        thresholds.consecutive_periods
    from ordered
    inner join thresholds
        on
            ordered.series = thresholds.series
            and ordered.frequency = thresholds.frequency
            and coalesce(ordered.unit, thresholds.unit) = thresholds.unit
            and thresholds.country in ('*', ordered.country)
            and ordered.period_end >= thresholds.valid_from
            and (thresholds.valid_to is null or ordered.period_end < thresholds.valid_to)
    -- what is set for a place goes before what is set for all
    where
        thresholds.country <> '*'
        or not exists (
            select 1
            from thresholds as own
            where
                own.series = thresholds.series
                and own.rule = thresholds.rule
                and own.frequency = thresholds.frequency
                and own.country = ordered.country
                and ordered.period_end >= own.valid_from
                and (own.valid_to is null or ordered.period_end < own.valid_to)
        )
),

trailing_means as (
    select
        ruled._delivery_id,
        ruled._source_row,
        ruled._source_column,
        ruled.rule,
        cast(sum(earlier.value_units) as bigint) as trailing_units,
        count(*) as trailing_count
    from ruled
    inner join ordered as earlier
        on
            ruled.book = earlier.book
            and ruled.record_basis = earlier.record_basis
            and ruled.series = earlier.series
            and ruled.country = earlier.country
            and ruled.frequency = earlier.frequency
            and ruled.unbroken_run = earlier.unbroken_run
            and ruled.place - ruled.trailing_periods <= earlier.place
            and ruled.place > earlier.place
    where ruled.rule = 'change'
    group by ruled._delivery_id, ruled._source_row, ruled._source_column, ruled.rule
),

measured as (
    select
        ruled.*,
        case
            when ruled.rule = 'level' then ruled.value_units
            -- without the whole of its trailing periods there is no mean to change against
            when trailing_means.trailing_count = ruled.trailing_periods then {{ exact_div(
                '(ruled.value_units * ruled.trailing_periods - trailing_means.trailing_units) * 100', 'abs(trailing_means.trailing_units)', 6
            ) }}
        end as measured_units
    from ruled
    left join trailing_means
        on
            ruled._delivery_id = trailing_means._delivery_id
            and ruled._source_row = trailing_means._source_row
            and coalesce(ruled._source_column, '') = coalesce(trailing_means._source_column, '')
            and ruled.rule = trailing_means.rule
),

compared as (
    select
        *,
        coalesce(side * (measured_units - watch_units) >= 0, false) as reaches_watch,
        coalesce(side * (measured_units - alert_units) >= 0, false) as reaches_alert,
        coalesce(side * (measured_units - watch_units) < -margin_units, false) as clears_watch,
        coalesce(side * (measured_units - alert_units) < -margin_units, false) as clears_alert
    from measured
),

run_lengths as (
    select
        *,
        place - coalesce(max(case when not reaches_watch then place end) over until_now, 0) as periods_at_watch,
        place - coalesce(max(case when not reaches_alert then place end) over until_now, 0) as periods_at_alert,
        coalesce(max(case when clears_watch then place end) over until_now, 0) as watch_cleared_at,
        coalesce(max(case when clears_alert then place end) over until_now, 0) as alert_cleared_at
    from compared
    window
        until_now as (
            partition by book, record_basis, series, country, frequency, unbroken_run, rule
            order by place asc
            rows between unbounded preceding and current row
        )
),

latched as (
    select
        *,
        coalesce(max(case when periods_at_watch >= consecutive_periods then place end) over until_now, 0) > watch_cleared_at as is_watch,
        coalesce(max(case when periods_at_alert >= consecutive_periods then place end) over until_now, 0) > alert_cleared_at as is_alert
    from run_lengths
    window
        until_now as (
            partition by book, record_basis, series, country, frequency, unbroken_run, rule
            order by place asc
            rows between unbounded preceding and current row
        )
),

levelled as (
    select
        *,
        case when is_alert then 2 when is_watch then 1 else 0 end as level_rank
    from latched
)

select * from levelled
