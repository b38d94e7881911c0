with deliverables as (
    select * from {{ ref('raw_deliverables') }}
),

renamed as (
    select
        book,
        record_basis,
        entity,
        fiscal_year,
        period_type,
        period_start,
        period_end,
        subprogramme,
        deliverable,
        status,
        quantity,
        unit,
        source_symbol,
        source_address,
        as_of,
        _delivery_id,
        _source_row
    from deliverables
)

select * from renamed
