select * from {{ source('landing', 'quarantine') }}
