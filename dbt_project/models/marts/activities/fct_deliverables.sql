with deliverables as (
    select * from {{ ref('int_deliverables') }}
),

split_parts as (
    select * from {{ ref('int_split_parts') }}
),

subprogramme_names as (
    select * from {{ ref('int_subprogramme_names') }}
),

subprogrammes as (
    select
        split_id,
        {{ joined_text('subprogramme', '|') }} as subprogramme
    from split_parts
    group by split_id
),

lines as (
    select
        deliverables.book,
        deliverables.record_basis,
        deliverables.entity,
        deliverables.fiscal_year,
        deliverables.period_type,
        deliverables.period_start,
        deliverables.period_end,
        subprogrammes.subprogramme,
        subprogramme_names.subprogramme_name,
        deliverables.deliverable,
        deliverables.status,
        {{ decimal_of('deliverables.quantity_units', 6, 24) }} as quantity,
        deliverables.unit,
        deliverables.as_of,
        deliverables.source_symbol,
        deliverables.source_address,
        deliverables._delivery_id,
        deliverables._source_row,
        deliverables._source_column
    from deliverables
    left join subprogrammes on deliverables.split_id = subprogrammes.split_id
    left join subprogramme_names
        on
            deliverables.entity = subprogramme_names.entity
            and subprogrammes.subprogramme = subprogramme_names.subprogramme
            and deliverables.fiscal_year = subprogramme_names.fiscal_year
)

select * from lines
