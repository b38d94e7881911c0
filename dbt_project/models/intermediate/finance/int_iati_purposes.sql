-- What an activity, or a transaction of its own, is for: the codes of one vocabulary. Several vocabularies say the same thing several times, so
-- one is chosen. Subprogrammes, as the warehouse's own export states them, go before all, then a vocabulary of the publisher's own that has a map
-- to subprogrammes. Of the others one whose percentages make 100 (a single entry without percentage does, and entries without one beside others
-- that leave something do) goes before one whose do not, and then
-- 1 (purpose codes of the DAC), 2 (its categories), 12 (functions of the United Nations system), 10 (humanitarian clusters), other
-- classifications, the publisher's own (99, then 98). Those of the goals (7 to 9) never divide money.
with sectors as (
    select * from {{ ref('stg_iati_sectors') }}
    where sector_vocabulary not in ('7', '8', '9')
),

activities as (
    select * from {{ ref('stg_iati_activities') }}
),

own_maps as (
    select distinct
        lower(publisher) as publisher,
        sector_vocabulary
    from {{ ref('int_sector_map') }}
    where sector_vocabulary in ('98', '99')
),

-- percentages rounded to whole ones may lie one off 100
sums as (
    select
        iati_identifier,
        transaction_number,
        sector_vocabulary,
        case
            when count(*) = 1 and count(percentage) = 0 then 0
            when count(*) = count(percentage) and abs(sum(percentage) - 100) <= 1 then 0
            -- those without a percentage take what the others leave
            when count(percentage) < count(*) and sum(percentage) > 0 and sum(percentage) < 100 then 0
            else 1
        end as is_off
    from sectors
    group by iati_identifier, transaction_number, sector_vocabulary
),

ranked as (
    select
        sectors.iati_identifier,
        sectors.transaction_number,
        sectors.sector_vocabulary,
        sectors.sector as code,
        sectors.is_subprogramme,
        sectors._source_row as item_position,
        sectors.percentage,
        case
            when sectors.is_subprogramme then -1
            when own_maps.publisher is not null then 0
            when sectors.sector_vocabulary = '1' then 1
            when sectors.sector_vocabulary = '2' then 2
            when sectors.sector_vocabulary = '12' then 3
            when sectors.sector_vocabulary = '10' then 4
            when sectors.sector_vocabulary in ('3', '4', '5', '6') then 2 + cast(sectors.sector_vocabulary as integer)
            when sectors.sector_vocabulary = '11' then 9
            when sectors.sector_vocabulary = '99' then 10
            when sectors.sector_vocabulary = '98' then 11
            else 12
        end
        -- what the seed or the export decides needs no percentages
        + case when sectors.is_subprogramme or own_maps.publisher is not null then 0 else 20 * sums.is_off end as vocabulary_rank
    from sectors
    inner join sums
        on
            sectors.iati_identifier = sums.iati_identifier
            and sectors.transaction_number = sums.transaction_number
            and sectors.sector_vocabulary = sums.sector_vocabulary
    inner join activities on sectors.iati_identifier = activities.iati_identifier
    left join own_maps
        on
            lower(activities.entity) = own_maps.publisher
            and sectors.sector_vocabulary = own_maps.sector_vocabulary
),

best as (
    select
        *,
        min(vocabulary_rank) over (partition by iati_identifier, transaction_number) as best_rank
    from ranked
),

chosen as (
    select * from best
    where vocabulary_rank = best_rank
),

weights as (
    {{ stated_weights('chosen', ['iati_identifier', 'transaction_number', 'sector_vocabulary', 'is_subprogramme']) | indent(4) }}
),

purposes as (
    select
        iati_identifier,
        transaction_number,
        sector_vocabulary,
        is_subprogramme,
        code as sector,
        code_position,
        weight,
        denominator,
        split_rule,
        stated_pct
    from weights
)

select * from purposes
