-- Activities as records of their own, as in int_project_counts: those with spending in a year, those running in it, and their budgets in force.
with transactions as (
    select * from {{ ref('stg_iati_transactions') }}
),

internal_transfers as (
    select * from {{ ref('int_iati_internal_transfers') }}
),

activities as (
    select * from {{ ref('stg_iati_activities') }}
),

budgets as (
    select
        budgets.*,
        {{ middle_day('budgets.period_start', 'budgets.period_end') }} as middle_of_budget
    from {{ ref('int_iati_budgets') }} as budgets
    left join {{ ref('int_iati_repeated_budgets') }} as repeated
        on
            budgets.iati_identifier = repeated.iati_identifier
            and budgets.budget_number = repeated.budget_number
    where budgets.is_in_force and budgets.amount_cents is not null and budgets.period_start is not null and repeated.budget_number is null
),

rates as (
    select * from {{ ref('int_rates_used') }}
    where rate_scope = '*' and date_from = date_to
),

run_parameters as (
    select * from {{ ref('stg_run_parameters') }}
),

years as (
    select
        cast(year(day) as integer) as fiscal_year,
        day as middle_of_year
    from {{ ref('int_reference_epochs') }}
    where month(day) = 7 and day(day) = 1
),

spending_activities as (
    select distinct
        transactions.iati_identifier,
        transactions.fiscal_year
    from transactions
    inner join activities on transactions.iati_identifier = activities.iati_identifier
    left join internal_transfers
        on
            transactions.iati_identifier = internal_transfers.iati_identifier
            and transactions.transaction_number = internal_transfers.transaction_number
    where
        {{ is_spending('transactions.transaction_type') }}
        and internal_transfers.reason is null
        and {{ is_technical_cooperation(iati_technical_cooperation('transactions', 'activities')) }}
),

counts as (
    select
        spending_activities.iati_identifier,
        spending_activities.fiscal_year,
        'year' as period_type,
        'project_count' as measure,
        'projects' as unit,
        years.middle_of_year as reference_day,
        cast(1000000 as bigint) as value_units
    from spending_activities
    inner join years on spending_activities.fiscal_year = years.fiscal_year
    union all
    select
        activities.iati_identifier,
        years.fiscal_year,
        'year' as period_type,
        'active_project_count' as measure,
        'projects' as unit,
        years.middle_of_year as reference_day,
        cast(1000000 as bigint) as value_units
    from activities
    cross join run_parameters
    inner join years
        on
            years.fiscal_year >= year(activities.start_date)
            and years.fiscal_year <= year(coalesce(activities.end_date, run_parameters.as_of))
            and years.fiscal_year <= year(run_parameters.as_of)
    -- 1 is in the pipeline, 5 cancelled
    where
        coalesce(activities.activity_status, '2') not in ('1', '5')
        and activities.is_counted_hierarchy
        and {{ is_technical_cooperation('activities.technical_cooperation') }}
    union all
    select
        budgets.iati_identifier,
        cast(year(budgets.period_end) as integer) as fiscal_year,
        case when year(budgets.period_end) = year(budgets.period_start) then 'year' else 'multi_year' end as period_type,
        'budget_usd' as measure,
        'USD' as unit,
        budgets.middle_of_budget as reference_day,
        {{ usd_cents('budgets', 'amount_cents') }} as value_units
    from budgets
    inner join activities on budgets.iati_identifier = activities.iati_identifier and activities.is_counted_hierarchy
    left join rates
        on
            budgets.currency = rates.currency
            and coalesce(budgets.value_date, budgets.middle_of_budget) = rates.date_from
    where {{ is_technical_cooperation('activities.technical_cooperation') }}
)

select * from counts
