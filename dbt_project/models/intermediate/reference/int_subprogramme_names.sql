{{ config(materialized='table') }}

-- A year in which the structure changed takes the name that stood at its end.
with subprogrammes as (
    select * from {{ ref('int_subprogrammes') }}
),

years as (
    select distinct extract(year from day) as fiscal_year
    from {{ ref('int_reference_epochs') }}
),

names as (
    select
        subprogrammes.entity,
        subprogrammes.subprogramme,
        cast(years.fiscal_year as integer) as fiscal_year,
        subprogrammes.name as subprogramme_name
    from subprogrammes
    inner join years
        on
            (subprogrammes.valid_from is null or extract(year from subprogrammes.valid_from) <= years.fiscal_year)
            -- the end is exclusive: a structure that ends on 1 January was not in force in that year
            and (
                subprogrammes.valid_to is null
                or extract(year from subprogrammes.valid_to) > years.fiscal_year
                or (
                    extract(year from subprogrammes.valid_to) = years.fiscal_year
                    and (extract(month from subprogrammes.valid_to) > 1 or extract(day from subprogrammes.valid_to) > 1)
                )
            )
    qualify row_number() over (
        partition by subprogrammes.entity, subprogrammes.subprogramme, years.fiscal_year
        order by subprogrammes.valid_from desc nulls last, subprogrammes.structure desc nulls last
    ) = 1
),

all_names as (
    select * from names
    union all
    select
        named.entity,
        named.subprogramme,
        named.fiscal_year,
        named.subprogramme_name
    from {{ ref('int_subprogrammes_named') }} as named
    left join names
        on
            named.entity = names.entity
            and named.subprogramme = names.subprogramme
            and named.fiscal_year = names.fiscal_year
    where names.subprogramme is null
)

select * from all_names
