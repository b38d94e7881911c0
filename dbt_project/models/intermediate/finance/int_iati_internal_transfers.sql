-- Transactions that stand outside the totals because their money is counted elsewhere in the load: what one activity of a publisher passes on to
-- another of the same publisher; what a parent repeats of its child (same type, day and value: as many of the parent's as the children have); and
-- levels of the hierarchy that are not the publisher's counted one.
with transactions as (
    select * from {{ ref('stg_iati_transactions') }}
),

activities as (
    select * from {{ ref('stg_iati_activities') }}
),

related_activities as (
    select * from {{ ref('stg_iati_related_activities') }}
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
),

families as (
    select
        related_identifier as parent_identifier,
        iati_identifier as child_identifier
    from related_activities
    where relation_type = '1'
    union distinct
    select
        iati_identifier as parent_identifier,
        related_identifier as child_identifier
    from related_activities
    where relation_type = '2'
),

of_children as (
    select
        families.parent_identifier,
        transactions.entity,
        transactions.transaction_type_code,
        transactions.transaction_date,
        transactions.currency,
        transactions.amount_delivered,
        count(*) as copies
    from families
    inner join transactions on families.child_identifier = transactions.iati_identifier
    where families.parent_identifier <> families.child_identifier
    group by
        families.parent_identifier, transactions.entity, transactions.transaction_type_code, transactions.transaction_date, transactions.currency,
        transactions.amount_delivered
),

of_parents as (
    select
        transactions.*,
        row_number() over (
            partition by
                transactions.iati_identifier, transactions.transaction_type_code, transactions.transaction_date, transactions.currency,
                transactions.amount_delivered
            order by transactions.transaction_number
        ) as copy_number
    from transactions
    where transactions.iati_identifier in (select of_children.parent_identifier from of_children)
),

repeated as (
    select
        of_parents.iati_identifier,
        of_parents.transaction_number,
        'repeated_by_child' as reason
    from of_parents
    inner join of_children
        on
            of_parents.iati_identifier = of_children.parent_identifier
            and of_parents.entity = of_children.entity
            and of_parents.transaction_type_code = of_children.transaction_type_code
            and of_parents.transaction_date = of_children.transaction_date
            and of_parents.currency = of_children.currency
            and of_parents.amount_delivered = of_children.amount_delivered
    where of_parents.copy_number <= of_children.copies
),

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
    select * from repeated
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
