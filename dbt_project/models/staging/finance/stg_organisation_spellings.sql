select * from {{ source('landing', 'organisation_spellings') }}
