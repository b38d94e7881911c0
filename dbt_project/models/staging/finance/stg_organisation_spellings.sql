{{ config(materialized='table') }}

-- Read from landing, which a release does not contain: no view may stay behind.
select * from {{ source('landing', 'organisation_spellings') }}
