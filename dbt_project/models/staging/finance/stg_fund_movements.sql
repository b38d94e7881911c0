{% set edition = ['book', 'entity', 'record_basis', 'period_type', 'period_start', 'period_end', 'fund_code', 'movement'] %}

with movements as (
    select * from {{ ref('raw_fund_movements') }}
),

entities as (
    select * from {{ ref('entities') }}
),

{{ latest_editions('movements', edition) }},

rounded as (
    select
        lines.book,
        lines.record_basis,
        lines.line_id,
        coalesce(entities.entity, 'UNKNOWN') as entity,
        lines.entity as entity_delivered,
        lines.fund_code,
        lines.fund_name,
        coalesce(lines.funding_source, 'trust_fund') as funding_source,
        lines.fiscal_year,
        lines.period_type,
        lines.period_start,
        lines.period_end,
        lines.movement,
        lines.contributor,
        lines.contributor_group,
        lines.earmarking,
        lines.amount as amount_delivered,
        {{ to_cents('lines.amount') }} as amount_cents,
        lines.currency,
        lines.as_of,
        {{ is_latest_edition() }} as is_latest_vintage,
        lines.source_symbol,
        lines.source_address,
        lines._delivery_id,
        lines._source_row
    from movements as lines
    left join entities on lines.entity = entities.entity
    left join latest_editions
        on
            {{ of_latest_edition(edition) }}
),

renamed as (
    select
        *,
        amount_delivered - {{ from_cents('amount_cents') }} as amount_rounding
    from rounded
)

select * from renamed
