-- What a programme of action owes in a window, and whether enough of the activities that show it were done in it. Of two briefings owed
-- in a year the second is met by the second briefing, whenever in the year it was.
with activities as (
    select * from {{ ref('int_programme_activities') }}
),

owing as (
    select * from {{ ref('mandates') }}
    where obligation is not null
),

obligations as (
    select
        *,
        row_number() over (partition by obligation, period_start, due_on order by occurrence asc) as place_in_window
    from {{ ref('reporting_obligations') }}
),

registers as (
    select
        book,
        record_basis,
        entity,
        programme,
        max(as_of) as as_of
    from activities
    group by book, record_basis, entity, programme
),

shown as (
    select
        activities.book,
        activities.record_basis,
        owing.obligation,
        activities.activity_key,
        max(activities.done_on) as done_on
    from activities
    inner join owing
        on
            activities.programme = owing.programme
            and activities.activity_type = owing.activity_type
            -- the meeting of Deputy Foreign Ministers is one to which Afghanistan is invited
            and (owing.activity_type <> 'deputy_foreign_ministers_meeting' or activities.includes_afghanistan)
    where activities.is_done
    group by activities.book, activities.record_basis, owing.obligation, activities.activity_key
),

owed as (
    select
        registers.book,
        registers.record_basis,
        registers.entity,
        registers.programme,
        registers.as_of,
        owing.objective,
        owing.priority,
        owing.function_code,
        obligations.obligation,
        obligations.occurrence,
        obligations.requirement,
        obligations.recurrence,
        obligations.period_start,
        obligations.due_on,
        obligations.place_in_window,
        obligations.fulfilled_on,
        cast(extract(year from obligations.due_on) as integer) as year
    from registers
    inner join owing on registers.programme = owing.programme
    inner join obligations
        on
            owing.obligation = obligations.obligation
            and owing.valid_from <= obligations.due_on
            and owing.valid_to > obligations.period_start
),

counted as (
    select
        owed.book,
        owed.record_basis,
        owed.entity,
        owed.programme,
        owed.objective,
        owed.priority,
        owed.function_code,
        owed.obligation,
        owed.occurrence,
        owed.requirement,
        owed.recurrence,
        owed.year,
        owed.period_start,
        owed.due_on,
        owed.place_in_window,
        owed.as_of,
        owed.fulfilled_on,
        cast(count(shown.activity_key) as integer) as times_done
    from owed
    left join shown
        on
            owed.book = shown.book
            and owed.record_basis = shown.record_basis
            and owed.obligation = shown.obligation
            and shown.done_on between owed.period_start and owed.due_on
    group by all
),

-- a fulfilment on record is real: constructed activities are not helped by it
judged as (
    select
        *,
        coalesce(fulfilled_on <= as_of and record_basis <> 'illustrative', false) or times_done >= place_in_window as is_met
    from counted
)

select
    *,
    -- what can still be met is neither met nor missed
    is_met or due_on < as_of as is_due
from judged
