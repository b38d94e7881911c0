with parts as (
    select * from {{ ref('int_measure_donors') }}
),

{{ share_table('parts', ['donor']) }}

select * from shares
