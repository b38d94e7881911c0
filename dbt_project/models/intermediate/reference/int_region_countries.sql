{{ config(materialized='table') }}

-- Which countries a region of the DAC or of M49 contains, at any time. 998 (developing countries) and 001 (world) contain every country.
{% set levels = 3 %}
with countries as (
    select * from {{ ref('countries') }}
),

region_map as (
    select * from {{ ref('region_map') }}
),

level_0 as (
    select
        '1' as region_vocabulary,
        dac_region as region,
        country
    from countries
    where dac_region is not null
    union distinct
    select
        '2' as region_vocabulary,
        m49_subregion as region,
        country
    from countries
    where m49_subregion is not null
    union distinct
    select
        '2' as region_vocabulary,
        m49_region as region,
        country
    from countries
    where m49_region is not null
),

{% for level in range(1, levels + 1) %}
level_{{ level }} as (
    select distinct
        level_{{ level - 1 }}.region_vocabulary,
        region_map.parent_region as region,
        level_{{ level - 1 }}.country
    from level_{{ level - 1 }}
    inner join region_map
        on
            level_{{ level - 1 }}.region = region_map.region
            and region_map.region_scheme in ('dac_region', 'm49_subregion')
            and (level_{{ level - 1 }}.region_vocabulary = '1') = (region_map.region_scheme = 'dac_region')
    where region_map.parent_region is not null
),

{% endfor %}
contained as (
    {% for level in range(0, levels + 1) %}
    select * from level_{{ level }}
    union distinct
    {% endfor %}
    select
        '1' as region_vocabulary,
        '998' as region,
        country
    from countries
    union distinct
    select
        '2' as region_vocabulary,
        '001' as region,
        country
    from countries
)

select * from contained
