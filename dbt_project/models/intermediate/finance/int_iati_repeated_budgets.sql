-- Budgets in force of activities whose children state them again: equal type, period, value and currency. The child's counts.
with budgets as (
    select * from {{ ref('int_iati_budgets') }}
    where is_in_force
),

{{ repeated_by_children('budgets', 'budget_number', ['budget_type', 'period_start', 'period_end', 'amount_delivered', 'currency']) }},

repeated_budgets as (
    select
        iati_identifier,
        item as budget_number
    from repeated
)

select * from repeated_budgets
