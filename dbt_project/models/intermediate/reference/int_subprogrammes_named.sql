-- What a delivery says of itself is used until somebody delivers the structure: a code that none has on the line's day stands under the name in the line.
with lines as (
    select
        entity,
        lower(trim(subprogramme)) as label,
        trim(subprogramme) as subprogramme,
        trim(subprogramme_name) as subprogramme_name,
        fiscal_year,
        period_end
    from {{ ref('stg_subprogramme_allocations') }}
    where
        subprogramme_name is not null
        and upper(trim(subprogramme)) not in ('UNALLOCATED', 'UNKNOWN')
        -- a split has no single name
        and subprogramme not like '%|%'
        and subprogramme not like '%:%'
),

labels as (
    select * from {{ ref('int_subprogramme_labels') }}
),

unknown as (
    select lines.*
    from lines
    left join labels
        on
            lines.entity = labels.entity
            and lines.label = labels.label
            and (labels.valid_from is null or lines.period_end >= labels.valid_from)
            and (labels.valid_to is null or lines.period_end < labels.valid_to)
    where labels.label is null
),

-- one spelling of a code, and of several names in a year the last one
named as (
    select
        entity,
        label,
        fiscal_year,
        min(min(subprogramme)) over (partition by entity, label) as subprogramme,
        concat(max(subprogramme_name), ' (not in any delivered structure)') as subprogramme_name
    from unknown
    group by entity, label, fiscal_year
)

select * from named
