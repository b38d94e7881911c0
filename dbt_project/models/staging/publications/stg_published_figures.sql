with published_figures as (
    {{ with_entity('published_figures') }}
),

renamed as (
    select
        figure_id,
        entity_read as entity,
        book,
        accounting_basis,
        record_basis,
        period_start,
        period_end,
        measure,
        statistic,
        funding_source,
        denominator,
        dimension_scheme,
        dimension_value,
        comparator,
        value,
        value_upper,
        rounding_unit,
        tolerance,
        unit,
        statement,
        locator,
        note,
        source_symbol,
        source_address,
        as_of,
        _delivery_id,
        _source_row
    from published_figures
)

select * from renamed
