-- Types in the words of the warehouse; what a transaction does not say of itself it takes from its activity later.
with transactions as (
    select * from {{ ref('raw_iati_transactions') }}
),

spellings as (
    select * from {{ ref('stg_organisation_spellings') }}
),

types as (
    {{ iati_transaction_types() | indent(4) }}
),

aid_types as (
    select * from {{ ref('technical_cooperation_rules') }}
    where criterion = 'aid_type'
),

rounded as (
    select
        transactions.book,
        transactions.record_basis,
        transactions.iati_identifier,
        transactions.transaction_number,
        coalesce(reporters.organisation, transactions.reporting_org_ref, 'UNKNOWN') as entity,
        transactions.reporting_org_ref as entity_delivered,
        transactions.transaction_type as transaction_type_code,
        -- the warehouse's own export says so where the standard has no such type
        case
            when transactions.warehouse_type in ('pledge', 'refund') then transactions.warehouse_type
            else coalesce(types.transaction_type, 'other')
        end as transaction_type,
        case
            when transactions.warehouse_type = 'pledge' then 'incoming'
            when transactions.warehouse_type = 'refund' then 'outgoing'
            else coalesce(types.flow, 'outgoing')
        end as flow,
        transactions.transaction_date,
        transactions.value_date,
        cast(year(transactions.transaction_date) as integer) as fiscal_year,
        {{ in_cents('iati_transactions', 'transactions') }},
        transactions.currency,
        coalesce(providers.organisation, transactions.provider_org_ref, transactions.provider_org_name) as provider,
        coalesce(receivers.organisation, transactions.receiver_org_ref, transactions.receiver_org_name) as receiver,
        transactions.transaction_ref,
        transactions.provider_org_ref,
        transactions.provider_org_name,
        transactions.receiver_org_ref,
        transactions.receiver_org_name,
        transactions.provider_activity_id,
        transactions.receiver_activity_id,
        transactions.is_humanitarian,
        {{ of('transactions', aid_type_columns()) | indent(8) }},
        -- of its own aid type, if it has one
        case when transactions.aid_type is not null then coalesce(aid_types.technical_cooperation, 'other') end as technical_cooperation,
        transactions._delivery_id,
        transactions._source_file,
        transactions._source_row
    from transactions
    left join spellings as reporters on transactions.reporting_org_ref = reporters.delivered
    left join spellings as providers on transactions.provider_org_ref = providers.delivered
    left join spellings as receivers on transactions.receiver_org_ref = receivers.delivered
    left join types on transactions.transaction_type = types.code
    left join aid_types on transactions.aid_type = aid_types.code
),

{{ with_rounding('iati_transactions') }}

select * from renamed
