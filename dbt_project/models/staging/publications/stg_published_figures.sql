with published_figures as (
    {{ with_entity('published_figures') }}
),

renamed as (
    select
        {{ carried('published_figures', made=['entity']) }},
        entity_read as entity,
        record_basis,
        as_of,
        _delivery_id,
        _source_row
    from published_figures
)

select * from renamed
