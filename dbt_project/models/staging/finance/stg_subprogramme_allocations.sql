{% set edition = ['book', 'entity_read', 'record_basis', 'period_type', 'period_start', 'period_end', 'measure', 'funding_source_read'] %}

with delivered as (
    {{ with_entity('subprogramme_allocations') }}
),

funds as (
    select * from {{ ref('int_funding_codes') }}
),

subprogramme_allocations as (
    select
        delivered.*,
        {{ funding_source_read('delivered', 'funds') }} as funding_source_read
    from delivered
    left join funds
        on
            delivered.entity_read = funds.entity
            and lower(delivered.fund_code) = lower(funds.fund_code)
            and delivered.period_end >= funds.valid_from
            and (funds.valid_to is null or delivered.period_end < funds.valid_to)
),

{{ latest_editions('subprogramme_allocations', edition) }},

rounded as (
    select
        {{ carried('subprogramme_allocations', 'lines', made=['entity', 'funding_source']) }},
        lines.record_basis,
        lines.entity_read as entity,
        lines.entity as entity_delivered,
        lines.funding_source_read as funding_source,
        lines.funding_source as funding_source_delivered,
        {{ in_cents('subprogramme_allocations', 'lines') }},
        lines.as_of,
        lines.rounding_unit,
        {{ is_latest_edition() }} as is_latest_vintage,
        lines.source_symbol,
        lines.source_address,
        lines._delivery_id,
        lines._source_file,
        lines._source_row,
        lines._source_column
    from subprogramme_allocations as lines
    left join latest_editions
        on
            {{ of_latest_edition(edition) }}
),

{{ with_rounding('subprogramme_allocations') }}

select * from renamed
