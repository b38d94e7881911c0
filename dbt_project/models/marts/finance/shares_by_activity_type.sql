with measure_attributes as (
    select * from {{ ref('int_measure_attributes') }}
),

parts as (
    select
        {{ group_columns() | join(', ') }},
        activity_type,
        {{ wide_sum('value_units') }} as value_units,
        cast(sum(record_count) as bigint) as record_count,
        cast(sum(unconverted_rows) as bigint) as unconverted_rows
    from measure_attributes
    group by {{ group_columns() | join(', ') }}, activity_type
),

{{ share_table('parts', ['activity_type']) }}

select * from shares
