-- Which budgets of an activity are in force, and what is said of those that overlap. Two budgets overlap if they share more than a tenth of the
-- shorter one's days: a day at the end of one period and at the beginning of the next is no overlap.
--
-- 1. Of budgets equal in type, period, value and currency the last in the file counts.
-- 2. Of revised budgets that overlap the later in the file counts; one that a later one took the place of takes nobody's place.
-- 3. An original is replaced when revised budgets cover at least nine tenths of its days together. A revised budget that overlaps an original which
--    is not replaced does not count, and covers nothing.
-- 4. Originals of different values that overlap all count: nothing says which of them is meant.
{% set overlap_passes = 6 %}
{% set cover_passes = 4 %}
{% set shared_days %}least(one.day_after, other.day_after) - greatest(one.first_day, other.first_day){% endset %}
{% set overlapping %}10 * ({{ shared_days }}) > least(one.day_after - one.first_day, other.day_after - other.first_day){% endset %}

with activities as (
    select * from {{ ref('stg_iati_activities') }}
),

-- days as numbers, each period from its first day to the day after its last; of an activity that several files make up, the file that describes it is
-- the last one
numbered as (
    select
        budgets.*,
        budgets.budget_type = '2' as is_revised,
        {{ days_between("date '1900-01-01'", 'budgets.period_start') }} as first_day,
        {{ days_between("date '1900-01-01'", 'greatest(budgets.period_start, budgets.period_end)') }} + 1 as day_after,
        row_number() over (
            partition by budgets.iati_identifier
            order by
                case when budgets._delivery_id = activities._delivery_id then 1 else 0 end, budgets._source_file, budgets._source_row, budgets._delivery_id
        ) as budget_number
    from {{ ref('stg_iati_budgets') }} as budgets
    inner join activities on budgets.iati_identifier = activities.iati_identifier
),

counted_once as (
    select
        *,
        max(budget_number) over (
            partition by iati_identifier, budget_type, period_start, period_end, amount_delivered, currency
        ) as last_equal_number
    from numbered
),

different as (
    select * from counted_once
    where budget_number = last_equal_number
),

revised as (
    select * from different
    where is_revised
),

originals as (
    select * from different
    where not is_revised
),

overlaps_of_revised as (
    select
        one.iati_identifier,
        one.budget_number,
        other.budget_number as later_number
    from revised as one
    inner join revised as other
        on
            one.iati_identifier = other.iati_identifier
            and one.budget_number < other.budget_number
            and {{ overlapping }}
),

-- from the last to the first, since one that does not count takes nobody's place; each pass decides all whose later ones are decided
contested_0 as (
    select
        iati_identifier,
        budget_number,
        cast(null as boolean) as is_standing
    from overlaps_of_revised
    union distinct
    select
        iati_identifier,
        later_number as budget_number,
        cast(null as boolean) as is_standing
    from overlaps_of_revised
),

{% for pass in range(1, overlap_passes + 1) -%}
contested_{{ pass }} as (
    select
        told.iati_identifier,
        told.budget_number,
        coalesce(
            told.is_standing,
            case
                when max(case when later.is_standing then 1 else 0 end) = 1 then false
                when count(meetings.later_number) = count(later.is_standing) then true
            end
        ) as is_standing
    from contested_{{ pass - 1 }} as told
    left join overlaps_of_revised as meetings
        on
            told.iati_identifier = meetings.iati_identifier
            and told.budget_number = meetings.budget_number
    left join contested_{{ pass - 1 }} as later
        on
            meetings.iati_identifier = later.iati_identifier
            and meetings.later_number = later.budget_number
    group by told.iati_identifier, told.budget_number, told.is_standing
),

{% endfor -%}
taken_over as (
    select
        meetings.iati_identifier,
        meetings.budget_number,
        min(meetings.later_number) as later_number
    from overlaps_of_revised as meetings
    inner join contested_{{ overlap_passes }} as later
        on
            meetings.iati_identifier = later.iati_identifier
            and meetings.later_number = later.budget_number
            and later.is_standing
    group by meetings.iati_identifier, meetings.budget_number
),

covering_0 as (
    select revised.*
    from revised
    left join contested_{{ overlap_passes }} as contested
        on
            revised.iati_identifier = contested.iati_identifier
            and revised.budget_number = contested.budget_number
    where contested.budget_number is null or contested.is_standing
),

overlaps_of_originals as (
    select
        one.iati_identifier,
        one.budget_number,
        other.budget_number as revised_number
    from originals as one
    inner join covering_0 as other
        on
            one.iati_identifier = other.iati_identifier
            and {{ overlapping }}
),

{% for pass in range(1, cover_passes + 1) -%}
-- a day that two of them share covers once
new_days_{{ pass }} as (
    select
        iati_identifier,
        day_after,
        greatest(
            first_day,
            coalesce(
                max(day_after) over (
                    partition by iati_identifier
                    order by first_day asc, day_after asc, budget_number asc
                    rows between unbounded preceding and 1 preceding
                ),
                first_day
            )
        ) as first_day
    from covering_{{ pass - 1 }}
),

