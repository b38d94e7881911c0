with countries as (
    select * from {{ ref('countries') }}
),

region_map as (
    select * from {{ ref('region_map') }}
),

described as (
    select
        countries.country,
        countries.valid_from,
        countries.valid_to,
        countries.name as country_name,
        countries.alpha3,
        countries.m49,
        countries.iso3166_3,
        countries.m49_region,
        countries.m49_region_name,
        countries.m49_subregion,
        countries.m49_subregion_name,
        coalesce(countries.un_regional_group, 'NO_REGIONAL_GROUP') as un_regional_group,
        coalesce(countries.dac_region, 'NOT_ON_DAC_LIST') as dac_region,
        dac.region_name as dac_region_name,
        countries.valid_to is null as is_current,
        countries.source
    from countries
    left join region_map as dac
        on
            dac.region_scheme = 'dac_region'
            and coalesce(countries.dac_region, 'NOT_ON_DAC_LIST') = dac.region
)

select * from described
