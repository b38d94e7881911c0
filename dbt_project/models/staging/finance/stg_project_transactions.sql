with project_transactions as (
    select * from {{ ref('raw_project_transactions') }}
),

rounded as (
    select
        book,
        record_basis,
        {{ carried('project_transactions') }},
        cast(year(transaction_date) as integer) as fiscal_year,
        {{ in_cents('project_transactions') }},
        source_symbol,
        source_address,
        _delivery_id,
        _source_file,
        _source_row
    from project_transactions
),

{{ with_rounding('project_transactions') }}

select * from renamed
