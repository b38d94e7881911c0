{% set edition = ['book', 'entity_read', 'record_basis', 'period_type', 'period_start', 'period_end', 'fund_code', 'movement'] %}

with movements as (
    {{ with_entity('fund_movements') }}
),

{{ latest_editions('movements', edition) }},

rounded as (
    select
        {{ carried('fund_movements', 'lines', made=['entity', 'funding_source']) }},
        lines.record_basis,
        lines.entity_read as entity,
        lines.entity as entity_delivered,
        coalesce(lines.funding_source, 'trust_fund') as funding_source,
        {{ in_cents('fund_movements', 'lines') }},
        lines.as_of,
        {{ is_latest_edition() }} as is_latest_vintage,
        lines.source_symbol,
        lines.source_address,
        lines._delivery_id,
        lines._source_row,
        lines._source_column
    from movements as lines
    left join latest_editions
        on
            {{ of_latest_edition(edition) }}
),

{{ with_rounding('fund_movements') }}

select * from renamed
