{{ config(materialized='view') }}

-- A structure without a name is called after its years, as the shipped ones are: 2020-, 2020-2024, 2019.
with delivered as (
    {{ with_entity('subprogrammes') }}
),

years as (
    select
        *,
        extract(year from valid_from) as first_year,
        -- the end is exclusive
        extract(year from valid_to)
        - case when extract(month from valid_to) = 1 and extract(day from valid_to) = 1 then 1 else 0 end as last_year
    from delivered
),

renamed as (
    select
        entity_read as entity,
        coalesce(
            structure,
            case
                when valid_to is null then concat(cast(first_year as string), '-')
                when last_year = first_year then cast(first_year as string)
                else concat(cast(first_year as string), '-', cast(last_year as string))
            end
        ) as structure,
        {{ carried('subprogrammes', made=['entity', 'structure', 'sort_order', 'source_symbol', 'source_address']) }},
        cast(sort_order as integer) as sort_order,
        coalesce(source_symbol, source_address) as source,
        _delivery_id,
        _source_row
    from years
)

select * from renamed
