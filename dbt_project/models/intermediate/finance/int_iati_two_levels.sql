-- Parents whose counted money of a year, type and currency is that of their children to the cent: the same money stands in the totals twice, at two
-- levels of a hierarchy, in amounts that no repetition shows (1,000 above, 600 and 400 below). Nothing is left out for it: whether a publisher's
-- levels add up or say the same is for the seed reporter_roles to know.
with families as (
    select * from {{ ref('int_iati_families') }}
),

amounts as (
    select
        transactions.iati_identifier,
        transactions.transaction_type as measure,
        transactions.fiscal_year,
        transactions.currency,
        transactions.amount_cents
    from {{ ref('stg_iati_transactions') }} as transactions
    left join {{ ref('int_iati_internal_transfers') }} as internal_transfers
        on
            transactions.iati_identifier = internal_transfers.iati_identifier
            and transactions.transaction_number = internal_transfers.transaction_number
    where internal_transfers.reason is null
    union all
    select
        budgets.iati_identifier,
        'budget' as measure,
        budgets.fiscal_year,
        budgets.currency,
        budgets.amount_cents
    from {{ ref('int_iati_budgets') }} as budgets
    left join {{ ref('int_iati_repeated_budgets') }} as repeated
        on
            budgets.iati_identifier = repeated.iati_identifier
            and budgets.budget_number = repeated.budget_number
    where budgets.is_in_force and repeated.budget_number is null
),

totals as (
    select
        iati_identifier,
        measure,
        fiscal_year,
        currency,
        sum({{ wide('amount_cents') }}) as amount_cents
    from amounts
    where
        iati_identifier in (select families.parent_identifier from families)
        or iati_identifier in (select families.child_identifier from families)
    group by iati_identifier, measure, fiscal_year, currency
),

of_children as (
    select
        families.parent_identifier,
        totals.measure,
        totals.fiscal_year,
        totals.currency,
        sum(totals.amount_cents) as amount_cents
    from families
    inner join totals on families.child_identifier = totals.iati_identifier
    group by families.parent_identifier, totals.measure, totals.fiscal_year, totals.currency
),

two_levels as (
    select
        totals.iati_identifier,
        totals.measure,
        totals.fiscal_year,
        totals.currency
    from totals
    inner join of_children
        on
            totals.iati_identifier = of_children.parent_identifier
            and totals.measure = of_children.measure
            and totals.fiscal_year = of_children.fiscal_year
            and totals.currency = of_children.currency
            and totals.amount_cents = of_children.amount_cents
    where totals.amount_cents <> 0
)

select * from two_levels
