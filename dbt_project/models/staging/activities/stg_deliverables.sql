{% set edition = ['book', 'entity_read', 'record_basis', 'period_type', 'period_start', 'period_end', 'deliverable', 'status'] %}

with deliverables as (
    {{ with_entity('deliverables') }}
),

{{ latest_editions('deliverables', edition) }},

renamed as (
    select
        {{ carried('deliverables', 'lines', made=['entity', 'quantity']) }},
        lines.record_basis,
        lines.entity_read as entity,
        lines.entity as entity_delivered,
        {{ to_millionths('lines.quantity') }} as quantity_units,
        lines.as_of,
        lines.rounding_unit,
        {{ is_latest_edition() }} as is_latest_vintage,
        lines.source_symbol,
        lines.source_address,
        lines._delivery_id,
        lines._source_row,
        lines._source_column
    from deliverables as lines
    left join latest_editions
        on
            {{ of_latest_edition(edition) }}
)

select * from renamed
