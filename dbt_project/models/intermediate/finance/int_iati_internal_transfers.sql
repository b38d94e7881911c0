-- Transactions that stand outside the totals because their money is counted elsewhere in the load: what one activity of a publisher passes on to
-- another of the same publisher; what a parent repeats of its child (equal type, day, value and currency, and no differing reference, provider,
-- receiver or aid type of any vocabulary); and levels of the hierarchy that are not the publisher's counted one.
with transactions as (
    select * from {{ ref('stg_iati_transactions') }}
),

activities as (
    select * from {{ ref('stg_iati_activities') }}
),

passed_on as (
    select
        transactions.iati_identifier,
        transactions.transaction_number,
        'passed_on' as reason
    from transactions
    inner join activities
        on
            case when transactions.flow = 'incoming' then transactions.provider_activity_id else transactions.receiver_activity_id end
            = activities.iati_identifier
            and transactions.entity = activities.entity
            and transactions.iati_identifier <> activities.iati_identifier
            and activities.is_counted_hierarchy
),

-- references are compared without case; the activity's default aid types hold where the transaction states none
compared as (
    select
        transactions.iati_identifier,
        transactions.transaction_number,
        transactions.transaction_type_code,
        transactions.transaction_date,
        transactions.currency,
        transactions.amount_delivered,
        {%- for column in aid_type_columns() %}
        coalesce(transactions.{{ column }}, activities.default_{{ column }}) as {{ column }},
        {%- endfor %}
        {%- for party in ['provider', 'receiver'] %}
        upper(transactions.{{ party }}_org_ref) as {{ party }}_ref,
        upper(transactions.{{ party }}_org_name) as {{ party }}_name,
        {%- endfor %}
        upper(transactions.transaction_ref) as transaction_ref
    from transactions
    inner join activities on transactions.iati_identifier = activities.iati_identifier
),

{{ repeated_by_children(
    'compared', 'transaction_number', ['transaction_type_code', 'transaction_date', 'currency', 'amount_delivered'],
    ['transaction_ref'] + aid_type_columns(), ['provider', 'receiver']
) }},

uncounted_levels as (
    select
        transactions.iati_identifier,
        transactions.transaction_number,
        'uncounted_level' as reason
    from transactions
    inner join activities on transactions.iati_identifier = activities.iati_identifier
    where not activities.is_counted_hierarchy
),

all_reasons as (
    select * from passed_on
    union all
    select
        iati_identifier,
        item as transaction_number,
        'repeated_by_child' as reason
    from repeated
    union all
    select * from uncounted_levels
),

internal_transfers as (
    select
        iati_identifier,
        transaction_number,
        min(reason) as reason
    from all_reasons
    group by iati_identifier, transaction_number
)

select * from internal_transfers
