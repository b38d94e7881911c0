-- Editions repeat figures. Of the lines that say of which edition they are, those of the latest count; lines that do not say, always.
with subprogramme_allocations as (
    select * from {{ ref('raw_subprogramme_allocations') }}
),

entities as (
    select * from {{ ref('entities') }}
),

latest_editions as (
    select
        book,
        entity,
        record_basis,
        period_type,
        period_start,
        period_end,
        measure,
        funding_source,
        max(as_of) as latest_as_of
    from subprogramme_allocations
    where as_of is not null
    group by book, entity, record_basis, period_type, period_start, period_end, measure, funding_source
),

rounded as (
    select
        lines.book,
        lines.record_basis,
        lines.line_id,
        coalesce(entities.entity, 'UNKNOWN') as entity,
        lines.entity as entity_delivered,
        lines.fiscal_year,
        lines.period_type,
        lines.period_start,
        lines.period_end,
        lines.budget_section,
        lines.budget_component,
        lines.subprogramme,
        lines.funding_source,
        lines.fund_code,
        lines.fund_name,
        lines.measure,
        lines.amount as amount_delivered,
        {{ to_cents('lines.amount') }} as amount_cents,
        lines.currency,
        lines.psc_treatment,
        lines.accounting_basis,
        lines.as_of,
        lines.rounding_unit,
        lines.as_of is null or lines.as_of = latest_editions.latest_as_of as is_latest_vintage,
        lines.source_symbol,
        lines.source_address,
        lines._delivery_id,
        lines._source_file,
        lines._source_row
    from subprogramme_allocations as lines
    left join entities on lines.entity = entities.entity
    left join latest_editions
        on
            lines.book = latest_editions.book
            and lines.entity = latest_editions.entity
            and lines.record_basis = latest_editions.record_basis
            and lines.period_type = latest_editions.period_type
            and lines.period_start = latest_editions.period_start
            and lines.period_end = latest_editions.period_end
            and lines.measure = latest_editions.measure
            and lines.funding_source = latest_editions.funding_source
),

renamed as (
    select
        *,
        amount_delivered - {{ from_cents('amount_cents') }} as amount_rounding
    from rounded
)

select * from renamed