covered_{{ pass }} as (
    select
        one.iati_identifier,
        one.budget_number,
        10 * sum(greatest({{ shared_days }}, 0)) >= 9 * max(one.day_after - one.first_day) as is_replaced
    from originals as one
    inner join new_days_{{ pass }} as other on one.iati_identifier = other.iati_identifier
    group by one.iati_identifier, one.budget_number
),

refused_{{ pass }} as (
    select
        meetings.iati_identifier,
        meetings.revised_number,
        min(meetings.budget_number) as original_number
    from overlaps_of_originals as meetings
    left join covered_{{ pass }} as covered
        on
            meetings.iati_identifier = covered.iati_identifier
            and meetings.budget_number = covered.budget_number
    where not coalesce(covered.is_replaced, false)
    group by meetings.iati_identifier, meetings.revised_number
),

covering_{{ pass }} as (
    select covering_{{ pass - 1 }}.*
    from covering_{{ pass - 1 }}
    left join refused_{{ pass }} as refused
        on
            covering_{{ pass - 1 }}.iati_identifier = refused.iati_identifier
            and covering_{{ pass - 1 }}.budget_number = refused.revised_number
    where refused.revised_number is null
),

{% endfor -%}
originals_in_force as (
    select originals.*
    from originals
    left join covered_{{ cover_passes }} as covered
        on
            originals.iati_identifier = covered.iati_identifier
            and originals.budget_number = covered.budget_number
    where not coalesce(covered.is_replaced, false)
),

overlaps_in_force as (
    select
        one.iati_identifier,
        one.budget_number,
        min(other.budget_number) as other_number
    from originals_in_force as one
    inner join originals_in_force as other
        on
            one.iati_identifier = other.iati_identifier
            and one.budget_number <> other.budget_number
            and {{ overlapping }}
    group by one.iati_identifier, one.budget_number
),

decided as (
    select
        counted_once.*,
        case
            when counted_once.budget_number <> counted_once.last_equal_number then 'equal'
            when taken_over.later_number is not null then 'later_revision'
            when counted_once.is_revised and refused.original_number is not null then 'original_stands'
            when counted_once.is_revised and covering.budget_number is null then 'later_revision'
            when covered.is_replaced then 'replaced'
        end as left_out_because,
        case
            when counted_once.budget_number <> counted_once.last_equal_number then counted_once.last_equal_number
            when taken_over.later_number is not null then taken_over.later_number
            when counted_once.is_revised then refused.original_number
            else overlaps_in_force.other_number
        end as other_number
    from counted_once
    left join taken_over
        on
            counted_once.iati_identifier = taken_over.iati_identifier
            and counted_once.budget_number = taken_over.budget_number
    left join refused_{{ cover_passes }} as refused
        on
            counted_once.iati_identifier = refused.iati_identifier
            and counted_once.budget_number = refused.revised_number
    left join covering_{{ cover_passes }} as covering
        on
            counted_once.iati_identifier = covering.iati_identifier
            and counted_once.budget_number = covering.budget_number
    left join covered_{{ cover_passes }} as covered
        on
            counted_once.iati_identifier = covered.iati_identifier
            and counted_once.budget_number = covered.budget_number
    left join overlaps_in_force
        on
            counted_once.iati_identifier = overlaps_in_force.iati_identifier
            and counted_once.budget_number = overlaps_in_force.budget_number
),

described as (
    select
        *,
        concat(
            case when is_revised then 'revised ' else 'original ' end,
            cast({{ from_cents('amount_cents') }} as string), ' ', currency,
            ' for ', cast(period_start as string), ' to ', cast(period_end as string)
        ) as description
    from decided
),

budgets as (
    select
        described.book,
        described.record_basis,
        described.iati_identifier,
        described.budget_number,
        described.entity,
        described.entity_delivered,
        described.budget_type,
        described.period_start,
        described.period_end,
        described.fiscal_year,
        described.value_date,
        described.amount_delivered,
        described.amount_cents,
        described.currency,
        described.left_out_because is null as is_in_force,
        described.left_out_because,
        -- what a finding says: this budget and the one that it overlaps
        case
            when described.left_out_because is null and described.other_number is null then null
            when described.left_out_because = 'replaced' then null
            when others.budget_number is null then described.description
            else concat(
                described.description, '; row ', cast(others._source_row as string),
                case when others._source_file = described._source_file then '' else concat(' of ', others._source_file) end,
                ': ', others.description
            )
        end as overlap,
        described._delivery_id,
        described._source_file,
        described._source_row
    from described
    left join described as others
        on
            described.iati_identifier = others.iati_identifier
            and described.other_number = others.budget_number
)

select * from budgets
