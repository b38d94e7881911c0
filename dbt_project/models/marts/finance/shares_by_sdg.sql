with parts as (
    select * from {{ ref('int_measure_sdg_targets') }}
),

{{ share_table('parts', ['sdg_target']) }}

select * from shares
