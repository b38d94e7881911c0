{{ config(materialized='table') }}

-- The same label can be delivered in several files; it is read once.
with place_labels as (
    select * from {{ ref('stg_place_labels') }}
),

places as (
    select
        label,
        max(place) as recipient,
        max(place_kind) as recipient_scheme
    from place_labels
    group by label
)

select * from places
