with contributions as (
    select * from {{ ref('int_in_kind_contributions') }}
),

facts as (
    select
        book,
        record_basis,
        contribution_id,
        entity,
        provider,
        donor,
        kind,
        received_on,
        fiscal_year,
        value_cents is not null as is_valued,
        {{ from_cents('value_cents') }} as value_amount,
        currency,
        {{ from_cents('value_usd_cents') }} as value_usd,
        fx_rate,
        fx_rate_date,
        fx_source,
        project_id,
        nullif(subprogrammes_read, '') as subprogrammes,
        nullif(recipients_read, '') as recipients,
        source_symbol,
        source_address,
        _delivery_id,
        _source_row
    from contributions
)

select * from facts
