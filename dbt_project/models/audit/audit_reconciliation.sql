-- Money is conserved from step to step: what a layer holds, what the next one holds, what rounding to cents took away, what is missing.
-- Every amount is added up anew on both sides; nothing here is copied from the layer that is tested. Whatever money was delivered is on the
-- left, also of a source that is not named here: it has nothing on the right, and the difference blocks the release.
{% set money = registered_amounts() %}

with delivered as (
    select * from {{ source('landing', 'delivered_amounts') }}
),

transaction_parts as (
    select
        transactions.book,
        transactions.entity,
        transactions.fiscal_year,
        transactions.record_basis,
        transactions.transaction_type,
        transactions.currency,
        -- a part of no weight (`KG:0|TJ:100`) shares its beginning or its end with a neighbour: one part of each split begins it and has weight
        parts.weight_from = 0 and parts.weight_to > 0 as is_first_part,
        {{ split_part_cents('transactions.amount_cents', 'parts.weight_from', 'parts.weight_to', 'parts.denominator', 'parts.narrow_limit') }} as part_cents
    from {{ ref('int_project_transactions') }} as transactions
    inner join {{ ref('int_split_parts') }} as parts on transactions.split_id = parts.split_id
),

iati_parts as (
    select
        transactions.book,
        transactions.entity,
        transactions.fiscal_year,
        transactions.record_basis,
        transactions.transaction_type,
        transactions.currency,
        parts.weight_from,
        {{ split_part_cents('transactions.amount_cents', 'parts.weight_from', 'parts.weight_to', 'parts.denominator', 'parts.narrow_limit') }} as part_cents
    from {{ ref('int_iati_transactions') }} as transactions
    inner join {{ ref('int_iati_split_parts') }} as parts on transactions.split_id = parts.split_id
),

