-- Every vocabulary in use is a breakdown of its own at every level, in which money that is classified in another one is not allocated. Where nobody
-- states a sector, the vocabulary is the first.
{% set group_of_schemes = group_columns() | reject('equalto', 'funding_source') | list %}

with schemes as (
    select
        {{ group_of_schemes | join(',\n        ') }},
        sector_vocabulary
    from {{ ref('int_measure_sectors') }}
    where sector_vocabulary <> 'UNALLOCATED'
    group by {{ group_of_schemes | join(', ') }}, sector_vocabulary
    union all
    select
        {{ group_of_schemes | join(',\n        ') }},
        '1' as sector_vocabulary
    from {{ ref('int_measure_sectors') }}
    group by {{ group_of_schemes | join(', ') }}
    having max(case when sector_vocabulary <> 'UNALLOCATED' then 1 else 0 end) = 0
),

parts as (
    {%- for level in sector_levels() %}
    {%- set counter = 'records_of_' ~ level %}
    select
        {{ of('measure_sectors', group_columns()) }},
        schemes.sector_vocabulary,
        '{{ level }}' as sector_level,
        case
            when measure_sectors.sector_vocabulary = schemes.sector_vocabulary
                then {{ sector_at_level('measure_sectors.sector_vocabulary', 'measure_sectors.sector', level) | indent(20) }}
            else 'UNALLOCATED'
        end as sector,
        measure_sectors.value_units,
        case
            when measure_sectors.sector_vocabulary = schemes.sector_vocabulary then measure_sectors.{{ counter }}
            else measure_sectors.records_of_scope
        end as record_count,
        case
            when measure_sectors.sector_vocabulary = schemes.sector_vocabulary then measure_sectors.unconverted_{{ counter }}
            else measure_sectors.unconverted_records_of_scope
        end as unconverted_rows
    from {{ ref('int_measure_sectors') }} as measure_sectors
    inner join schemes
        on {{ same('measure_sectors', 'schemes', group_of_schemes) | indent(12) }}
    {%- if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}
),

{{ share_table('parts', ['sector_vocabulary', 'sector_level', 'sector'], schemes=['sector_vocabulary', 'sector_level']) }},

sectors as (
    select * from {{ ref('sectors') }}
),

-- a code of five digits that ends in two noughts, or of three, is read as a category or else as a group
named as (
    select
        shares.*,
        case
            when shares.sector = 'UNALLOCATED' then 'No sector stated in this vocabulary'
            else coalesce(sectors.name, categories.name, headings.name, shares.sector)
        end as sector_name
    from shares
    left join sectors
        on
            shares.sector_vocabulary = sectors.sector_vocabulary
            and shares.sector_level = sectors.sector_level
            and shares.sector = sectors.sector
    left join sectors as categories
        on
            shares.sector_vocabulary = categories.sector_vocabulary
            and categories.sector_level = 'category'
            and shares.sector in (categories.sector, concat(categories.sector, '00'))
    left join sectors as headings
        on
            shares.sector_vocabulary = headings.sector_vocabulary
            and headings.sector_level = 'group'
            and shares.sector in (headings.sector, concat(headings.sector, '00'))
)

select * from named
