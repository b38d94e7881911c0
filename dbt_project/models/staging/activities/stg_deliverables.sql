-- Editions repeat figures. Of the lines that say of which edition they are, those of the latest count; lines that do not say, always.
with deliverables as (
    select * from {{ ref('raw_deliverables') }}
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
        deliverable,
        status,
        max(as_of) as latest_as_of
    from deliverables
    where as_of is not null
    group by book, entity, record_basis, period_type, period_start, period_end, deliverable, status
),

renamed as (
    select
        lines.book,
        lines.record_basis,
        coalesce(entities.entity, 'UNKNOWN') as entity,
        lines.entity as entity_delivered,
        lines.fiscal_year,
        lines.period_type,
        lines.period_start,
        lines.period_end,
        lines.subprogramme,
        lines.deliverable,
        lines.status,
        {{ to_millionths('lines.quantity') }} as quantity_units,
        lines.unit,
        lines.as_of,
        lines.rounding_unit,
        lines.as_of is null or lines.as_of = latest_editions.latest_as_of as is_latest_vintage,
        lines.source_symbol,
        lines.source_address,
        lines._delivery_id,
        lines._source_row
    from deliverables as lines
    left join entities on lines.entity = entities.entity
    left join latest_editions
        on
            lines.book = latest_editions.book
            and lines.entity = latest_editions.entity
            and lines.record_basis = latest_editions.record_basis
            and lines.period_type = latest_editions.period_type
            and lines.period_start = latest_editions.period_start
            and lines.period_end = latest_editions.period_end
            and lines.deliverable = latest_editions.deliverable
            and lines.status = latest_editions.status
)

select * from renamed
