{#- What names a figure that is compared. -#}
{% set named_by = ['table_name', 'row_key', 'column_name', 'book', 'record_basis', 'entity', 'fiscal_year', 'measure'] %}

with released as (
    select * from {{ ref('int_released_figures') }}
),

previous as (
    select * from {{ ref('stg_previous_figures') }}
),

run_parameters as (
    select * from {{ source('landing', 'run_parameters') }}
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

-- What stands now where a delivery stood before: itself, or what came to the same path.
standing as (
    select distinct
        source,
        source_file,
        delivery_id
    from {{ ref('audit_deliveries') }}
    where status = 'loaded'
),

heirs as (
    select
        known.delivery_id,
        max(standing.delivery_id) as heir_id
    from {{ ref('audit_deliveries') }} as known
    inner join standing
        on
            known.source = standing.source
            and known.source_file = standing.source_file
    group by known.delivery_id
),

-- Quarantined rows by delivery, year and measure, each unknown where its cell could not be read.
kept_out as (
    select
        delivery_id,
        fiscal_year,
        concat(measure, '_usd') as measure,
        cast(sum(rows_quarantined) as bigint) as rows_quarantined
    from {{ source('landing', 'delivered_amounts') }}
    where rows_quarantined > 0
    group by delivery_id, fiscal_year, concat(measure, '_usd')
),

-- Without a release before this one, nothing was restated.
sides as (
    select
        {{ named_by | join(', ') }},
        delivery_id,
        cast(0 as bigint) as records_before,
        record_count as records_after,
        cast(null as decimal(34, 6)) as figure_before,
        figure as figure_after
    from released
    where exists (select 1 from previous)
    union all
    select
        {{ named_by | join(', ') }},
        delivery_id,
        record_count as records_before,
        cast(0 as bigint) as records_after,
        figure as figure_before,
        cast(null as decimal(34, 6)) as figure_after
    from previous
),

by_delivery as (
    select
        {{ named_by | join(', ') }},
        delivery_id,
        cast(sum(records_before) as bigint) as records_before,
        cast(sum(records_after) as bigint) as records_after,
        cast(sum(figure_before) as decimal(34, 6)) as figure_before,
        cast(sum(figure_after) as decimal(34, 6)) as figure_after
    from sides
    group by all
),

-- A delivery's identifier is that of its content. One that stands on both sides has changed nothing; then rates, code lists, code or the day did.
compared as (
    select
        {{ named_by | join(', ') }},
        cast(sum(records_before) as bigint) as records_before,
        cast(sum(records_after) as bigint) as records_after,
        cast(sum(figure_before) as decimal(34, 6)) as figure_before,
        cast(sum(figure_after) as decimal(34, 6)) as figure_after,
        coalesce(
            max(case when records_before = 0 then delivery_id end),
            max(case when records_after = 0 then delivery_id end),
            max(case when records_after < records_before then delivery_id end)
        ) as delivery_id,
        max(case when records_after < records_before then delivery_id end) as losing_delivery_id
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

-- Records that are missing were quarantined where what stands in the place of their delivery has quarantined rows that may be they; else they were
-- withdrawn. Either way what stands there now is named.
missing as (
    select distinct
        {{ of('differing', named_by) }},
        differing.losing_delivery_id,
        coalesce(heirs.heir_id, differing.losing_delivery_id) as named_delivery_id,
        max(case when kept_out.delivery_id is not null then 1 else 0 end) over (
            partition by differing.losing_delivery_id, differing.table_name, differing.fiscal_year, differing.measure
        ) as is_kept_out
    from differing
    left join heirs on differing.losing_delivery_id = heirs.delivery_id
    left join kept_out
        on
            heirs.heir_id = kept_out.delivery_id
            and (kept_out.fiscal_year is null or differing.fiscal_year is null or differing.fiscal_year = kept_out.fiscal_year)
            and (kept_out.measure is null or differing.table_name not in ('fct_spending', 'fct_allocations') or differing.measure = kept_out.measure)
    where differing.records_after < differing.records_before and differing.losing_delivery_id is not null
),

caused as (
    select
        differing.*,
        missing.named_delivery_id,
        case when missing.is_kept_out = 1 then 'quarantined' when missing.is_kept_out = 0 then 'withdrawn' end as loss
    from differing
    left join missing
        on
            differing.table_name = missing.table_name
            and differing.row_key = missing.row_key
            and differing.column_name = missing.column_name
            and differing.book is not distinct from missing.book
            and differing.record_basis is not distinct from missing.record_basis
            and differing.entity is not distinct from missing.entity
            and differing.fiscal_year is not distinct from missing.fiscal_year
            and differing.measure is not distinct from missing.measure
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

-- What counts over several years (projects that run, budgets of several years, statements and indicators that look back) changes with records of other years.
causes_of_years as (
    select
        record_basis,
        entity,
        min(delivery_id) as delivery_id,
        count(distinct delivery_id) as deliveries
    from differing
    where delivery_id is not null
    group by record_basis, entity
),

against_release as (
    select
        'previous_release' as comparison,
        run_parameters.previous_release_id as compared_with,
        caused.table_name,
        caused.row_key,
        caused.column_name,
        case when caused.records_before = 0 then 'added' when caused.records_after = 0 then 'removed' else 'changed' end as change,
        caused.book,
        caused.record_basis,
        caused.entity,
        caused.fiscal_year,
        caused.measure,
        caused.records_before,
        caused.records_after,
        caused.figure_before,
        caused.figure_after,
        case
            when caused.loss is not null then caused.loss
            when caused.delivery_id is not null then 'delivery'
            when coalesce(causes.deliveries, causes_of_years.deliveries) = 1 then 'delivery'
            when coalesce(causes.deliveries, causes_of_years.deliveries) > 1 then 'several_deliveries'
            else 'no_delivery'
        end as cause,
        coalesce(
            caused.named_delivery_id,
            caused.delivery_id,
            case when causes.deliveries = 1 then causes.delivery_id end,
            case when causes.deliveries is null and causes_of_years.deliveries = 1 then causes_of_years.delivery_id end
        ) as delivery_id
    from caused
    cross join run_parameters
    left join causes
        on
            caused.book = causes.book
            and caused.record_basis = causes.record_basis
            and caused.entity = causes.entity
            and caused.fiscal_year = causes.fiscal_year
            and caused.table_name in ('shares_by_subprogramme', 'shares_by_region', 'indicators', 'published_figure_checks')
    left join causes_of_years
        on
            caused.record_basis = causes_of_years.record_basis
            and caused.entity = causes_of_years.entity
            and (
                caused.table_name in ('indicators', 'published_figure_checks')
                or (
                    caused.table_name in ('shares_by_subprogramme', 'shares_by_region')
                    and caused.measure in ('active_project_count', 'project_count', 'budget_usd')
                )
            )
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
        cast(sum(amount) as decimal(34, 6)) as figure,
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
        {{ decimal_of(wide_sum('quantity_units'), 6, 34) }} as figure,
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
        cast(coalesce(restated.figure_after, 0) - coalesce(restated.figure_before, 0) as decimal(34, 6)) as difference,
        restated.cause,
        restated.delivery_id,
        deliveries.source_file
    from restated
    left join deliveries on restated.delivery_id = deliveries.delivery_id
)

select * from restatements
