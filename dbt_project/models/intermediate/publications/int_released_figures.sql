-- The figures by which releases are compared, one below the other. Records stand by a key that outlives their delivery; transactions are added
-- up by project while there are few projects, else by entity, since ten million of them are compared, too. The next run lands this table as `previous_figures`.
-- Keys are written out after adding up: a text per transaction would cost more than all the rest.
{% set most_projects = 20000 %}
{% set own = ['book', 'record_basis', 'entity', 'fiscal_year'] %}
{% set share_key = ['reporter_role', 'period_type', 'measure', 'funding_source', 'funding_level'] %}
{% set sets = [
    {
        'table': 'fct_spending', 'relation': 'transactions', 'key': ['project_id', 'transaction_type', 'funding_source', 'currency'],
        'measure': "concat(transaction_type, '_usd')",
        'values': {
            'amount': from_total_cents(wide_sum('amount_cents')),
            'amount_usd': from_total_cents(wide_sum('amount_usd_cents')),
        },
    },
    {
        'table': 'fct_allocations', 'from': 'fct_allocations', 'where': 'is_latest_vintage',
        'key': ['period_type', 'budget_component', 'subprogramme', 'funding_source', 'fund_code', 'measure', 'currency'],
        'measure': "concat(measure, '_usd')", 'values': {'amount': 'sum(amount)', 'amount_usd': 'sum(amount_usd)'},
    },
    {
        'table': 'fct_deliverables', 'from': 'fct_deliverables', 'key': ['period_type', 'subprogramme', 'deliverable', 'status', 'unit'],
        'measure': "concat(status, '_', deliverable)", 'values': {'quantity': 'sum(quantity)'},
    },
    {
        'table': 'fct_activities', 'from': 'fct_activities', 'key': ['activity_key', 'recipient'],
        'beside': ['activity_kind'], 'measure': "concat(activity_kind, '_count')",
        'values': {'weight': 'sum(weight)', 'adviser_days': 'sum(adviser_days)'},
    },
    {
        'table': 'dim_project', 'from': 'dim_project', 'key': ['project_id', 'currency'],
        'fiscal_year': 'cast(null as integer)', 'measure': "'budget_usd'", 'values': {'budget_amount': 'sum(budget_amount)'},
    },
    {
        'table': 'shares_by_subprogramme', 'from': 'shares_by_subprogramme', 'key': share_key + ['subprogramme'], 'delivery': 'cast(null as string)',
        'measure': 'measure', 'values': {'value': 'sum(value)', 'share_pct': 'sum(share_pct)'},
    },
    {
        'table': 'shares_by_region', 'from': 'shares_by_region', 'where': 'funding_level = 0', 'key': share_key + ['region_scheme', 'region'],
        'delivery': 'cast(null as string)', 'measure': 'measure', 'values': {'value': 'sum(value)', 'share_pct': 'sum(share_pct)'},
    },
    {
        'table': 'indicators', 'from': 'indicators', 'key': ['indicator', 'period_start', 'period_end', 'dimension_scheme', 'dimension_value'],
        'fiscal_year': 'year(period_end)', 'delivery': 'cast(null as string)', 'measure': 'indicator', 'values': {'value': 'sum(value)'},
    },
    {
        'table': 'published_figure_checks', 'from': 'published_figure_checks', 'key': ['figure_id'],
        'beside': ['measure'], 'fiscal_year': 'year(period_end)', 'delivery': 'cast(null as string)', 'measure': 'measure',
        'values': {'computed_value': 'sum(computed_value)'},
    },
] %}

with project_count as (
    select count(*) as projects
    from {{ ref('dim_project') }}
),

transactions as (
    select
        facts.book,
        facts.record_basis,
        facts.entity,
        facts.fiscal_year,
        facts.transaction_type,
        facts.funding_source,
        facts.currency,
        facts.amount_cents,
        facts.amount_usd_cents,
        facts._delivery_id,
        case when project_count.projects <= {{ most_projects }} then facts.project_id end as project_id
    from {{ ref('int_transactions') }} as facts
    cross join project_count
),

{%- for set in sets %}

{{ set.table }}_sums as (
    select
        {%- for column in set.key + (set.beside or []) %}
        {{ column }},
        {%- endfor %}
        book,
        record_basis,
        entity,
        cast({{ set.fiscal_year | default('fiscal_year') }} as integer) as year_of_figure,
        {{ set.delivery | default('_delivery_id') }} as delivery_id,
        {%- for expression in set['values'].values() %}
        cast({{ expression }} as decimal(34, 6)) as value_{{ loop.index }},
        {%- endfor %}
        count(*) as record_count
    from {{ set.relation or ref(set.from) }}
    {%- if set.where %}
    where {{ set.where }}
    {%- endif %}
    group by all
),
{%- endfor %}

figures as (
    {%- for set in sets %}
    {%- set table_loop = loop %}
    {%- for column in set['values'] %}
    select
        '{{ set.table }}' as table_name,
        concat_ws(
            ', ' {%- for column in set.key %},
            case when {{ column }} is not null then concat('{{ column }}=', cast({{ column }} as string)) end
            {%- endfor %}
        ) as row_key,
        '{{ column }}' as column_name,
        book,
        record_basis,
        entity,
        year_of_figure as fiscal_year,
        {{ set.measure }} as measure,
        delivery_id,
        cast(record_count as bigint) as record_count,
        value_{{ loop.index }} as figure
    from {{ set.table }}_sums
    {%- if not (loop.last and table_loop.last) %}
    union all
    {%- endif %}
    {%- endfor %}
    {%- endfor %}
)

select * from figures
