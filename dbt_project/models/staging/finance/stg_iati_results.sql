with results as (
    select * from {{ ref('raw_iati_results') }}
),

activities as (
    select * from {{ ref('stg_iati_activities') }}
),

renamed as (
    select
        results.iati_identifier,
        activities.entity,
        activities.reporter_role,
        activities.book,
        activities.record_basis,
        results.result_number,
        case results.result_type
            when '1' then 'output'
            when '2' then 'outcome'
            when '3' then 'impact'
            when '9' then 'other'
            else 'UNKNOWN'
        end as result_type,
        results.result_title,
        results.result_can_be_added,
        results.indicator_number,
        case results.indicator_measure
            when '1' then 'unit'
            when '2' then 'percentage'
            when '3' then 'nominal'
            when '4' then 'ordinal'
            when '5' then 'qualitative'
        end as indicator_measure,
        results.indicator_is_ascending,
        results.indicator_title,
        results.indicator_vocabulary,
        results.indicator_code,
        results.period_number,
        results.period_start,
        results.period_end,
        results.figure_kind,
        results.figure_text,
        results.figure,
        -- a baseline is of a year or a day; targets and actuals are of their period
        coalesce(cast(year(results.period_end) as integer), cast(year(results.figure_on) as integer), results.figure_year) as fiscal_year,
        results.figure_locations,
        results.figure_dimensions,
        results._delivery_id,
        results._source_row
    from results
    inner join activities on results.iati_identifier = activities.iati_identifier
)

select * from renamed
