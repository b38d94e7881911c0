-- What was pledged, came in, is bound and was spent, by fund and year, and by donor of each fund. Two kinds of books tell it: statements of funds
-- (`fund_movements`, their expense also in `subprogramme_allocations` under the fund's code) and ledgers of projects. They are never added together.
{% set flows = [
    'pledged', 'contributed', 'committed', 'spent', 'refunded', 'opening_balance', 'investment_revenue', 'transfers_in', 'transfers_out', 'closing_balance'
] %}
{% set group = ['book', 'record_basis', 'entity', 'fund_code', 'donor', 'fiscal_year', 'period_type'] %}

with movements as (
    select
        *,
        case movement
            when 'pledge' then 'pledged'
            when 'contribution' then 'contributed'
            when 'open_commitment' then 'committed'
            when 'expense' then 'spent'
            when 'refund_to_donor' then 'refunded'
            when 'transfer_in' then 'transfers_in'
            when 'transfer_out' then 'transfers_out'
            else movement
        end as flow
    from {{ ref('int_fund_movements') }}
    where is_latest_vintage
),

-- Of a fund whose own lines say nothing of expense, the ledger lines of the same book do.
fund_expenses as (
    select
        allocations.book,
        allocations.record_basis,
        allocations.entity,
        allocations.fund_code,
        allocations.fiscal_year,
        allocations.period_type,
        allocations.amount_usd_cents
    from {{ ref('int_allocations') }} as allocations
    where
        allocations.is_latest_vintage
        and allocations.measure in ('expense', 'expenditure')
        and allocations.fund_code is not null
        and exists (
            select 1
            from movements
            where
                movements.book = allocations.book
                and movements.record_basis = allocations.record_basis
                and movements.entity = allocations.entity
                and movements.fund_code = allocations.fund_code
        )
        and not exists (
            select 1
            from movements
            where
                movements.book = allocations.book
                and movements.record_basis = allocations.record_basis
                and movements.entity = allocations.entity
                and movements.fund_code = allocations.fund_code
                and movements.fiscal_year = allocations.fiscal_year
                and movements.period_type = allocations.period_type
                and movements.flow = 'spent'
        )
),

projects as (
    select
        *,
        coalesce(fund_code, 'UNALLOCATED') as fund_code_read
    from {{ ref('stg_trust_fund_projects') }}
),

-- Of transactions only the fund and the donors of their project matter here.
{{ transactions_of_project_groups(['entity', 'fund_code', 'donors']) }},

terms as (
    select
        *,
        case transaction_type
            when 'pledge' then 'pledged'
            when 'contribution' then 'contributed'
            when 'commitment' then 'committed'
            when 'refund' then 'refunded'
            else 'spent'
        end as flow,
        case when transaction_type in ('pledge', 'contribution') then provider end as donor
    from {{ ref('int_transaction_terms') }}
    where transaction_type in ('pledge', 'contribution', 'commitment', 'disbursement', 'expenditure', 'refund')
),

transactions as (
    select
        terms.book,
        terms.record_basis,
        project_groups.entity,
        coalesce(project_groups.fund_code, 'UNALLOCATED') as fund_code,
        added_transactions.fiscal_year,
        terms.flow,
        terms.donor as provider,
        case when terms.donor is null then coalesce(project_groups.donors, '') else '' end as donors,
        {{ wide_sum('added_transactions.amount_usd_cents') }} as amount_usd_cents,
        cast(sum(added_transactions.unconverted_rows) as bigint) as unconverted_rows
    from added_transactions
    inner join terms on added_transactions.terms_number = terms.terms_number
    inner join project_groups on added_transactions.group_number = project_groups.group_number
    group by all
),

{{ text_parts('transactions', 'donors') }},

flows as (
    select
        {{ of('movements', group) }},
        movements.flow,
        movements.amount_usd_cents,
        cast(case when movements.amount_usd_cents is null then 1 else 0 end as bigint) as unconverted_rows
    from movements
    union all
    select
        {{ of('fund_expenses', ['book', 'record_basis', 'entity', 'fund_code']) }},
        'UNALLOCATED' as donor,
        {{ of('fund_expenses', ['fiscal_year', 'period_type']) }},
        'spent' as flow,
        fund_expenses.amount_usd_cents,
        cast(case when fund_expenses.amount_usd_cents is null then 1 else 0 end as bigint) as unconverted_rows
    from fund_expenses
    union all
    -- money received is its provider's; what is spent is divided among the donors of the project
    select
        {{ of('transactions', ['book', 'record_basis', 'entity', 'fund_code']) }},
        coalesce(transactions.provider, text_parts.code, 'UNALLOCATED') as donor,
        transactions.fiscal_year,
        'year' as period_type,
        transactions.flow,
        {{ split_part_of_total(
            'transactions.amount_usd_cents', 'coalesce(text_parts.weight_from, 0)', 'coalesce(text_parts.weight_to, 1)',
            'coalesce(text_parts.denominator, 1)', 'coalesce(text_parts.narrow_limit, 0)'
        ) }} as amount_usd_cents,
        transactions.unconverted_rows
    from transactions
    left join text_parts on transactions.donors = text_parts.donors
),

funded_projects as (
    select distinct project_id
    from {{ ref('int_project_flows') }}
    where contributions > 0
),

-- Projects that wait for money, in the year in which they are to start.
pipeline as (
    select
        projects.book,
        projects.record_basis,
        projects.entity,
        projects.fund_code_read as fund_code,
        cast(year(projects.start_date) as integer) as fiscal_year,
        case when funded_projects.project_id is null then 1 else 0 end as is_unfunded,
        {{ usd_cents('projects', 'budget_cents') }} as budget_usd_cents
    from projects
    left join funded_projects on projects.project_id = funded_projects.project_id
    left join {{ ref('int_rates_used') }} as rates
        on
            rates.rate_scope = '*'
            and projects.currency = rates.currency
            and {{ middle_day('projects.start_date', 'coalesce(projects.end_date, projects.start_date)') }} = rates.date_from
            and rates.date_from = rates.date_to
    where projects.status = 'pipeline'
),

levelled as (
    select
        'fund' as level,
        {{ of('flows', ['book', 'record_basis', 'entity', 'fund_code']) }},
        'ALL' as donor,
        {{ of('flows', ['fiscal_year', 'period_type', 'flow', 'amount_usd_cents', 'unconverted_rows']) }}
    from flows
    union all
    select
        'donor' as level,
        {{ of('flows', group + ['flow', 'amount_usd_cents', 'unconverted_rows']) }}
    from flows
    where flows.flow in ('pledged', 'contributed', 'committed', 'spent', 'refunded')
    union all
    {%- for flow, amount, condition in [
        ('pipeline_projects', '1', 'true'), ('pipeline_budget', 'budget_usd_cents', 'true'),
        ('unfunded_projects', '1', 'is_unfunded = 1'), ('unfunded_budget', 'budget_usd_cents', 'is_unfunded = 1'),
    ] %}
    select
        'fund' as level,
        {{ of('pipeline', ['book', 'record_basis', 'entity', 'fund_code']) }},
        'ALL' as donor,
        pipeline.fiscal_year,
        'year' as period_type,
        '{{ flow }}' as flow,
        {{ amount }} as amount_usd_cents,
        cast(case when {{ amount }} is null then 1 else 0 end as bigint) as unconverted_rows
    from pipeline
    where {{ condition }}
    {%- if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}
),

added as (
    select
        level,
        {{ group | join(',\n        ') }},
        {%- for flow in flows + ['pipeline_budget', 'unfunded_budget', 'pipeline_projects', 'unfunded_projects'] %}
        {{ wide_sum("case when flow = '" ~ flow ~ "' then amount_usd_cents end") }} as {{ flow }},
        {%- endfor %}
        cast(sum(unconverted_rows) as bigint) as unconverted_rows
    from levelled
    group by level, {{ group | join(', ') }}
),

-- Without an opening balance nobody knows what is left; with a line that has no rate, neither.
balanced as (
    select
        *,
        case
            when level = 'fund' and unconverted_rows = 0
                then
                    opening_balance + coalesce(contributed, 0) + coalesce(investment_revenue, 0) + coalesce(transfers_in, 0)
                    - coalesce(transfers_out, 0) - coalesce(refunded, 0) - coalesce(spent, 0)
        end as balance
    from added
),

mobilised as (
    select
        level,
        {{ group | join(',\n        ') }},
        {%- for flow in flows %}
        {{ from_total_cents(flow) }} as {{ flow }}_usd,
        {%- endfor %}
        {{ from_total_cents('balance') }} as balance_usd,
        {{ from_total_cents('closing_balance - balance') }} as balance_difference_usd,
        cast(pipeline_projects as integer) as pipeline_projects,
        {{ from_total_cents('pipeline_budget') }} as pipeline_budget_usd,
        cast(unfunded_projects as integer) as unfunded_projects,
        {{ from_total_cents('unfunded_budget') }} as unfunded_budget_usd,
        unconverted_rows
    from balanced
)

select * from mobilised
