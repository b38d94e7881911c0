{{ config(materialized='table') }}

-- Codes are used again for other subjects when a structure changes, so a label means something only on a day.
with subprogrammes as (
    select * from {{ ref('int_subprogrammes') }}
),

labels as (
    select
        entity,
        lower(trim(subprogramme)) as label,
        valid_from,
        valid_to,
        subprogramme
    from subprogrammes
    union distinct
    select
        entity,
        lower(trim(name)) as label,
        valid_from,
        valid_to,
        subprogramme
    from subprogrammes
)

select * from labels
