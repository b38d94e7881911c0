{{ config(materialized='view') }}

-- Every loaded transaction, whatever it was delivered in. A view: each table is read where it stands, and nothing is stored twice.
{% for transactions in ['int_project_transactions', 'int_iati_transactions'] %}
select
    book,
    record_basis,
    transaction_id,
    entity,
    reporter_role,
    project_id,
    transaction_type,
    cost_class,
    transaction_date,
    fiscal_year,
    funding_source,
    flow,
    provider,
    receiver,
    amount_cents,
    amount_usd_cents,
    currency,
    fx_rate,
    fx_rate_date,
    fx_source,
    split_id,
    epoch,
    project_scope,
    priority_area,
    gender_marker,
    donors,
    sdg_targets,
    is_internal_transfer,
    is_humanitarian,
    technical_cooperation,
    is_counted,
    _delivery_id,
    _source_row
from {{ ref(transactions) }}
{% if not loop.last %}union all{% endif %}
{% endfor %}
