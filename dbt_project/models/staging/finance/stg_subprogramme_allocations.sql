{% set edition = ['book', 'entity', 'record_basis', 'period_type', 'period_start', 'period_end', 'measure', 'funding_source'] %}

with subprogramme_allocations as (
    {{ with_entity('subprogramme_allocations') }}
),

{{ latest_editions('subprogramme_allocations', edition) }},

rounded as (
    select
        lines.book,
        lines.record_basis,
        lines.line_id,
        lines.entity_read as entity,
        lines.entity as entity_delivered,
        lines.fiscal_year,
        lines.period_type,
        lines.period_start,
        lines.period_end,
        lines.budget_section,
        lines.budget_component,
        lines.subprogramme,
        lines.subprogramme_name,
        lines.funding_source,
        lines.fund_code,
        lines.fund_name,
        lines.measure,
        {{ in_cents('subprogramme_allocations', 'lines') }},
        lines.currency,
        lines.psc_treatment,
        lines.accounting_basis,
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
