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
        concat(book, ':', transaction_id) as transaction_key,
        subprogramme as purpose,
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
        cast(null as string) as sector_vocabulary,
        cast(null as string) as sector,
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
        _delivery_id,
        _source_row
    from divided
)

select * from spending
