with released as (
    select * from {{ ref('int_released_figures') }}
),

previous as (
    select * from {{ ref('stg_previous_figures') }}
),

run_parameters as (
    select * from {{ ref('stg_run_parameters') }}
),

allocations as (
    select * from {{ ref('fct_allocations') }}
),

deliverables as (
    select * from {{ ref('stg_deliverables') }}
),

deliveries as (
    select
        delivery_id,
        max(source_file) as source_file
    from {{ ref('audit_deliveries') }}
    group by delivery_id
),

-- Without a release before this one, nothing was restated.
sides as (
    select
        table_name,
        row_key,
        column_name,
        book,
        record_basis,
        entity,
        fiscal_year,
        measure,
        delivery_id,
        cast(0 as bigint) as records_before,
        record_count as records_after,
        cast(null as decimal(24, 6)) as figure_before,
        figure as figure_after
    from released
    where exists (select 1 from previous)
    union all
    select
        table_name,
        row_key,
        column_name,
        book,
        record_basis,
        entity,
        fiscal_year,
        measure,
        delivery_id,
        record_count as records_before,
        cast(0 as bigint) as records_after,
        figure as figure_before,
        cast(null as decimal(24, 6)) as figure_after
    from previous
),

by_delivery as (
    select
        table_name,
        row_key,
        column_name,
        book,
        record_basis,
        entity,
        fiscal_year,
        measure,
        delivery_id,
        cast(sum(records_before) as bigint) as records_before,
        cast(sum(records_after) as bigint) as records_after,
        cast(sum(figure_before) as decimal(24, 6)) as figure_before,
        cast(sum(figure_after) as decimal(24, 6)) as figure_after
    from sides
    group by all
),

-- A delivery's identifier is that of its content. One that stands on both sides has changed nothing; then rates, code lists, code or the day did.
compared as (
    select
        table_name,
        row_key,
        column_name,
        book,
        record_basis,
        entity,
        fiscal_year,
        measure,
        cast(sum(records_before) as bigint) as records_before,
        cast(sum(records_after) as bigint) as records_after,
        cast(sum(figure_before) as decimal(24, 6)) as figure_before,
        cast(sum(figure_after) as decimal(24, 6)) as figure_after,
        coalesce(
            max(case when records_before = 0 then delivery_id end),
            max(case when records_after = 0 then delivery_id end)
        ) as delivery_id
    from by_delivery
    group by all
),

differing as (
    select *
    from compared
    where
        records_before <> records_after
        or coalesce(figure_before, -1) <> coalesce(figure_after, -1)
        or (figure_before is null) <> (figure_after is null)
),

-- Shares and indicators come from no delivery of their own: those that changed the records of the same book, entity and year are behind them.
causes as (
    select
        book,
        record_basis,
        entity,
        fiscal_year,
        min(delivery_id) as delivery_id,
        count(distinct delivery_id) as deliveries
    from differing
    where delivery_id is not null
    group by book, record_basis, entity, fiscal_year
),

against_release as (
    select
        'previous_release' as comparison,
        run_parameters.previous_release_id as compared_with,
        differing.table_name,
        differing.row_key,
        differing.column_name,
        case when differing.records_before = 0 then 'added' when differing.records_after = 0 then 'removed' else 'changed' end as change,
        differing.book,
        differing.record_basis,
        differing.entity,
        differing.fiscal_year,
        differing.measure,
        differing.records_before,
        differing.records_after,
        differing.figure_before,
        differing.figure_after,
        case
            when differing.delivery_id is not null or causes.deliveries = 1 then 'delivery'
            when causes.deliveries > 1 then 'several_deliveries'
            else 'no_delivery'
        end as cause,
        coalesce(differing.delivery_id, case when causes.deliveries = 1 then causes.delivery_id end) as delivery_id
    from differing
    cross join run_parameters
    left join causes
        on
            differing.book = causes.book
            and differing.record_basis = causes.record_basis
            and differing.entity = causes.entity
            and differing.fiscal_year = causes.fiscal_year
            and differing.table_name in ('shares_by_subprogramme', 'shares_by_region', 'indicators', 'published_figure_checks')
),

editions as (
    select
        'fct_allocations' as table_name,
        concat_ws(
            ', ',
            concat('period_type=', period_type),
            concat('budget_component=', budget_component),
            case when subprogramme is not null then concat('subprogramme=', subprogramme) end,
            concat('funding_source=', funding_source),
            case when fund_code is not null then concat('fund_code=', fund_code) end,
            concat('measure=', measure),
            concat('currency=', currency)
        ) as row_key,
        'amount' as column_name,
        book,
        record_basis,
        entity,
        fiscal_year,
        concat(measure, '_usd') as measure,
        as_of,
        count(*) as record_count,
        cast(sum(amount) as decimal(24, 6)) as figure,
        max(_delivery_id) as delivery_id
    from allocations
    -- an edition dated after the day that the release speaks for restates nothing yet
    where as_of <= (select max(run_parameters.as_of) from run_parameters)
    group by all
    union all
    select
        'fct_deliverables' as table_name,
        concat_ws(
            ', ',
            concat('period_type=', period_type),
            case when subprogramme is not null then concat('subprogramme=', subprogramme) end,
            concat('deliverable=', deliverable),
            concat('status=', status),
            concat('unit=', unit)
        ) as row_key,
        'quantity' as column_name,
        book,
        record_basis,
        entity,
        fiscal_year,
        concat(status, '_', deliverable) as measure,
        as_of,
        count(*) as record_count,
        {{ decimal_of('cast(sum(quantity_units) as bigint)', 6, 24) }} as figure,
        max(_delivery_id) as delivery_id
    from deliverables
    where as_of <= (select max(run_parameters.as_of) from run_parameters)
    group by all
),

succeeding as (
    select
        *,
        lag(as_of) over (partition by table_name, row_key, book, record_basis, entity, fiscal_year, measure order by as_of) as as_of_before,
        lag(record_count) over (partition by table_name, row_key, book, record_basis, entity, fiscal_year, measure order by as_of) as records_before,
        lag(figure) over (partition by table_name, row_key, book, record_basis, entity, fiscal_year, measure order by as_of) as figure_before
    from editions
),

against_edition as (
    select
        'earlier_edition' as comparison,
        cast(as_of_before as string) as compared_with,
        table_name,
        row_key,
        column_name,
        'changed' as change,
        book,
        record_basis,
        entity,
        fiscal_year,
        measure,
        cast(records_before as bigint) as records_before,
        cast(record_count as bigint) as records_after,
        figure_before,
        figure as figure_after,
        'delivery' as cause,
        delivery_id
    from succeeding
    where figure <> figure_before
),

restated as (
    select * from against_release
    union all
    select * from against_edition
),

restatements as (
    select
        restated.comparison,
        restated.compared_with,
        restated.table_name,
        restated.row_key,
        restated.column_name,
        restated.change,
        restated.book,
        restated.record_basis,
        restated.entity,
        restated.fiscal_year,
        restated.measure,
        restated.records_before,
        restated.records_after,
        restated.figure_before,
        restated.figure_after,
        cast(coalesce(restated.figure_after, 0) - coalesce(restated.figure_before, 0) as decimal(24, 6)) as difference,
        restated.cause,
        restated.delivery_id,
        deliveries.source_file
    from restated
    left join deliveries on restated.delivery_id = deliveries.delivery_id
)

select * from restatements
