-- The parts of the splits of IATI, in the columns of int_split_parts, with the sector of each part and counters for breakdowns by sector. Weights
-- are cumulative in the order of the codes: the part of an amount is the difference of two rounded cumulative amounts.
{% set schemes = exclusive_schemes() %}

with holders as (
    select
        *,
        row_number() over (partition by split_id order by iati_identifier, transaction_number, day) as holder_number
    from {{ ref('int_iati_splits') }}
),

splits as (
    select * from holders
    where holder_number = 1
),

purposes as (
    select * from {{ ref('int_iati_purposes') }}
),

places as (
    select * from {{ ref('int_iati_places') }}
),

sector_map as (
    select * from {{ ref('int_sector_map') }}
),

regions as (
    select
        recipient,
        epoch,
        {% for scheme in schemes %}
        max(case when region_scheme = '{{ scheme }}' then region end) as {{ scheme }}{% if not loop.last %},{% endif %}
        {% endfor %}
    from {{ ref('int_recipient_regions') }}
    where region_scheme in ('{{ schemes | join("', '") }}')
    group by recipient, epoch
),

crossed as (
    select
        splits.split_id,
        splits.epoch,
        splits.map_publisher,
        splits.map_start,
        coalesce(purposes.sector_vocabulary, 'UNALLOCATED') as sector_vocabulary,
        coalesce(purposes.is_subprogramme, false) as is_subprogramme,
        coalesce(purposes.sector, 'UNALLOCATED') as sector,
        coalesce(places.recipient, 'UNALLOCATED') as recipient,
        coalesce(places.recipient_scheme, 'unallocated') as recipient_scheme,
        coalesce(purposes.weight, 1) * coalesce(places.weight, 1) as weight,
        coalesce(purposes.denominator, 1) * coalesce(places.denominator, 1) as denominator,
        coalesce(purposes.split_rule, 'unallocated') as purpose_rule,
        coalesce(places.split_rule, 'unallocated') as place_rule,
        case
            when coalesce(purposes.denominator, 1) = 1 then places.stated_pct
            when coalesce(places.denominator, 1) = 1 then purposes.stated_pct
            else {{ exact_percent('purposes.stated_pct', 'places.stated_pct') }}
        end as stated_pct
    from splits
    left join purposes
        on
            splits.iati_identifier = purposes.iati_identifier
            and splits.purposes_of = purposes.transaction_number
    left join places
        on
            splits.iati_identifier = places.iati_identifier
            and splits.places_of = places.transaction_number
),

-- the longest code of the map that the sector begins with; codes of the publisher's own vocabulary are read as they are
map_candidates as (
    select
        crossed.map_publisher,
        crossed.map_start,
        crossed.sector_vocabulary,
        crossed.sector,
        sector_map.subprogramme,
        row_number() over (
            partition by crossed.map_publisher, crossed.map_start, crossed.sector_vocabulary, crossed.sector
            order by length(sector_map.sector) desc, sector_map.subprogramme asc
        ) as place_in_map
    from (
        select distinct
            map_publisher,
            map_start,
            sector_vocabulary,
            sector
        from crossed
        where map_publisher <> ''
    ) as crossed
    inner join sector_map
        on
            lower(crossed.map_publisher) = lower(sector_map.publisher)
            and crossed.sector_vocabulary = sector_map.sector_vocabulary
            and (
                crossed.sector = sector_map.sector
                or (
                    sector_map.sector_vocabulary not in ('98', '99')
                    and substring(crossed.sector, 1, length(sector_map.sector)) = sector_map.sector
                )
            )
            and (sector_map.valid_from is null or crossed.map_start >= sector_map.valid_from)
            and (sector_map.valid_to is null or crossed.map_start < sector_map.valid_to)
),

described as (
    select
        crossed.*,
        -- a publisher without a map has no subprogrammes; a code that a map leaves out is unknown
        case
            when crossed.is_subprogramme then crossed.sector
            when crossed.map_publisher = '' or crossed.sector = 'UNALLOCATED' then 'UNALLOCATED'
            else coalesce(map_candidates.subprogramme, 'UNKNOWN')
        end as subprogramme,
        {{ sector_at_level('crossed.sector_vocabulary', 'crossed.sector', 'category') }} as sector_category,
        {{ sector_at_level('crossed.sector_vocabulary', 'crossed.sector', 'group') }} as sector_group,
        {% for scheme in schemes %}
        coalesce(regions.{{ scheme }}, 'UNKNOWN') as {{ scheme }},
        {% endfor %}
        cast(
            sum(crossed.weight) over (
                partition by crossed.split_id
                order by crossed.sector asc, crossed.recipient asc
                rows between unbounded preceding and current row
            ) as bigint
        ) as weight_to
    from crossed
    left join map_candidates
        on
            crossed.map_publisher = map_candidates.map_publisher
            and crossed.map_start = map_candidates.map_start
            and crossed.sector_vocabulary = map_candidates.sector_vocabulary
            and crossed.sector = map_candidates.sector
            and map_candidates.place_in_map = 1
    left join regions
        on
            crossed.recipient = regions.recipient
            and crossed.epoch = regions.epoch
),

parts as (
    select
        split_id,
        split_id as split_set_id,
        subprogramme,
        recipient,
        recipient_scheme,
        cast(weight_to - weight as bigint) as weight_from,
        weight_to,
        cast(denominator as bigint) as denominator,
        -- the largest amount whose product with twice the denominator stays below 2^63
        {{ int_div('4611686018427387903 - denominator', 'denominator') }} as narrow_limit,
        case
            when 'rebased' in (purpose_rule, place_rule) then 'rebased'
            when 'stated' in (purpose_rule, place_rule) then 'stated'
            when 'equal' in (purpose_rule, place_rule) then 'equal'
            when 'unallocated' in (purpose_rule, place_rule) then 'unallocated'
            else 'single'
        end as split_rule,
        stated_pct,
        {{ decimal_of(
            exact_div('weight_to', 'denominator', 8) ~ ' - ' ~ exact_div('(weight_to - weight)', 'denominator', 8), 6, 12
        ) }} as used_pct,
        sector_vocabulary,
        sector,
        {{ first_of(['subprogramme']) }} as records_of_subprogramme,
        {{ first_of([]) }} as records_of_scope,
        {{ first_of(['subprogramme']) }} as pairs_of_scope,
        {% for scheme in schemes %}
        {{ first_of([scheme]) }} as records_of_{{ scheme }},
        {{ first_of(['subprogramme', scheme]) }} as pairs_of_{{ scheme }},
        {% endfor %}
        {{ first_of(['sector']) }} as records_of_purpose,
        {{ first_of(['sector_category']) }} as records_of_category,
        {{ first_of(['sector_group']) }} as records_of_group
    from described
)

select * from parts
