with allocations as (
    select * from {{ ref('int_allocations') }}
),

parts as (
    select * from {{ ref('int_split_parts') }}
),

lines as (
    select
        allocations.book,
        allocations.record_basis,
        allocations.line_id,
        allocations.entity,
        allocations.entity_delivered,
        allocations.fiscal_year,
        allocations.period_type,
        allocations.period_start,
        allocations.period_end,
        allocations.budget_section,
        allocations.budget_component,
        coalesce(parts.subprogramme, allocations.subprogramme) as subprogramme,
        allocations.subprogramme as subprogramme_delivered,
        allocations.funding_source,
        allocations.fund_code,
        allocations.fund_name,
        allocations.measure,
        {{ from_cents('allocations.amount_cents') }} as amount,
        allocations.currency,
        {{ from_cents('allocations.amount_usd_cents') }} as amount_usd,
        allocations.fx_rate,
        allocations.fx_rate_date,
        allocations.fx_source,
        allocations.psc_treatment,
        allocations.accounting_basis,
        allocations.as_of,
        allocations.rounding_unit,
        allocations.is_latest_vintage,
        allocations.source_symbol,
        allocations.source_address,
        allocations._delivery_id,
        allocations._source_row,
        allocations._source_column
    from allocations
    -- a line that is divided over several subprogrammes stays one line, under what was delivered
    left join parts
        on
            allocations.split_id = parts.split_id
            and parts.weight_from = 0
            and parts.weight_to = parts.denominator
)

select * from lines
