select * from {{ source('landing', 'rate_judgements') }}
