-- A target and an actual of one period belong together if they are of the same places and dimensions; of several such ones the n-th with the n-th.
with figures as (
    select
        *,
        coalesce(figure_locations, '') as places_of_figure,
        coalesce(figure_dimensions, '') as dimensions_of_figure,
        row_number() over (
            partition by iati_identifier, result_number, indicator_number, period_number, figure_kind, figure_locations, figure_dimensions
            order by _source_row
        ) as figure_number
    from {{ ref('stg_iati_results') }}
    where indicator_number is not null
),

-- only where one baseline is of the same places and dimensions is it told which one is meant
baselines as (
    select
        iati_identifier,
        result_number,
        indicator_number,
        places_of_figure,
        dimensions_of_figure,
        max(figure) as baseline,
        max(figure_text) as baseline_text,
        max(fiscal_year) as baseline_year
    from figures
    where figure_kind = 'baseline'
    group by iati_identifier, result_number, indicator_number, places_of_figure, dimensions_of_figure
    having count(*) = 1
),

periods as (
    select
        iati_identifier,
        entity,
        reporter_role,
        book,
        record_basis,
        result_number,
        result_type,
        result_title,
        indicator_number,
        indicator_title,
        indicator_vocabulary,
        indicator_code,
        indicator_measure,
        indicator_is_ascending,
        period_number,
        period_start,
        period_end,
        fiscal_year,
        figure_number,
        places_of_figure,
        dimensions_of_figure,
        max(case when figure_kind = 'target' then figure end) as target,
        max(case when figure_kind = 'target' then figure_text end) as target_text,
        max(case when figure_kind = 'actual' then figure end) as actual,
        max(case when figure_kind = 'actual' then figure_text end) as actual_text,
        max(_delivery_id) as _delivery_id,
        min(_source_row) as _source_row
    from figures
    where period_number is not null
    group by
        iati_identifier, entity, reporter_role, book, record_basis, result_number, result_type, result_title, indicator_number, indicator_title,
        indicator_vocabulary, indicator_code, indicator_measure, indicator_is_ascending, period_number, period_start, period_end, fiscal_year,
        figure_number, places_of_figure, dimensions_of_figure
),

results as (
    select
        periods.book,
        periods.record_basis,
        periods.entity,
        periods.reporter_role,
        periods.iati_identifier,
        cast(periods.result_number as bigint) as result_number,
        periods.result_type,
        periods.result_title,
        cast(periods.indicator_number as bigint) as indicator_number,
        periods.indicator_title,
        periods.indicator_vocabulary,
        periods.indicator_code,
        periods.indicator_measure,
        case periods.indicator_measure
            when 'unit' then 'units'
            when 'percentage' then 'per cent'
        end as unit,
        periods.indicator_is_ascending,
        cast(periods.period_number as bigint) as period_number,
        periods.period_start,
        periods.period_end,
        periods.fiscal_year,
        nullif(periods.places_of_figure, '') as figure_locations,
        nullif(periods.dimensions_of_figure, '') as figure_dimensions,
        cast(periods.figure_number as bigint) as figure_number,
        baselines.baseline,
        baselines.baseline_text,
        baselines.baseline_year,
        periods.target,
        periods.target_text,
        periods.actual,
        periods.actual_text,
        periods._delivery_id,
        periods._source_row
    from periods
    left join baselines
        on
            periods.iati_identifier = baselines.iati_identifier
            and periods.result_number = baselines.result_number
            and periods.indicator_number = baselines.indicator_number
            and periods.places_of_figure = baselines.places_of_figure
            and periods.dimensions_of_figure = baselines.dimensions_of_figure
)

select * from results
