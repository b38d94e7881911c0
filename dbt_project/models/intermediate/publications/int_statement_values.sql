-- What each book, record basis and period type holds for each statement: the part it speaks of, the total it may divide by, per role of period.
with statements as (
    select * from {{ ref('int_statements') }}
    where is_testable
),

statement_measures as (
    select * from {{ ref('int_statement_measures') }}
),

statement_periods as (
    select * from {{ ref('int_statement_periods') }}
),

recipient_regions as (
    select * from {{ ref('int_recipient_regions') }}
),

funding_sources as (
    select * from {{ ref('funding_sources') }}
),

placed as (
    select
        statements.figure_id,
        statement_measures.measure,
        statement_measures.is_own_measure,
        statement_periods.period_role,
        measure_values.book,
        measure_values.record_basis,
        measure_values.period_type,
        measure_values.fiscal_year,
        measure_values.unit,
        statement_periods.months,
        statement_periods.months_needed,
        measure_values.value_units,
        {{ is_money_of('statements.funding_source', 'funding_sources') }}
        and {{ is_part_stated('measure_values', 'recipient_regions', 'funding_sources', with_attributes=false) }} as is_part,
        {{ is_money_of('coalesce(statements.denominator, statements.funding_source)', 'funding_sources') }} as is_total
    from {{ ref('int_measure_values') }} as measure_values
    inner join statements on measure_values.entity = statements.entity_read
    inner join statement_measures
        on
            statements.figure_id = statement_measures.figure_id
            and measure_values.measure = statement_measures.measure
    inner join statement_periods
        on
            statements.figure_id = statement_periods.figure_id
            and measure_values.fiscal_year = statement_periods.fiscal_year
            and measure_values.period_type = statement_periods.period_type
    left join funding_sources on measure_values.funding_source = funding_sources.funding_source
    left join recipient_regions
        on
            measure_values.recipient = recipient_regions.recipient
            and measure_values.epoch = recipient_regions.epoch
            and statements.region_scheme = recipient_regions.region_scheme
            and statements.dimension_code = recipient_regions.region
    where measure_values.reporter_role = 'primary'
),

attributed as (
    select
        statements.figure_id,
        statement_measures.measure,
        statement_measures.is_own_measure,
        statement_periods.period_role,
        measure_attributes.book,
        measure_attributes.record_basis,
        measure_attributes.period_type,
        measure_attributes.fiscal_year,
        measure_attributes.unit,
        statement_periods.months,
        statement_periods.months_needed,
        measure_attributes.value_units,
        {{ is_money_of('statements.funding_source', 'funding_sources') }}
        and case statements.dimension_scheme
            when 'priority_area' then measure_attributes.priority_area = statements.dimension_code
            else measure_attributes.activity_type = statements.dimension_code
        end as is_part,
        -- the total is already there, from the first hub
        false as is_total
    from {{ ref('int_measure_attributes') }} as measure_attributes
    inner join statements
        on
            measure_attributes.entity = statements.entity_read
            and statements.dimension_scheme in ('priority_area', 'activity_type')
    inner join statement_measures
        on
            statements.figure_id = statement_measures.figure_id
            and measure_attributes.measure = statement_measures.measure
    inner join statement_periods
        on
            statements.figure_id = statement_periods.figure_id
            and measure_attributes.fiscal_year = statement_periods.fiscal_year
            and measure_attributes.period_type = statement_periods.period_type
    left join funding_sources on measure_attributes.funding_source = funding_sources.funding_source
    where measure_attributes.reporter_role = 'primary'
),

held as (
    select * from placed
    union all
    select * from attributed
),

by_year as (
    select
        figure_id,
        measure,
        is_own_measure,
        period_role,
        book,
        record_basis,
        period_type,
        fiscal_year,
        max(months) as months,
        max(months_needed) as months_needed,
        min(case when is_part or is_total then unit end) as unit,
        max(case when is_part or is_total then unit end) as other_unit,
        {{ wide_sum('case when is_part then value_units end') }} as part_units,
        {{ wide_sum('case when is_total then value_units end') }} as total_units,
        count(case when is_part then 1 end) as parts,
        count(case when is_part or is_total then 1 end) as rows_in_period
    from held
    group by figure_id, measure, is_own_measure, period_role, book, record_basis, period_type, fiscal_year
),

summed as (
    select
        figure_id,
        measure,
        is_own_measure,
        period_role,
        book,
        record_basis,
        period_type,
        min(unit) as unit,
        {{ wide_sum('part_units') }} as part_units,
        {{ wide_sum('total_units') }} as total_units,
        count(case when rows_in_period > 0 then 1 end) as period_count
    from by_year
    group by figure_id, measure, is_own_measure, period_role, book, record_basis, period_type
    -- a sum that lacks a year, mixes units or has nothing of the part says nothing about the statement
    having
        sum(case when rows_in_period > 0 then months else 0 end) = max(months_needed)
        and min(unit) = max(other_unit)
        and sum(parts) > 0
)

select * from summed
