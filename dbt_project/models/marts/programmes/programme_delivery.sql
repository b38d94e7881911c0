-- Targets count in the year for which they were set, what was done in the year in which it was done: a late activity may stand in two.
with activities as (
    select * from {{ ref('int_programme_activities') }}
),

obligations as (
    select * from {{ ref('int_programme_obligations') }}
),

mandates as (
    select * from {{ ref('mandates') }}
),

days as (
    select * from {{ ref('int_reference_epochs') }}
),

run_parameters as (
    select * from {{ ref('stg_run_parameters') }}
),

programme_years as (
    select distinct
        mandates.programme,
        cast(extract(year from days.day) as integer) as year
    from mandates
    inner join days on mandates.valid_from <= days.day and mandates.valid_to > days.day
    cross join run_parameters
    where mandates.mandate_level = 'programme' and days.day <= run_parameters.as_of
),

registers as (
    select distinct
        book,
        record_basis,
        entity,
        programme
    from activities
),

years_covered as (
    select
        registers.book,
        registers.record_basis,
        registers.entity,
        programme_years.year
    from registers
    inner join programme_years on registers.programme = programme_years.programme
),

reach as (
    select
        book,
        record_basis,
        entity,
        min(year) as first_year,
        max(year) as last_year
    from years_covered
    group by book, record_basis, entity
),

last_years as (
    select
        programme,
        max(year) as year
    from programme_years
    group by programme
),

years as (
    select distinct cast(extract(year from day) as integer) as year
    from days
),

-- between two programmes there is nothing to measure by, which is not the same as nothing done
between_programmes as (
    select
        reach.book,
        reach.record_basis,
        reach.entity,
        years.year
    from reach
    inner join years on years.year between reach.first_year and reach.last_year
    left join years_covered
        on
            reach.book = years_covered.book
            and reach.record_basis = years_covered.record_basis
            and reach.entity = years_covered.entity
            and years.year = years_covered.year
    where years_covered.year is null
),

-- every function of a programme in every year that has begun, so that a year without activity is told
expected as (
    select
        registers.book,
        registers.record_basis,
        registers.entity,
        registers.programme,
        programme_years.year,
        functions.function_code
    from registers
    inner join programme_years on registers.programme = programme_years.programme
    inner join mandates as functions on registers.programme = functions.programme
    where functions.mandate_level = 'function'
),

placed as (
    select
        activities.*,
        activities.due_year as year,
        'target' as side
    from activities
    where activities.due_year is not null and not activities.is_good_offices
    union all
    select
        activities.*,
        activities.done_year as year,
        'done' as side
    from activities
    where activities.done_year is not null and not activities.is_good_offices
    union all
    select
        activities.*,
        activities.done_year as year,
        'contact' as side
    from activities
    where activities.done_year is not null and activities.is_good_offices
    union all
    -- planned without a day and not done: by the programme's last year it should have been
    select
        activities.*,
        coalesce(last_years.year, cast(extract(year from activities.as_of) as integer)) as year,
        'undated' as side
    from activities
    left join last_years on activities.programme = last_years.programme
    where activities.delivery = 'without_target' and not activities.is_good_offices
),

counted as (
    select
        book,
        record_basis,
        entity,
        programme,
        year,
        function_code,
        cast(sum(case when side = 'target' then weight_units else 0 end) as bigint) as planned_units,
        cast(sum(case when side = 'target' and delivery = 'on_time' then weight_units else 0 end) as bigint) as on_time_units,
        cast(sum(case when side = 'target' and delivery = 'late' then weight_units else 0 end) as bigint) as late_units,
        cast(sum(case when side = 'target' and delivery = 'overdue' then weight_units else 0 end) as bigint) as overdue_units,
        cast(sum(case when side = 'target' and delivery = 'cancelled' then weight_units else 0 end) as bigint) as cancelled_units,
        cast(sum(case when side = 'target' and delivery = 'not_due' then weight_units else 0 end) as bigint) as not_due_units,
        cast(sum(case when side = 'target' and delivery = 'late' then delay_days * weight_units else 0 end) as bigint) as late_day_units,
        cast(sum(case when side = 'done' then weight_units else 0 end) as bigint) as done_units,
        cast(sum(case when side = 'done' and delivery = 'unplanned' then weight_units else 0 end) as bigint) as unplanned_units,
        cast(
            sum(case when side <> 'contact' and delivery in ('done_without_target', 'without_target') then weight_units else 0 end) as bigint
        ) as without_target_units,
        cast(sum(case when side = 'done' and recurrence in ('annual', 'semi_annual') then weight_units else 0 end) as bigint) as recurring_units,
        cast(sum(case when side = 'done' and includes_afghanistan then weight_units else 0 end) as bigint) as afghanistan_units,
        cast(sum(case when side = 'contact' then weight_units else 0 end) as bigint) as contact_units,
        cast(count(distinct case when side = 'done' then activity_key end) as integer) as activities_touching
    from placed
    group by book, record_basis, entity, programme, year, function_code
),

