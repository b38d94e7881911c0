with project_transactions as (
    select * from {{ ref('raw_project_transactions') }}
),

rounded as (
    select
        book,
        record_basis,
        transaction_id,
        project_id,
        transaction_type,
        cost_class,
        transaction_date,
        value_date,
        cast(year(transaction_date) as integer) as fiscal_year,
        amount as amount_delivered,
        {{ to_cents('amount') }} as amount_cents,
        currency,
        provider,
        receiver,
        subprogrammes,
        recipients,
        source_symbol,
        source_address,
        _delivery_id,
        _source_file,
        _source_row
    from project_transactions
),

renamed as (
    select
        *,
        amount_delivered - {{ from_cents('amount_cents') }} as amount_rounding
    from rounded
)

select * from renamed
