-- Recipients as stated, read: countries by their code; regions of one vocabulary, since every vocabulary says the same thing again (the DAC's
-- first, then M49, then the publisher's own; but one whose percentages make 100 with those of the countries before one whose do not). Regions
-- say nothing new, and take nothing, where the countries beside them are the whole already and each of these lies in one of the regions; of a
-- vocabulary that nobody else knows it is taken for granted that it names places around the countries.
with stated as (
    select * from {{ ref('stg_iati_recipients') }}
),

country_codes as (
    select distinct country from {{ ref('countries') }}
),

country_groups as (
    select * from {{ ref('int_country_groups') }}
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

of_countries as (
    select
        iati_identifier,
        transaction_number,
        count(*) as entries,
        count(distinct case when coalesce(percentage, 1) > 0 then coalesce(code, 'UNKNOWN') end) as countries,
        count(percentage) as entries_stated,
        coalesce(sum(percentage), 0) as stated_pct
    from stated
    where recipient_kind = 'country'
    group by iati_identifier, transaction_number
),

of_regions as (
    select
        iati_identifier,
        transaction_number,
        region_vocabulary,
        count(*) as entries,
        count(percentage) as entries_stated,
        coalesce(sum(percentage), 0) as stated_pct
    from stated
    where recipient_kind = 'region'
    group by iati_identifier, transaction_number, region_vocabulary
),

-- a sum within a hundredth of 100 is 100, as for the validator; percentages rounded to whole ones may lie one off
compared as (
    select
        of_regions.iati_identifier,
        of_regions.transaction_number,
        of_regions.region_vocabulary,
        of_countries.countries,
        of_countries.entries_stated as countries_stated,
        (
            (of_regions.stated_pct = 0 or abs(of_countries.stated_pct + of_regions.stated_pct - 100) > 0.0101)
            and (
                of_countries.stated_pct >= 99.9899
                or (of_countries.stated_pct >= 99 and of_countries.stated_pct + of_regions.stated_pct > 101)
            )
        )
        or (of_countries.entries_stated = 0 and of_regions.stated_pct >= 99.9899) as countries_are_whole,
        coalesce(of_countries.stated_pct, 0) < 99
        and (
            abs(coalesce(of_countries.stated_pct, 0) + of_regions.stated_pct - 100) <= 1
            or (
                of_countries.entries_stated + of_regions.entries_stated < of_countries.entries + of_regions.entries
                and of_countries.stated_pct + of_regions.stated_pct < 100
            )
        ) as makes_100
    from of_regions
    left join of_countries
        on
            of_regions.iati_identifier = of_countries.iati_identifier
            and of_regions.transaction_number = of_countries.transaction_number
),

containing as (
    select
        listed.iati_identifier,
        listed.transaction_number,
        listed.region_vocabulary,
        listed.code as region,
        countries.code as country
    from stated as listed
    inner join stated as countries
        on
            listed.iati_identifier = countries.iati_identifier
            and listed.transaction_number = countries.transaction_number
            and countries.recipient_kind = 'country'
            and coalesce(countries.percentage, 1) > 0
    inner join region_countries
        on
            listed.region_vocabulary = region_countries.region_vocabulary
            and listed.code = region_countries.region
            and countries.code = region_countries.country
    where listed.recipient_kind = 'region'
    group by listed.iati_identifier, listed.transaction_number, listed.region_vocabulary, listed.code, countries.code
),

contained as (
    select
        iati_identifier,
        transaction_number,
        region_vocabulary,
        count(distinct country) as countries
    from containing
    group by iati_identifier, transaction_number, region_vocabulary
),

containing_regions as (
    select distinct
        containing.iati_identifier,
        containing.transaction_number,
        containing.region_vocabulary,
        containing.region
    from containing
    inner join contained
        on
            containing.iati_identifier = contained.iati_identifier
            and containing.transaction_number = contained.transaction_number
            and containing.region_vocabulary = contained.region_vocabulary
    inner join compared
        on
            containing.iati_identifier = compared.iati_identifier
            and containing.transaction_number = compared.transaction_number
            and containing.region_vocabulary = compared.region_vocabulary
            and contained.countries = compared.countries
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
        end
        + case when compared.makes_100 then 0 else 10 end as vocabulary_rank,
        stated.recipient_kind = 'region'
        and coalesce(stated.percentage, 1) > 0
        and coalesce(compared.countries, 0) > 0
        and (containing_regions.region is not null or stated.region_vocabulary not in ('1', '2'))
        and (
            compared.countries_are_whole
            or (
                compared.countries_stated = 0
                and stated.percentage is null
                and (compared.countries = 1 or (containing_regions.region is null and stated.transaction_number > 0))
            )
        ) as says_nothing_new
    from stated
    left join compared
        on
            stated.iati_identifier = compared.iati_identifier
            and stated.transaction_number = compared.transaction_number
            and stated.region_vocabulary = compared.region_vocabulary
    left join containing_regions
        on
            stated.iati_identifier = containing_regions.iati_identifier
            and stated.transaction_number = containing_regions.transaction_number
            and stated.region_vocabulary = containing_regions.region_vocabulary
            and stated.code = containing_regions.region
),

best as (
    select
        *,
        min(case when recipient_kind = 'region' then vocabulary_rank end) over (partition by iati_identifier, transaction_number) as best_rank
    from ranked
),

recipients as (
    select
        best.iati_identifier,
        best.transaction_number,
        best.recipient_kind,
        best.region_vocabulary,
        best.code,
        case
            when best.recipient_kind = 'country' then coalesce(country_codes.country, 'UNKNOWN')
            when best.region_vocabulary = '2' and best.code = '001' then 'GLOBAL'
            when regions.region is not null then regions.region
            when best.code in ('GLOBAL', 'INTERREGIONAL', 'REGIONAL', 'UNALLOCATED') then best.code
            else coalesce(country_groups.country_group, 'UNKNOWN')
        end as recipient,
        case
            when best.recipient_kind = 'country' and country_codes.country is not null then 'country'
            when best.region_vocabulary = '2' and best.code = '001' then 'global'
            when regions.region is not null then regions.recipient_scheme
            when best.recipient_kind = 'region' and best.code in ('GLOBAL', 'INTERREGIONAL', 'REGIONAL') then 'global'
            when best.recipient_kind = 'region' and best.code = 'UNALLOCATED' then 'unallocated'
            when country_groups.country_group is not null then 'country_group'
            else 'unknown'
        end as recipient_scheme,
        best.percentage,
        best.recipient_kind = 'country' or (best.vocabulary_rank = best.best_rank and not best.says_nothing_new) as is_used,
        best.says_nothing_new,
        best._delivery_id,
        best._source_file,
        best._source_row
    from best
    left join country_codes on best.recipient_kind = 'country' and best.code = country_codes.country
    left join regions
        on
            best.recipient_kind = 'region'
            and best.region_vocabulary = regions.region_vocabulary
            and best.code = regions.region
    left join country_groups
        on
            best.recipient_kind = 'region'
            and best.region_vocabulary not in ('1', '2')
            and best.code = upper(country_groups.country_group)
)

select * from recipients