owed as (
    select
        book,
        record_basis,
        entity,
        programme,
        year,
        function_code,
        cast(count(case when is_due then 1 end) as integer) as obligations_due,
        cast(count(case when is_met then 1 end) as integer) as obligations_met
    from obligations
    group by book, record_basis, entity, programme, year, function_code
),

lines as (
    select * from expected
    union distinct
    select
        book,
        record_basis,
        entity,
        programme,
        year,
        function_code
    from counted
),

delivered as (
    select
        lines.book,
        lines.record_basis,
        lines.entity,
        lines.programme,
        lines.year,
        functions.objective,
        functions.priority,
        lines.function_code,
        functions.wording as function_name,
        case
            when coalesce(counted.planned_units, 0) > 0 then 'measured'
            when coalesce(counted.done_units, 0) + coalesce(counted.without_target_units, 0) + coalesce(counted.contact_units, 0) > 0 then 'no_target'
            else 'no_activity'
        end as delivery_status,
        coalesce(counted.planned_units, 0) as planned_units,
        coalesce(counted.on_time_units, 0) as on_time_units,
        coalesce(counted.late_units, 0) as late_units,
        coalesce(counted.overdue_units, 0) as overdue_units,
        coalesce(counted.cancelled_units, 0) as cancelled_units,
        coalesce(counted.not_due_units, 0) as not_due_units,
        coalesce(counted.late_day_units, 0) as late_day_units,
        coalesce(counted.done_units, 0) as done_units,
        coalesce(counted.unplanned_units, 0) as unplanned_units,
        coalesce(counted.without_target_units, 0) as without_target_units,
        coalesce(counted.recurring_units, 0) as recurring_units,
        coalesce(counted.afghanistan_units, 0) as afghanistan_units,
        coalesce(counted.contact_units, 0) as contact_units,
        coalesce(counted.activities_touching, 0) as activities_touching,
        coalesce(owed.obligations_due, 0) as obligations_due,
        coalesce(owed.obligations_met, 0) as obligations_met
    from lines
    left join counted
        on
            lines.book = counted.book
            and lines.record_basis = counted.record_basis
            and lines.entity = counted.entity
            and lines.programme = counted.programme
            and lines.year = counted.year
            and lines.function_code = counted.function_code
    left join owed
        on
            lines.book = owed.book
            and lines.record_basis = owed.record_basis
            and lines.entity = owed.entity
            and lines.programme = owed.programme
            and lines.year = owed.year
            and lines.function_code = owed.function_code
    left join mandates as functions
        on
            lines.programme = functions.programme
            and lines.function_code = functions.function_code
            and functions.mandate_level = 'function'
    union all
    select
        book,
        record_basis,
        entity,
        'NO_PROGRAMME' as programme,
        year,
        null as objective,
        null as priority,
        'NO_PROGRAMME' as function_code,
        null as function_name,
        'no_data' as delivery_status,
        null as planned_units,
        null as on_time_units,
        null as late_units,
        null as overdue_units,
        null as cancelled_units,
        null as not_due_units,
        null as late_day_units,
        null as done_units,
        null as unplanned_units,
        null as without_target_units,
        null as recurring_units,
        null as afghanistan_units,
        null as contact_units,
        null as activities_touching,
        null as obligations_due,
        null as obligations_met
    from between_programmes
),

told as (
    select
        book,
        record_basis,
        entity,
        programme,
        year,
        objective,
        priority,
        function_code,
        function_name,
        delivery_status,
        {{ decimal_of('planned_units', 6, 18) }} as planned,
        {{ decimal_of('on_time_units', 6, 18) }} as done_on_time,
        {{ decimal_of('late_units', 6, 18) }} as done_late,
        {{ decimal_of('overdue_units', 6, 18) }} as overdue,
        {{ decimal_of('cancelled_units', 6, 18) }} as cancelled,
        {{ decimal_of('not_due_units', 6, 18) }} as not_due,
        -- of the targets that have fallen due; where none has, there is no rate, and never 100
        {{ decimal_of(exact_div('(on_time_units + late_units) * 100', 'planned_units - not_due_units', 6), 6, 12) }} as delivered_pct,
        {{ decimal_of(exact_div('late_day_units', 'late_units', 6), 6, 18) }} as mean_delay_days,
        {{ decimal_of('done_units', 6, 18) }} as done,
        {{ decimal_of('unplanned_units', 6, 18) }} as unplanned,
        {{ decimal_of('without_target_units', 6, 18) }} as without_target,
        {{ decimal_of('recurring_units', 6, 18) }} as recurring,
        {{ decimal_of('afghanistan_units', 6, 18) }} as with_afghanistan,
        {{ decimal_of('contact_units', 6, 18) }} as good_offices_contacts,
        cast(activities_touching as integer) as activities_touching,
        cast(obligations_due as integer) as obligations_due,
        cast(obligations_met as integer) as obligations_met
    from delivered
)

select * from told
