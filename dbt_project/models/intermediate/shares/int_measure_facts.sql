-- How a share leads to its facts: `explain` and the site ask this table, which the macros make that make the shares.
with transaction_measures as (
    {{ transaction_measures() | indent(4) }}
),

measures as (
    select
        measure,
        min(transaction_type) as transaction_type,
        count(*) as type_count
    from transaction_measures
    group by measure
),

allocations as (
    select distinct measure from {{ ref('int_allocations') }}
),

deliverables as (
    select distinct
        measure,
        status,
        deliverable
    from {{ ref('int_deliverables') }}
),

facts as (
    {%- for measure, said in register_measures().items() %}
    select
        '{{ measure }}' as measure,
        1 as place,
        'fct_activities' as fact_table,
        {{ sql_text(is_record_of(said, said.source_column)) }} as fact_condition,
        '{{ said.contributes }}' as contributes,
        '{{ said.source_column }}' as source_column,
        'start_date' as place_day
    union all
    {%- endfor %}
    select
        'in_kind_usd' as measure,
        1 as place,
        'fct_in_kind_contributions' as fact_table,
        'is_valued' as fact_condition,
        'value_usd' as contributes,
        'value_amount' as source_column,
        'received_on' as place_day
    union all
    select
        'project_count' as measure,
        1 as place,
        'fct_spending' as fact_table,
        {{ sql_text(is_spending() ~ ' and ' ~ is_counted_transaction()) }} as fact_condition,
        'null' as contributes,
        'amount' as source_column,
        'transaction_date' as place_day
    union all
    {%- for measure in ['active_project_count', 'budget_usd'] %}
    select
        '{{ measure }}' as measure,
        1 as place,
        'dim_project' as fact_table,
        'true' as fact_condition,
        'null' as contributes,
        'budget_amount' as source_column,
        'start_date' as place_day
    union all
    {%- endfor %}
    select
        measure,
        1 as place,
        'fct_spending' as fact_table,
        case
            when type_count > 1 then {{ sql_text(is_spending() ~ ' and ' ~ is_counted_transaction()) }}
            else concat('transaction_type = ''', transaction_type, {{ sql_text("' and " ~ is_counted_transaction()) }})
        end as fact_condition,
        'amount_usd' as contributes,
        'amount' as source_column,
        'transaction_date' as place_day
    from measures
    union all
    {%- for movement in measured_movements() %}
    select
        '{{ movement }}_usd' as measure,
        2 as place,
        'fct_fund_movements' as fact_table,
        {{ sql_text("movement = '" ~ movement ~ "' and is_latest_vintage") }} as fact_condition,
        'amount_usd' as contributes,
        'amount' as source_column,
        'period_end' as place_day
    union all
    {%- endfor %}
    {%- for measure in ['budget', 'expenditure'] %}
    select
        '{{ measure }}_usd' as measure,
        4 as place,
        'fct_organisation_budgets' as fact_table,
        {{ sql_text("measure = '" ~ measure ~ "' and is_counted") }} as fact_condition,
        'amount_usd' as contributes,
        'amount' as source_column,
        'period_end' as place_day
    union all
    {%- endfor %}
    select
        concat(measure, '_usd') as measure,
        3 as place,
        'fct_allocations' as fact_table,
        concat('measure = ''', measure, {{ sql_text("' and " ~ is_counted_line()) }}) as fact_condition,
        'amount_usd' as contributes,
        'amount' as source_column,
        'period_end' as place_day
    from allocations
    union all
    select
        measure,
        1 as place,
        'fct_deliverables' as fact_table,
        concat('status = ''', status, ''' and deliverable = ''', deliverable, '''') as fact_condition,
        'quantity' as contributes,
        'quantity' as source_column,
        'period_end' as place_day
    from deliverables
)

select * from facts
