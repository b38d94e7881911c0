with sectors as (
    select distinct
        sector_vocabulary,
        sector
    from {{ ref('int_measure_sectors') }}
),

sector_levels as (
    {%- for level in sector_levels() %}
    select
        sector_vocabulary,
        sector,
        '{{ level }}' as sector_level,
        {{ sector_at_level('sector_vocabulary', 'sector', level) | indent(8) }} as sector_at_level
    from sectors
    {%- if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}
)

select * from sector_levels
