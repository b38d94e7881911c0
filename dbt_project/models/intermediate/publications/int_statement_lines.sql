-- The source records behind each statement: one row per statement, measure, period and record. Which document a record cites decides
-- what a confirmation is worth.
with statements as (
    select * from {{ ref('int_statements') }}
),

statement_measures as (
    select * from {{ ref('int_statement_measures') }}
),

statement_periods as (
    select * from {{ ref('int_statement_periods') }}
),

sought as (
    select
        statements.figure_id,
        statements.entity_read as entity,
        statement_measures.measure,
        statement_measures.is_own_measure,
        statement_periods.period_role,
        statement_periods.period_type,
        statement_periods.fiscal_year
    from statements
    inner join statement_measures on statements.figure_id = statement_measures.figure_id
    inner join statement_periods on statements.figure_id = statement_periods.figure_id
),

transaction_measures as (
    {{ transaction_measures() | indent(4) }}
),

sought_transactions as (
    select
        transaction_measures.measure,
        transactions.*
    from {{ ref('int_transactions') }} as transactions
    inner join transaction_measures on transactions.transaction_type = transaction_measures.transaction_type
    where
        exists (
            select 1
            from sought
            where
                sought.entity = transactions.entity
                and sought.fiscal_year = transactions.fiscal_year
                and sought.measure = transaction_measures.measure
        )
),

project_documents as (
    select distinct
        entity,
        record_basis,
        funding_source,
        source_symbol,
        source_address
    from {{ ref('stg_trust_fund_projects') }}
),

records as (
    select
        transactions.book,
        transactions.entity,
        transactions.fiscal_year,
        'year' as period_type,
        transactions.record_basis,
        transactions.measure,
        transactions.funding_source,
        transactions.project_scope,
        transactions.priority_area,
        'project' as activity_type,
        transactions.split_id,
        transactions.epoch,
        1 as record_count,
        transactions.amount_usd_cents is null as is_unconverted,
        cast(null as decimal(28, 10)) as rounding_unit,
        delivered.source_symbol,
        delivered.source_address
    from sought_transactions as transactions
    inner join {{ ref('stg_project_transactions') }} as delivered
        on
            transactions._delivery_id = delivered._delivery_id
            and transactions._source_row = delivered._source_row
    union all
    select
        book,
        entity,
        fiscal_year,
        period_type,
        record_basis,
        measure,
        funding_source,
        project_scope,
        priority_area,
        activity_type,
        split_id,
        epoch,
        record_count,
        unconverted_rows > 0 as is_unconverted,
        cast(null as decimal(28, 10)) as rounding_unit,
        cast(null as string) as source_symbol,
        cast(null as string) as source_address
    from {{ ref('int_project_counts') }}
    union all
    -- projects are counted by the group: any document that describes projects of the group may be behind the count
    select
        counted.book,
        counted.entity,
        counted.fiscal_year,
        counted.period_type,
        counted.record_basis,
        counted.measure,
        counted.funding_source,
        counted.project_scope,
        counted.priority_area,
        counted.activity_type,
        counted.split_id,
        counted.epoch,
        0 as record_count,
        false as is_unconverted,
        cast(null as decimal(28, 10)) as rounding_unit,
        project_documents.source_symbol,
        project_documents.source_address
    from {{ ref('int_project_counts') }} as counted
    inner join project_documents
        on
            counted.entity = project_documents.entity
            and counted.record_basis = project_documents.record_basis
            and counted.funding_source = project_documents.funding_source
    union all
    select
        book,
        entity,
        fiscal_year,
        period_type,
        record_basis,
        concat(measure, '_usd') as measure,
        funding_source,
        'UNALLOCATED' as project_scope,
        'UNALLOCATED' as priority_area,
        'UNALLOCATED' as activity_type,
        split_id,
        epoch,
        1 as record_count,
        amount_usd_cents is null as is_unconverted,
        rounding_unit,
        source_symbol,
        source_address
    from {{ ref('int_allocations') }}
    where {{ is_counted_line() }}
    union all
    select
        book,
        entity,
        fiscal_year,
        period_type,
        record_basis,
        measure,
        funding_source,
        project_scope,
        priority_area,
        activity_type,
        split_id,
        epoch,
        1 as record_count,
        value_units is null as is_unconverted,
        cast(null as decimal(28, 10)) as rounding_unit,
        source_symbol,
        source_address
    from {{ ref('int_register_amounts') }}
    union all
    select
        book,
        entity,
        fiscal_year,
        period_type,
        record_basis,
        measure,
        'unspecified' as funding_source,
        'UNALLOCATED' as project_scope,
        'UNALLOCATED' as priority_area,
        'UNALLOCATED' as activity_type,
        split_id,
        epoch,
        1 as record_count,
        quantity_units is null as is_unconverted,
        rounding_unit,
        source_symbol,
        source_address
    from {{ ref('int_deliverables') }}
),

statement_lines as (
    select
        sought.figure_id,
        sought.is_own_measure,
        sought.period_role,
        records.*
    from records
    inner join sought
        on
            records.entity = sought.entity
            and records.measure = sought.measure
            and records.fiscal_year = sought.fiscal_year
            and records.period_type = sought.period_type
),

numbered as (
    select
        *,
        row_number() over (
            partition by figure_id
            -- lines that agree in all of these are one another's equals: the same deliveries give the same numbers
            order by
                book asc, measure asc, period_role asc, fiscal_year asc, split_id asc, source_symbol asc nulls last, source_address asc nulls last,
                record_basis asc, funding_source asc, project_scope asc, priority_area asc, activity_type asc, epoch asc,
                is_own_measure asc, record_count asc, is_unconverted asc, rounding_unit asc nulls last
        ) as line_number
    from statement_lines
)

select * from numbered
