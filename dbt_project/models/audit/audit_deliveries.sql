select * from {{ source('landing', 'deliveries') }}
