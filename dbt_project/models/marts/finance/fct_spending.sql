{{ config(materialized='view') }}

-- A view: the parts are cheap to derive, and ten million transactions would be twenty-six million stored rows.
with transactions as (
    select * from {{ ref('int_transactions') }}
),

parts as (
    select * from {{ ref('int_split_parts') }}
),

divided as (
    select
        transactions.*,
        parts.subprogramme,
        parts.recipient,
        parts.recipient_scheme,
        parts.sector_vocabulary,
        parts.sector,
        parts.split_rule,
        parts.stated_pct,
        parts.used_pct,
        {{ split_part_cents('transactions.amount_cents', 'parts.weight_from', 'parts.weight_to', 'parts.denominator', 'parts.narrow_limit') }} as part_cents,
        {{ split_part_cents(
            'transactions.amount_usd_cents', 'parts.weight_from', 'parts.weight_to', 'parts.denominator', 'parts.narrow_limit'
        ) }} as part_usd_cents
    from transactions
    inner join parts on transactions.split_id = parts.split_id
),

spending as (
    select
        -- only parts of IATI have a sector; the identifier of their activity is unique by itself
        case when sector is null then concat(book, ':', transaction_id) else transaction_id end as transaction_key,
        coalesce(sector, subprogramme) as purpose,
        recipient,
        recipient_scheme,
        book,
        record_basis,
        entity,
        reporter_role,
        project_id,
        transaction_type,
        cost_class,
        transaction_date,
        fiscal_year,
        funding_source,
        flow,
        provider,
        receiver,
        subprogramme,
        sector_vocabulary,
        sector,
        {{ from_cents('amount_cents') }} as transaction_amount,
        {{ from_cents('part_cents') }} as amount,
        currency,
        {{ from_cents('part_usd_cents') }} as amount_usd,
        fx_rate,
        fx_rate_date,
        fx_source,
        split_rule,
        stated_pct,
        used_pct,
        is_internal_transfer,
        is_humanitarian,
        technical_cooperation,
        is_counted,
        _delivery_id,
        _source_row
    from divided
)

select * from spending
