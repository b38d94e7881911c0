-- What every measure holds by target of the 2030 Agenda, divided among the targets of its project, after
-- adding up: parts add to their group's total exactly.
with measure_attributes as (
    select
        {{ group_columns() | join(',\n        ') }},

        coalesce(sdg_targets, '') as sdg_targets,
        {{ wide_sum('value_units') }} as value_units,
        cast(sum(record_count) as bigint) as record_count,
        cast(sum(unconverted_rows) as bigint) as unconverted_rows
    from {{ ref('int_measure_attributes') }}
    group by {{ group_columns() | join(', ') }}, coalesce(sdg_targets, '')
),

{{ text_parts('measure_attributes', 'sdg_targets') }},

divided as (
    select
        {{ of('measure_attributes', group_columns()) }},
        coalesce(text_parts.code, 'UNALLOCATED') as sdg_target,
        {{ split_part_of_total(
            'measure_attributes.value_units', 'coalesce(text_parts.weight_from, 0)', 'coalesce(text_parts.weight_to, 1)',
            'coalesce(text_parts.denominator, 1)', 'coalesce(text_parts.narrow_limit, 0)'
        ) }} as value_units,
        measure_attributes.record_count,
        measure_attributes.unconverted_rows
    from measure_attributes
    left join text_parts on measure_attributes.sdg_targets = text_parts.sdg_targets
),

measure_sdg_targets as (
    select
        {{ group_columns() | join(',\n        ') }},
        sdg_target,
        {{ wide_sum('value_units') }} as value_units,
        cast(sum(record_count) as bigint) as record_count,
        cast(sum(unconverted_rows) as bigint) as unconverted_rows
    from divided
    group by {{ group_columns() | join(', ') }}, sdg_target
)

select * from measure_sdg_targets
