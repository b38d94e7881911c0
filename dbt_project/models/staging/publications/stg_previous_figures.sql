{{ config(materialized='ephemeral') }}

-- Read from landing, which a release does not contain: no view may stay behind.
with previous_figures as (
    select * from {{ source('landing', 'previous_figures') }}
),

renamed as (
    select
        table_name,
        row_key,
        column_name,
        book,
        record_basis,
        entity,
        fiscal_year,
        measure,
        delivery_id,
        record_count,
        figure
    from previous_figures
)

select * from renamed
