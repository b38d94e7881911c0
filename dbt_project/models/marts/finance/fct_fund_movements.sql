with movements as (
    select * from {{ ref('int_fund_movements') }}
),

facts as (
    select
        book,
        record_basis,
        line_id,
        entity,
        fund_code,
        fund_name,
        funding_source,
        fiscal_year,
        period_type,
        period_start,
        period_end,
        movement,
        contributor,
        contributor_group,
        donor,
        earmarking,
        {{ from_cents('amount_cents') }} as amount,
        currency,
        {{ from_cents('amount_usd_cents') }} as amount_usd,
        fx_rate,
        fx_rate_date,
        fx_source,
        as_of,
        is_latest_vintage,
        source_symbol,
        source_address,
        _delivery_id,
        _source_row,
        _source_column
    from movements
)

select * from facts
