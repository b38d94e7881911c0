{{ config(materialized='table') }}

-- Read from landing, which a release does not contain: no view may stay behind. The day alone, since what reads this stands until it changes.
with release_day as (
    select * from {{ source('landing', 'release_day') }}
),

renamed as (
    select as_of from release_day
)

select * from renamed
