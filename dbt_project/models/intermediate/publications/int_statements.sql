-- A statement in the warehouse's own codes: which measure, whose money, which part of which breakdown.
with statements as (
    select * from {{ ref('stg_published_figures') }}
),

entities as (
    select * from {{ ref('int_entities') }}
),

labels as (
    select * from {{ ref('int_subprogramme_labels') }}
),

-- A region or group may be named by its code or by its name; of several schemes that know the word, the broadest is meant.
region_words as (
    select
        region_scheme,
        region,
        lower(region) as word
    from {{ ref('int_recipient_regions') }}
    union distinct
    select
        region_scheme,
        region,
        lower(region_name) as word
    from {{ ref('int_recipient_regions') }}
),

ranked_words as (
    select
        *,
        case
            when region_scheme in ('country', 'country_group') then region_scheme
            else 'region'
        end as dimension_scheme,
        case region_scheme
            when 'm49_region' then 1
            when 'm49_subregion' then 2
            when 'un_regional_group' then 3
            else 4
        end as scheme_order
    from region_words
),

words as (
    select
        dimension_scheme,
        word,
        region_scheme,
        region
    from ranked_words
    qualify row_number() over (partition by dimension_scheme, word order by scheme_order asc, region_scheme asc, region asc) = 1
),

read_statements as (
    select
        statements.*,
        coalesce(entities.entity, statements.entity) as entity_read,
        words.region_scheme,
        case
            when statements.dimension_scheme = 'subprogramme' then coalesce(labels.subprogramme, statements.dimension_value)
            when statements.dimension_scheme in ('region', 'country', 'country_group') then words.region
            else statements.dimension_value
        end as dimension_code,
        -- what no shipped table breaks down, a figure in another currency and a statement without a period cannot be tested
        (
            statements.period_start is not null
            and statements.period_end is not null
            and statements.dimension_scheme in (
                'none', 'subprogramme', 'region', 'country_group', 'country', 'funding_source', 'activity_type', 'priority_area', 'project_scope'
            )
            and (statements.unit is null or statements.unit = 'USD' or length(statements.unit) <> 3 or statements.unit <> upper(statements.unit))
        ) as is_testable
    from statements
    left join entities on statements.entity = entities.entity
    left join labels
        on
            statements.dimension_scheme = 'subprogramme'
            and statements.entity = labels.entity
            and lower(trim(statements.dimension_value)) = labels.label
            and (labels.valid_from is null or statements.period_end >= labels.valid_from)
            and (labels.valid_to is null or statements.period_end < labels.valid_to)
    left join words
        on
            statements.dimension_scheme = words.dimension_scheme
            and lower(trim(statements.dimension_value)) = words.word
)

select * from read_statements
