-- What every measure holds by donor. Money received is its provider's; all else is divided among the donors of its project, after
-- adding up: parts add to their group's total exactly.
with measure_attributes as (
    select
        {{ group_columns() | join(',\n        ') }},
        provider,
        case when provider is null then coalesce(donors, '') else '' end as donors,
        {{ wide_sum('value_units') }} as value_units,
        cast(sum(record_count) as bigint) as record_count,
        cast(sum(unconverted_rows) as bigint) as unconverted_rows
    from {{ ref('int_measure_attributes') }}
    group by {{ group_columns() | join(', ') }}, provider, case when provider is null then coalesce(donors, '') else '' end
),

{{ text_parts('measure_attributes', 'donors') }},

divided as (
    select
        {{ of('measure_attributes', group_columns()) }},
        coalesce(measure_attributes.provider, text_parts.code, 'UNALLOCATED') as donor,
        {{ split_part_of_total(
            'measure_attributes.value_units', 'coalesce(text_parts.weight_from, 0)', 'coalesce(text_parts.weight_to, 1)',
            'coalesce(text_parts.denominator, 1)', 'coalesce(text_parts.narrow_limit, 0)'
        ) }} as value_units,
        measure_attributes.record_count,
        measure_attributes.unconverted_rows
    from measure_attributes
    left join text_parts on measure_attributes.donors = text_parts.donors
),

measure_donors as (
    select
        {{ group_columns() | join(',\n        ') }},
        donor,
        {{ wide_sum('value_units') }} as value_units,
        cast(sum(record_count) as bigint) as record_count,
        cast(sum(unconverted_rows) as bigint) as unconverted_rows
    from divided
    group by {{ group_columns() | join(', ') }}, donor
)

select * from measure_donors
