-- The measure a statement speaks of, and the one under which other books hold the same money: programme budgets print expenditure,
-- financial statements expense. The second never decides a verdict.
with statements as (
    select * from {{ ref('int_statements') }}
    where is_testable
),

measures as (
    select
        figure_id,
        measure,
        true as is_own_measure
    from statements
    union all
    select
        figure_id,
        case when measure = 'expenditure_usd' then 'expense_usd' else 'expenditure_usd' end as measure,
        false as is_own_measure
    from statements
    where measure in ('expenditure_usd', 'expense_usd')
)

select * from measures
