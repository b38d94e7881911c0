-- Budgets and expenditures of organisation files in whole cents, converted at their value date, else in the middle of their period, and which of them
-- are in force. Of what an organisation says of one recipient and period, the newest file counts; of that file the committed before the indicative; of
-- lines equal in amount and currency the last. Others of one period all count: nothing says which of them is meant.
{% set same %}budgets.entity, budgets.measure, budgets.vocabulary, budgets.recipient, budgets.period_start, budgets.period_end{% endset %}

with organisations as (
    select
        *,
        dense_rank() over (
            partition by entity
            order by
                coalesce(last_updated, cast('0001-01-01 00:00:00' as timestamp)), coalesce(file_generated, cast('0001-01-01 00:00:00' as timestamp)),
                _source_file, _source_row, _delivery_id
        ) as age_number
    from {{ ref('stg_iati_organisations') }}
),

all_budgets as (
    {%- for name, measure in organisation_measures().items() %}
    select
        '{{ measure }}' as measure,
        book,
        record_basis,
        entity,
        {{ 'vocabulary' if name == 'iati_recipient_region_budgets' else 'cast(null as string)' }} as vocabulary,
        {{ "coalesce(recipient, 'UNKNOWN')" if 'recipient' in name else 'cast(null as string)' }} as recipient,
        {{ 'recipient_name' if 'recipient' in name else 'cast(null as string)' }} as recipient_name,
        {{ "budget_status" if name != 'iati_total_expenditures' else 'cast(null as string)' }} as budget_status,
        period_start,
        period_end,
        fiscal_year as start_year,
        value_date,
        {{ middle_day('period_start', 'period_end') }} as middle_of_period,
        amount_delivered,
        amount_cents,
        currency,
        _activity_row,
        _delivery_id,
        _source_row
    from {{ ref('stg_' ~ name) }}
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

budgets as (
    select
        all_budgets.*,
        organisations.organisation_name,
        organisations.reporter_role,
        organisations.age_number,
        case when all_budgets.budget_status = '2' then 1 else 0 end as is_committed
    from all_budgets
    inner join organisations
        on
            all_budgets._delivery_id = organisations._delivery_id
            and all_budgets._activity_row = organisations._source_row
),

ranked as (
    select
        budgets.*,
        max(budgets.age_number) over (partition by {{ same }}) as newest_number,
        max(budgets.is_committed) over (partition by {{ same }}, budgets.age_number) as has_committed,
        row_number() over (
            partition by {{ same }}, budgets.age_number, budgets.is_committed, budgets.amount_delivered, budgets.currency
            order by budgets._source_row desc
        ) as place_among_equal
    from budgets
),

decided as (
    select
        *,
        case
            when age_number < newest_number then 'newer_file'
            when is_committed < has_committed then 'committed'
            when place_among_equal > 1 then 'equal'
        end as left_out_because
    from ranked
),

epochs as (
    select * from {{ ref('int_reference_epochs') }}
),

splits as (
    select * from {{ ref('int_splits') }}
    where entity = 'UNKNOWN' and subprogrammes = '' and recipients = ''
),

rates as (
    select * from {{ ref('int_rates_used') }}
    where rate_scope = '*' and date_from = date_to
),

converted as (
    select
        decided.measure,
        decided.book,
        decided.record_basis,
        decided.entity,
        decided.organisation_name,
        decided.reporter_role,
        decided.vocabulary,
        decided.recipient,
        decided.recipient_name,
        decided.budget_status,
        decided.period_start,
        decided.period_end,
        decided.start_year,
        cast(year(decided.period_end) as integer) as fiscal_year,
        case when year(decided.period_end) = year(decided.period_start) then 'year' else 'multi_year' end as period_type,
        decided.amount_cents,
        decided.currency,
        {{ usd_cents('decided', 'amount_cents') }} as amount_usd_cents,
        {{ rate_used('decided', 'amount_cents', 'middle_of_period') }},
        decided.left_out_because is null as is_in_force,
        decided.left_out_because is null and decided.measure in ('budget', 'expenditure') as is_counted,
        decided.left_out_because,
        splits.split_id,
        epochs.epoch,
        decided._delivery_id,
        decided._source_row
    from decided
    left join epochs on decided.middle_of_period = epochs.day
    left join splits
        on
            decided.middle_of_period >= splits.valid_from
            and decided.middle_of_period < splits.valid_to
    left join rates
        on
            decided.currency = rates.currency
            and coalesce(decided.value_date, decided.middle_of_period) = rates.date_from
)

select * from converted
