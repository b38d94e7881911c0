-- Projects as records of their own: one row per project, year and measure, pointing at the project's split in the middle of the period.
-- `project_count` counts projects with spending in the year, `active_project_count` those running in it, `budget_usd` their approved budgets
-- (in the year of the project if it has only one, else as `multi_year` in the year in which it ends: nobody divided the budget among years).
with projects as (
    select * from {{ ref('stg_trust_fund_projects') }}
),

project_splits as (
    select * from {{ ref('int_project_splits') }}
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
    select distinct
        cast(year(day) as integer) as fiscal_year,
        cast(concat(cast(year(day) as string), '-07-01') as date) as middle_of_year
    from epochs
),

spending_projects as (
    select distinct
        book,
        record_basis,
        project_id,
        fiscal_year
    from {{ ref('int_transactions') }}
    where transaction_type in ('disbursement', 'expenditure')
),

counted as (
    select
        book,
        record_basis,
        project_id,
        fiscal_year,
        'year' as period_type,
        'project_count' as measure,
        'projects' as unit,
        cast(concat(cast(fiscal_year as string), '-07-01') as date) as reference_day,
        cast(1000000 as bigint) as value_units
    from spending_projects
    union all
    select
        projects.book,
        projects.record_basis,
        projects.project_id,
        years.fiscal_year,
        'year' as period_type,
        'active_project_count' as measure,
        'projects' as unit,
        years.middle_of_year as reference_day,
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
        book,
        record_basis,
        project_id,
        cast(year(coalesce(end_date, start_date)) as integer) as fiscal_year,
        case when year(coalesce(end_date, start_date)) = year(start_date) then 'year' else 'multi_year' end as period_type,
        'budget_usd' as measure,
        'USD' as unit,
        {{ middle_day('start_date', 'coalesce(end_date, start_date)') }} as reference_day,
        budget_cents as value_units
    from projects
    where budget_cents is not null
),

placed as (
    select
        counted.book,
        coalesce(project_splits.entity, 'UNKNOWN') as entity,
        'primary' as reporter_role,
        counted.fiscal_year,
        counted.period_type,
        counted.record_basis,
        counted.measure,
        counted.unit,
        coalesce(project_splits.funding_source, 'unspecified') as funding_source,
        coalesce(project_splits.project_scope, 'UNALLOCATED') as project_scope,
        coalesce(project_splits.priority_area, 'UNALLOCATED') as priority_area,
        'project' as activity_type,
        coalesce(project_splits.gender_marker, 'UNMARKED') as gender_marker,
        counted.project_id,
        project_splits.donors,
        project_splits.sdg_targets,
        coalesce(project_splits.split_id, unknown_split.split_id) as split_id,
        coalesce(project_splits.split_set_id, unknown_split.split_set_id) as split_set_id,
        epochs.epoch,
        case
            when counted.measure <> 'budget_usd' then counted.value_units
            else {{ exact_mul(
                'counted.value_units',
                "(case when projects.currency = 'USD' then 1000000000000 else rates.rate_units end)"
            ) }}
        end as value_units
    from counted
    left join projects on counted.project_id = projects.project_id
    left join project_splits
        on
            counted.project_id = project_splits.project_id
            and counted.reference_day >= project_splits.valid_from
            and counted.reference_day < project_splits.valid_to
    left join {{ ref('int_splits') }} as unknown_split
        on
            project_splits.project_id is null
            and unknown_split.entity = 'UNKNOWN'
            and unknown_split.subprogrammes = ''
            and unknown_split.recipients = ''
    left join rates
        on
            coalesce(project_splits.rate_scope, '*') = rates.rate_scope
            and projects.currency = rates.currency
            and counted.reference_day = rates.date_from
    left join epochs on counted.reference_day = epochs.day
)

select * from placed
