with place_labels as (
    select * from {{ source('landing', 'place_labels') }}
),

renamed as (
    select
        label,
        place,
        place_kind,
        read_as
    from place_labels
)

select * from renamed
