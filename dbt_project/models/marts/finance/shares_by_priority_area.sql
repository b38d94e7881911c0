with measure_attributes as (
    select * from {{ ref('int_measure_attributes') }}
),

parts as (
    select
        {{ group_columns() | join(', ') }},
        priority_area,
        {{ wide_sum('value_units') }} as value_units,
        cast(sum(record_count) as bigint) as record_count,
        cast(sum(unconverted_rows) as bigint) as unconverted_rows
    from measure_attributes
    group by {{ group_columns() | join(', ') }}, priority_area
),

{{ share_table('parts', ['priority_area']) }}

select * from shares
