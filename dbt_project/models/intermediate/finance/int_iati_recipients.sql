-- Recipients as stated, read: countries by their code; regions of one vocabulary, since every vocabulary says the same thing again (the DAC's
-- first, then M49, then the publisher's own). A region that merely contains the only country listed, without percentages, says nothing new.
with stated as (
    select * from {{ ref('stg_iati_recipients') }}
),

country_codes as (
    select distinct country from {{ ref('countries') }}
),

country_groups as (
    select * from {{ ref('country_groups') }}
),

regions as (
    select distinct
        case when region_scheme = 'dac_region' then '1' else '2' end as region_vocabulary,
        region,
        case when region_scheme = 'dac_region' then 'dac_region' else 'm49_region' end as recipient_scheme
    from {{ ref('region_map') }}
    where region_scheme in ('dac_region', 'm49_region', 'm49_subregion') and try_cast(region as integer) is not null
),

region_countries as (
    select * from {{ ref('int_region_countries') }}
),

only_countries as (
    select
        iati_identifier,
        transaction_number,
        max(code) as country
    from stated
    where recipient_kind = 'country'
    group by iati_identifier, transaction_number
    having count(distinct code) = 1 and coalesce(max(percentage), 100) >= 100
),

ranked as (
    select
        stated.*,
        case
            when stated.recipient_kind = 'country' then 0
            when stated.region_vocabulary = '1' then 1
            when stated.region_vocabulary = '2' then 2
            when stated.region_vocabulary = '99' then 3
            else 4
        end as vocabulary_rank,
        stated.recipient_kind = 'region' and stated.percentage is null and region_countries.country is not null as is_containing_region
    from stated
    left join only_countries
        on
            stated.iati_identifier = only_countries.iati_identifier
            and stated.transaction_number = only_countries.transaction_number
    left join region_countries
        on
            stated.region_vocabulary = region_countries.region_vocabulary
            and stated.code = region_countries.region
            and only_countries.country = region_countries.country
),

compared as (
    select
        *,
        min(case when recipient_kind = 'region' then vocabulary_rank end) over (partition by iati_identifier, transaction_number) as best_rank
    from ranked
),

recipients as (
    select
        compared.iati_identifier,
        compared.transaction_number,
        compared.recipient_kind,
        compared.region_vocabulary,
        compared.code,
        case
            when compared.recipient_kind = 'country' then coalesce(country_codes.country, 'UNKNOWN')
            when compared.region_vocabulary = '2' and compared.code = '001' then 'GLOBAL'
            when regions.region is not null then regions.region
            when compared.code in ('GLOBAL', 'INTERREGIONAL', 'REGIONAL', 'UNALLOCATED') then compared.code
            else coalesce(country_groups.country_group, 'UNKNOWN')
        end as recipient,
        case
            when compared.recipient_kind = 'country' and country_codes.country is not null then 'country'
            when compared.region_vocabulary = '2' and compared.code = '001' then 'global'
            when regions.region is not null then regions.recipient_scheme
            when compared.recipient_kind = 'region' and compared.code in ('GLOBAL', 'INTERREGIONAL', 'REGIONAL') then 'global'
            when compared.recipient_kind = 'region' and compared.code = 'UNALLOCATED' then 'unallocated'
            when country_groups.country_group is not null then 'country_group'
            else 'unknown'
        end as recipient_scheme,
        compared.percentage,
        compared.recipient_kind = 'country' or (compared.vocabulary_rank = compared.best_rank and not compared.is_containing_region) as is_used,
        compared.is_containing_region,
        compared._delivery_id,
        compared._source_file,
        compared._source_row
    from compared
    left join country_codes on compared.recipient_kind = 'country' and compared.code = country_codes.country
    left join regions
        on
            compared.recipient_kind = 'region'
            and compared.region_vocabulary = regions.region_vocabulary
            and compared.code = regions.region
    left join country_groups
        on
            compared.recipient_kind = 'region'
            and compared.region_vocabulary not in ('1', '2')
            and compared.code = upper(country_groups.country_group)
)

select * from recipients
