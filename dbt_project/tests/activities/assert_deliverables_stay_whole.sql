-- Every line of the latest edition is in the facts and its quantity in the measures, none twice.
with lines as (
    select
        book,
        record_basis,
        entity,
        fiscal_year,
        period_type,
        status || '_' || deliverable as measure,
        unit,
        cast(sum(quantity_units) as bigint) as delivered_units
    from {{ ref('stg_deliverables') }}
    where is_latest_vintage
    group by all
),

measures as (
    select
        book,
        record_basis,
        entity,
        fiscal_year,
        period_type,
        measure,
        unit,
        {{ wide_sum('value_units') }} as measured_units
    from {{ ref('int_deliverable_measures') }}
    group by all
),

facts as (
    select
        book,
        record_basis,
        entity,
        fiscal_year,
        period_type,
        status || '_' || deliverable as measure,
        unit,
        cast(sum(quantity) * 1000000 as bigint) as fact_units
    from {{ ref('fct_deliverables') }}
    group by all
)

select
    lines.*,
    measures.measured_units,
    facts.fact_units
from lines
left join measures
    on
        lines.book = measures.book
        and lines.record_basis = measures.record_basis
        and lines.entity = measures.entity
        and lines.fiscal_year = measures.fiscal_year
        and lines.period_type = measures.period_type
        and lines.measure = measures.measure
        and lines.unit = measures.unit
left join facts
    on
        lines.book = facts.book
        and lines.record_basis = facts.record_basis
        and lines.entity = facts.entity
        and lines.fiscal_year = facts.fiscal_year
        and lines.period_type = facts.period_type
        and lines.measure = facts.measure
        and lines.unit = facts.unit
where
    lines.delivered_units is distinct from measures.measured_units
    or lines.delivered_units is distinct from facts.fact_units
