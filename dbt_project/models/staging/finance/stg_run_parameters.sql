{{ config(materialized='table') }}

-- Read from landing, which a release does not contain: no view may stay behind.
with run_parameters as (
    select * from {{ source('landing', 'run_parameters') }}
),

renamed as (
    select
        run_id,
        as_of,
        previous_release_id,
        started_at
    from run_parameters
)

select * from renamed