-- What raw tables and staging hold is added up once, though each layer stands on both sides of a step.
raw_sums as (
    {%- for told in money %}
    {{ layer_sums(
        told.source, ref('raw_' ~ told.name), told.amount, told.measure,
        entity=told.entry.entity or 'cast(null as string)', fiscal_year=told.entry.year
    ) }}
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

staged_sums as (
    {%- for told in money %}
    {{ layer_sums(
        told.source, ref('stg_' ~ told.name), told.stem ~ '_cents', told.entry.staged_measure or told.measure,
        entity='entity_delivered' if told.entry.entity else 'cast(null as string)', fiscal_year=told.entry.year, rounding=told.stem ~ '_rounding'
    ) }}
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

sides as (
    {%- for side, amount, rows in [('from', 'amount_delivered', 'rows_delivered'), ('to', 'amount_quarantined', 'rows_quarantined')] %}
    {{ layer_amounts(
        'source', 'delivered', 'raw', side, 'delivered', amount, 'measure', 'currency', in_cents=false, row_count='sum(' ~ rows ~ ')',
        condition="(amount_delivered is not null or source in ('" ~ money | map(attribute='source') | unique | join("', '") ~ "'))"
    ) }}
    union all
    {%- endfor %}
    {%- for layer_from, layer_to, side in [('delivered', 'raw', 'to'), ('raw', 'staging', 'from')] %}
    {{ layer_amounts('source', layer_from, layer_to, side, 'raw_sums', 'amount', 'measure', 'currency', in_cents=false, row_count='sum(row_count)') }}
    union all
    {%- endfor %}
    {{ layer_amounts(
        'source', 'raw', 'staging', 'to', 'staged_sums', 'amount', 'measure', 'currency', rounding='rounding', row_count='sum(row_count)'
    ) }}
    union all
    {{ layer_amounts(
        "'iati'", 'staging', 'facts', 'from', ref('stg_iati_transactions'), 'amount_cents', 'transaction_type', 'currency'
    ) }}
    union all
    {{ layer_amounts(
        "'iati'", 'staging', 'facts', 'to', 'iati_parts', 'part_cents', 'transaction_type', 'currency', row_count='count(*) filter (where weight_from = 0)'
    ) }}
    union all
    {{ layer_amounts(
        'source', 'staging', 'facts', 'from', 'staged_sums', 'amount', 'measure', 'currency', row_count='sum(row_count)',
        condition="source = 'project_transactions'"
    ) }}
    union all
    {{ layer_amounts(
        "'project_transactions'", 'staging', 'facts', 'to', 'transaction_parts', 'part_cents', 'transaction_type', 'currency',
        entity='cast(null as string)', row_count='count(*) filter (where is_first_part)'
    ) }}
    union all
    {%- for name, measure in organisation_measures().items() %}
    {{ layer_amounts("'iati'", 'staging', 'facts', 'from', ref('stg_' ~ name), 'amount_cents', "'" ~ measure ~ "'", 'currency') }}
    union all
    {%- endfor %}
    {{ layer_amounts(
        "'iati'", 'staging', 'facts', 'to', ref('int_organisation_budgets'), 'amount_cents', 'measure', 'currency', fiscal_year='start_year'
    ) }}
    union all
    {{ layer_amounts(
        "'iati'", 'facts', 'marts', 'from', ref('int_organisation_budgets'), 'amount_usd_cents', "concat(measure, '_usd')", "'USD'",
        condition='is_counted'
    ) }}
    union all
    {#- spending is compared by its parts, above -#}
    {%- for told in money if told.entry.fact and told.entry.fact != 'fct_spending' %}
    {{ layer_amounts("'" ~ told.name ~ "'", 'staging', 'facts', 'from', ref('stg_' ~ told.name), told.stem ~ '_cents', told.measure, 'currency') }}
    union all
    {{ layer_amounts("'" ~ told.name ~ "'", 'staging', 'facts', 'to', ref(told.entry.fact), told.amount, told.measure, 'currency', in_cents=false) }}
    union all
    {%- endfor %}
    {{ layer_amounts(
        "'fund_movements'", 'facts', 'marts', 'from', ref('fct_fund_movements'), 'amount_usd', "concat(movement, '_usd')", "'USD'",
        in_cents=false, condition="is_latest_vintage and movement in ('pledge', 'contribution')"
    ) }}
    union all
    {{ layer_amounts(
        "'in_kind_contributions'", 'facts', 'marts', 'from', ref('fct_in_kind_contributions'), 'value_usd', "'in_kind_usd'", "'USD'", in_cents=false
    ) }}
    union all
    {{ layer_amounts(
        "'project_transactions'", 'facts', 'marts', 'from', ref('int_project_transactions'), 'amount_usd_cents', "concat(transaction_type, '_usd')", "'USD'"
    ) }}
    union all
    {{ layer_amounts(
        "'iati'", 'facts', 'marts', 'from', ref('int_iati_transactions'), 'amount_usd_cents', "concat(transaction_type, '_usd')", "'USD'",
        condition='is_counted'
    ) }}
    union all
    {{ layer_amounts(
        "'subprogramme_allocations'", 'facts', 'marts', 'from', ref('fct_allocations'), 'amount_usd', "concat(measure, '_usd')", "'USD'",
        in_cents=false, condition=is_counted_line()
    ) }}
    union all
    {{ layer_amounts(
        "'trust_fund_projects'", 'facts', 'marts', 'from', ref('int_project_counts'), 'value_units', 'measure', "'USD'",
        row_count='sum(record_count)', condition="measure = 'budget_usd'"
    ) }}
),

-- What the shares hold, at the level of the sources, against all facts that feed the same measure of the same book.
shares as (
    {{ layer_amounts(
        "'marts'", 'facts', 'marts', 'to', ref('shares_by_subprogramme'), 'value', 'measure', "'USD'", in_cents=false, row_count='0',
        condition="unit = 'USD' and funding_level = 2 and measure <> 'spending_usd'"
    ) }}
),

compared as (
    select
        {{ reconciliation_columns() | join(', ') }},
        sum(amount_from) as amount_from,
        sum(amount_to) as amount_to,
        sum(rounding) as rounding,
        sum(rows_from) as rows_from,
        sum(rows_to) as rows_to
    from sides
    where layer_to <> 'marts'
    group by {{ reconciliation_columns() | join(', ') }}
    union all
    select
        max(source) as source,
        layer_from,
        layer_to,
        book,
        entity,
        fiscal_year,
        record_basis,
        measure,
        currency,
        sum(amount_from) as amount_from,
        sum(amount_to) as amount_to,
        sum(rounding) as rounding,
        sum(rows_from) as rows_from,
        cast(null as bigint) as rows_to
    from (
        select * from sides
        where layer_to = 'marts'
        union all
        select * from shares
    ) as last_step
    group by layer_from, layer_to, book, entity, fiscal_year, record_basis, measure, currency
),

reconciliation as (
    select
        {{ reconciliation_columns() | join(',\n        ') }},
        cast(amount_from as decimal(38, 10)) as amount_from,
        cast(amount_to as decimal(38, 10)) as amount_to,
        cast(rounding as decimal(38, 10)) as rounding,
        cast(amount_from - amount_to - rounding as decimal(38, 10)) as difference,
        cast(rows_from as bigint) as rows_from,
        cast(rows_to as bigint) as rows_to
    from compared
    -- groups that nobody delivered any money in say nothing
    where not (measure is null and amount_from = 0 and amount_to = 0)
)

select * from reconciliation
