with measure_attributes as (
    select * from {{ ref('int_measure_attributes') }}
),

parts as (
    select
        {{ group_columns() | join(', ') }},
        case
            when measure_attributes.gender_marker = 'UNMARKED' then 'UNMARKED'
            else split_part(measure_attributes.gender_marker, ':', 1)
        end as gender_marker_scheme,
        case when measure_attributes.gender_marker = 'UNMARKED' then 'UNMARKED' else split_part(measure_attributes.gender_marker, ':', 2) end as gender_marker,
        {{ wide_sum('value_units') }} as value_units,
        cast(sum(record_count) as bigint) as record_count,
        cast(sum(unconverted_rows) as bigint) as unconverted_rows
    from measure_attributes
    group by {{ group_columns() | join(', ') }}, measure_attributes.gender_marker
),

{{ share_table('parts', ['gender_marker_scheme', 'gender_marker']) }}

select * from shares
