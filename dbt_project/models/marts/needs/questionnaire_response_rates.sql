-- The status is the one on the day of sending; `all` are all States to which the cycle was sent.
with questionnaires as (
    select * from {{ ref('int_questionnaires') }}
),

by_status as (
    select
        *,
        treaty_status as asked_as
    from questionnaires
    union all
    select
        *,
        'all' as asked_as
    from questionnaires
),

counted as (
    select
        book,
        record_basis,
        instrument,
        cycle,
        asked_as as treaty_status,
        min(sent_on) as first_sent_on,
        count(*) as sent,
        count(case when is_answered then 1 end) as answered,
        {{ percentage_of('count(case when is_answered then 1 end)', 'count(*)') }} as response_rate_pct,
        {{ ratio_of('cast(sum(response_days) as bigint)', 'count(response_days)') }} as response_days_mean,
        count(assistance_needed) as asking_for_assistance,
        count(provisions_not_met) as with_provisions_not_met
    from by_status
    group by book, record_basis, instrument, cycle, asked_as
)

select * from counted
