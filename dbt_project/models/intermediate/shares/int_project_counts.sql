-- Projects as records of their own: one row per project, year and measure, pointing at the project's split in the middle of the period.
-- `project_count` counts projects with spending in the year, `active_project_count` those running in it, `budget_usd` their approved budgets
-- (in the year of the project if it has only one, else as `multi_year` in the year in which it ends: nobody divided the budget among years).
with project_splits as (
    select * from {{ ref('int_project_splits') }}
),

numbers as (
    select distinct
        project_id,
        first_number
    from project_splits
),

projects as (
    select
        projects.*,
        numbers.first_number
    from {{ ref('stg_trust_fund_projects') }} as projects
    inner join numbers on projects.project_id = numbers.project_id
),

rates as (
    select * from {{ ref('int_rates_used') }}
    where date_from = date_to
),

epochs as (
    select * from {{ ref('int_reference_epochs') }}
),

run_parameters as (
    select * from {{ ref('stg_run_parameters') }}
),

years as (
    select
        cast(year(day) as integer) as fiscal_year,
        day as middle_of_year,
        epoch
    from epochs
    where month(day) = 7 and day(day) = 1
),

-- projects that nobody described spend all the same
spending_projects as (
    select distinct
        spending_years.book,
        spending_years.record_basis,
        project_splits.first_number,
        spending_years.fiscal_year
    from {{ ref('int_project_spending_years') }} as spending_years
    inner join project_splits on spending_years.project_number = project_splits.project_number
),

counted as (
    select
        spending_projects.book,
        spending_projects.record_basis,
        spending_projects.first_number,
        spending_projects.fiscal_year,
        'year' as period_type,
        'project_count' as measure,
        'projects' as unit,
        years.middle_of_year as reference_day,
        years.epoch,
        cast(1000000 as bigint) as value_units
    from spending_projects
    inner join years on spending_projects.fiscal_year = years.fiscal_year
    union all
    select
        projects.book,
        projects.record_basis,
        projects.first_number,
        years.fiscal_year,
        'year' as period_type,
        'active_project_count' as measure,
        'projects' as unit,
        years.middle_of_year as reference_day,
        years.epoch,
        cast(1000000 as bigint) as value_units
    from projects
    cross join run_parameters
    inner join years
        on
            years.fiscal_year >= year(projects.start_date)
            and years.fiscal_year <= year(coalesce(projects.end_date, run_parameters.as_of))
            and years.fiscal_year <= year(run_parameters.as_of)
    where projects.status not in ('pipeline', 'cancelled')
    union all
    select
        budgets.book,
        budgets.record_basis,
        budgets.first_number,
        cast(year(budgets.last_day) as integer) as fiscal_year,
        case when year(budgets.last_day) = year(budgets.start_date) then 'year' else 'multi_year' end as period_type,
        'budget_usd' as measure,
        'USD' as unit,
        budgets.middle_of_budget as reference_day,
        epochs.epoch,
        {{ usd_cents('budgets', 'budget_cents') }} as value_units
    from (
        select
            projects.*,
            coalesce(projects.end_date, projects.start_date) as last_day,
            {{ middle_day('projects.start_date', 'coalesce(projects.end_date, projects.start_date)') }} as middle_of_budget,
            coalesce(scopes.rate_scope, '*') as rate_scope
        from projects
        left join (select distinct entity as rate_scope from {{ ref('rate_order') }}) as scopes on projects.entity = scopes.rate_scope
        where projects.budget_cents is not null
    ) as budgets
    left join rates
        on
            budgets.rate_scope = rates.rate_scope
            and budgets.currency = rates.currency
            and budgets.middle_of_budget = rates.date_from
    left join epochs on budgets.middle_of_budget = epochs.day
),

-- added up by number, and only then told in words
added as (
    select
        counted.book,
        counted.record_basis,
        counted.fiscal_year,
        counted.period_type,
        counted.measure,
        counted.unit,
        counted.epoch,
        project_splits.like_number,
        {{ wide_sum('counted.value_units') }} as value_units,
        count(*) as record_count,
        count(*) - count(counted.value_units) as unconverted_rows
    from counted
    inner join project_splits
        on
            counted.first_number = project_splits.first_number
            and counted.reference_day >= project_splits.valid_from
            and counted.reference_day < project_splits.valid_to
    group by
        counted.book, counted.record_basis, counted.fiscal_year, counted.period_type, counted.measure, counted.unit, counted.epoch,
        project_splits.like_number
),

placed as (
    select
        added.book,
        project_splits.entity,
        'primary' as reporter_role,
        added.fiscal_year,
        added.period_type,
        added.record_basis,
        added.measure,
        added.unit,
        project_splits.funding_source,
        project_splits.project_scope,
        project_splits.priority_area,
        'project' as activity_type,
        project_splits.gender_marker,
        project_splits.donors,
        project_splits.sdg_targets,
        project_splits.split_id,
        added.epoch,
        added.value_units,
        added.record_count,
        added.unconverted_rows
    from added
    inner join project_splits on added.like_number = project_splits.project_number
),

-- activities of IATI, counted the same way
iati_placed as (
    select
        attributes.book,
        attributes.entity,
        attributes.reporter_role,
        counts.fiscal_year,
        counts.period_type,
        attributes.record_basis,
        counts.measure,
        counts.unit,
        attributes.funding_source,
        attributes.project_scope,
        'UNALLOCATED' as priority_area,
        'project' as activity_type,
        attributes.gender_marker,
        attributes.donors,
        attributes.sdg_targets,
        splits.split_id,
        splits.epoch,
        {{ wide_sum('counts.value_units') }} as value_units,
        count(*) as record_count,
        count(*) - count(counts.value_units) as unconverted_rows
    from {{ ref('int_iati_counts') }} as counts
    inner join {{ ref('int_iati_attributes') }} as attributes on counts.iati_identifier = attributes.iati_identifier
    inner join {{ ref('int_iati_splits') }} as splits
        on
            counts.iati_identifier = splits.iati_identifier
            and counts.reference_day = splits.day
            and splits.transaction_number = 0
    group by all
),

all_placed as (
    select * from placed
    union all
    select * from iati_placed
)

select * from all_placed
