{% set dimensions = ['region_scheme', 'region', 'region_name', 'is_exclusive'] %}
with measure_values as (
    select * from {{ ref('int_measure_values') }}
),

measure_records as (
    select * from {{ ref('int_measure_records') }}
),

regions as (
    select * from {{ ref('int_regions_used') }}
),

totals as (
    select
        {{ group_columns() | join(', ') }},
        cast(sum(value_units) as bigint) as total_units
    from measure_values
    group by {{ group_columns() | join(', ') }}
),

region_values as (
    select
        {{ of('measure_values', group_columns()) }},
        regions.region_scheme,
        regions.region,
        regions.region_name,
        regions.is_exclusive,
        cast(sum(measure_values.value_units) as bigint) as value_units
    from measure_values
    inner join regions
        on
            measure_values.recipient = regions.recipient
            and measure_values.epoch = regions.epoch
    group by
        {{ of('measure_values', group_columns()) }},
        regions.region_scheme, regions.region, regions.region_name, regions.is_exclusive
    union all
    select
        {{ group_columns() | join(', ') }},
        'project_scope' as region_scheme,
        project_scope as region,
        {{ project_scope_name('project_scope') }} as region_name,
        true as is_exclusive,
        cast(sum(value_units) as bigint) as value_units
    from measure_values
    group by {{ group_columns() | join(', ') }}, project_scope
),

-- Which regions a record touches, whatever the weights: two countries of one region are one record there.
touched as (
    select distinct
        used.split_set_id,
        used.epoch,
        regions.region_scheme,
        regions.region
    from (
        select distinct
            split_set_id,
            epoch
        from measure_records
    ) as used
    inner join {{ ref('int_split_sets') }} as sets on used.split_set_id = sets.split_set_id
    inner join regions
        on
            sets.recipient = regions.recipient
            and used.epoch = regions.epoch
),

region_records as (
    select
        {{ of('measure_records', group_columns()) }},
        touched.region_scheme,
        touched.region,
        cast(sum(measure_records.record_count) as bigint) as record_count,
        cast(sum(measure_records.unconverted_rows) as bigint) as unconverted_rows
    from measure_records
    inner join touched
        on
            measure_records.split_set_id = touched.split_set_id
            and measure_records.epoch = touched.epoch
    group by {{ of('measure_records', group_columns()) }}, touched.region_scheme, touched.region
    union all
    select
        {{ of('measure_records', group_columns()) }},
        'project_scope' as region_scheme,
        measure_records.project_scope as region,
        cast(sum(measure_records.record_count) as bigint) as record_count,
        cast(sum(measure_records.unconverted_rows) as bigint) as unconverted_rows
    from measure_records
    group by {{ of('measure_records', group_columns()) }}, measure_records.project_scope
),

parts as (
    select
        region_values.*,
        region_records.record_count,
        region_records.unconverted_rows
    from region_values
    inner join region_records
        on {{ same('region_values', 'region_records', group_columns() + ['region_scheme', 'region']) | indent(8) }}
),

{{ share_table('parts', dimensions, schemes=['region_scheme'], exclusive='parts.is_exclusive', totals='totals') }}

select * from shares
