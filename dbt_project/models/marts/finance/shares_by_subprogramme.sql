{% set dimensions = ['subprogramme'] %}
with measure_values as (
    select
        {{ group_columns() | join(', ') }},
        subprogramme,
        cast(sum(value_units) as bigint) as value_units
    from {{ ref('int_measure_values') }}
    group by {{ group_columns() | join(', ') }}, subprogramme
),

touched as (
    select distinct
        split_set_id,
        subprogramme
    from {{ ref('int_split_parts') }}
),

measure_records as (
    select
        {{ of('records', group_columns()) }},
        touched.subprogramme,
        sum(records.record_count) as record_count,
        sum(records.unconverted_rows) as unconverted_rows
    from {{ ref('int_measure_records') }} as records
    inner join touched on records.split_set_id = touched.split_set_id
    group by {{ of('records', group_columns()) }}, touched.subprogramme
),

parts as (
    select
        measure_values.*,
        measure_records.record_count,
        measure_records.unconverted_rows
    from measure_values
    inner join measure_records
        on {{ same('measure_values', 'measure_records', group_columns() + dimensions) | indent(8) }}
),

{{ share_table('parts', dimensions) }},

names as (
    select * from {{ ref('int_subprogramme_names') }}
),

named as (
    select
        shares.*,
        {{ subprogramme_name() | indent(8) }} as subprogramme_name
    from shares
    left join names
        on
            shares.entity = names.entity
            and shares.subprogramme = names.subprogramme
            and shares.fiscal_year = names.fiscal_year
)

select * from named
