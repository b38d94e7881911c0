with subprogrammes as (
    select * from {{ ref('int_subprogrammes') }}
),

subprogramme_succession as (
    select * from {{ ref('int_subprogramme_succession') }}
),

successors as (
    select
        entity,
        from_structure as structure,
        from_subprogramme as subprogramme,
        {{ joined_text("to_structure || ' ' || to_subprogramme", '|') }} as successors,
        {{ joined_text('change', '|') }} as change
    from subprogramme_succession
    group by entity, from_structure, from_subprogramme
),

described as (
    select
        subprogrammes.entity,
        subprogrammes.structure,
        subprogrammes.subprogramme,
        subprogrammes.name as subprogramme_name,
        subprogrammes.valid_from,
        subprogrammes.valid_to,
        successors.successors,
        successors.change,
        -- renamed and merged series can be carried on by adding; a split one cannot be told apart any more
        coalesce(successors.change like '%split%' or successors.change like '%ended%', false) as is_series_broken,
        subprogrammes.sort_order,
        subprogrammes.source
    from subprogrammes
    left join successors
        on
            subprogrammes.entity = successors.entity
            and subprogrammes.structure = successors.structure
            and subprogrammes.subprogramme = successors.subprogramme
),

named as (
    select
        entity,
        'not in any delivered structure' as structure,
        subprogramme,
        subprogramme_name,
        cast(null as date) as valid_from,
        cast(null as date) as valid_to,
        cast(null as string) as successors,
        cast(null as string) as change,
        false as is_series_broken,
        cast(null as integer) as sort_order,
        'the deliveries that name it' as source
    from {{ ref('int_subprogrammes_named') }}
    qualify row_number() over (partition by entity, label order by fiscal_year desc) = 1
),

all_subprogrammes as (
    select * from described
    union all
    select * from named
)

select * from all_subprogrammes
