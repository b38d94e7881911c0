with contributions as (
    select * from {{ ref('raw_in_kind_contributions') }}
),

entities as (
    select * from {{ ref('entities') }}
),

rounded as (
    select
        contributions.book,
        contributions.record_basis,
        contributions.contribution_id,
        coalesce(entities.entity, 'UNKNOWN') as entity,
        contributions.entity as entity_delivered,
        contributions.provider,
        contributions.kind,
        contributions.received_on,
        cast(year(contributions.received_on) as integer) as fiscal_year,
        contributions.value_amount as value_delivered,
        {{ to_cents('contributions.value_amount') }} as value_cents,
        contributions.currency,
        contributions.project_id,
        contributions.subprogramme,
        contributions.recipients,
        contributions.source_symbol,
        contributions.source_address,
        contributions._delivery_id,
        contributions._source_row
    from contributions
    left join entities on contributions.entity = entities.entity
),

renamed as (
    select
        *,
        value_delivered - {{ from_cents('value_cents') }} as value_rounding
    from rounded
)

select * from renamed
