with budgets as (
    select * from {{ ref('int_organisation_budgets') }}
),

facts as (
    select
        book,
        record_basis,
        entity,
        organisation_name,
        reporter_role,
        measure,
        vocabulary,
        recipient,
        recipient_name,
        budget_status,
        period_start,
        period_end,
        fiscal_year,
        period_type,
        {{ from_cents('amount_cents') }} as amount,
        currency,
        {{ from_cents('amount_usd_cents') }} as amount_usd,
        fx_rate,
        fx_rate_date,
        fx_source,
        is_in_force,
        is_counted,
        left_out_because,
        _delivery_id,
        _source_row
    from budgets
)

select * from facts
