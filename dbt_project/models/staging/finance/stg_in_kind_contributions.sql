with contributions as (
    {{ with_entity('in_kind_contributions') }}
),

rounded as (
    select
        contributions.book,
        contributions.record_basis,
        contributions.contribution_id,
        contributions.entity_read as entity,
        contributions.entity as entity_delivered,
        contributions.provider,
        contributions.kind,
        contributions.received_on,
        cast(year(contributions.received_on) as integer) as fiscal_year,
        {{ in_cents('in_kind_contributions', 'contributions') }},
        contributions.currency,
        contributions.project_id,
        contributions.subprogramme,
        contributions.recipients,
        contributions.source_symbol,
        contributions.source_address,
        contributions._delivery_id,
        contributions._source_row
    from contributions
),

{{ with_rounding('in_kind_contributions') }}

select * from renamed
