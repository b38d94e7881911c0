-- One look at the records behind each statement per book, record basis and period type: how many, how coarsely rounded, from which document.
with statements as (
    select * from {{ ref('int_statements') }}
    where is_testable
),

lines as (
    select * from {{ ref('int_statement_lines') }}
),

split_parts as (
    select * from {{ ref('int_split_parts') }}
),

recipient_regions as (
    select * from {{ ref('int_recipient_regions') }}
),

funding_sources as (
    select * from {{ ref('funding_sources') }}
),

line_parts as (
    select
        lines.*,
        split_parts.subprogramme,
        split_parts.recipient
    from lines
    inner join split_parts on lines.split_id = split_parts.split_id
),

judged as (
    select
        line_parts.figure_id,
        line_parts.line_number,
        line_parts.measure,
        line_parts.book,
        line_parts.record_basis,
        line_parts.period_type,
        line_parts.period_role,
        max(line_parts.record_count) as record_count,
        max(line_parts.is_unconverted) as is_unconverted,
        max(line_parts.rounding_unit) as rounding_unit,
        max(
            -- a document is the same by its symbol, however it is spaced, or by its address
            coalesce(
                lower(replace(line_parts.source_symbol, ' ', '')) = lower(replace(statements.source_symbol, ' ', '')), false
            )
            or coalesce(line_parts.source_address = statements.source_address, false)
        ) as is_own_document,
        max(
            {{ is_money_of('statements.funding_source', 'funding_sources') }}
            and {{ is_part_stated('line_parts', 'recipient_regions', 'funding_sources') }}
        ) as is_part,
        max(
            statements.statistic = 'share_pct'
            and {{ is_money_of('coalesce(statements.denominator, statements.funding_source)', 'funding_sources') }}
        ) as is_total
    from line_parts
    inner join statements on line_parts.figure_id = statements.figure_id
    left join funding_sources on line_parts.funding_source = funding_sources.funding_source
    left join recipient_regions
        on
            line_parts.recipient = recipient_regions.recipient
            and line_parts.epoch = recipient_regions.epoch
            and statements.region_scheme = recipient_regions.region_scheme
            and statements.dimension_code = recipient_regions.region
    group by
        line_parts.figure_id, line_parts.line_number, line_parts.measure, line_parts.book, line_parts.record_basis, line_parts.period_type,
        line_parts.period_role
),

evidence as (
    select
        figure_id,
        measure,
        book,
        record_basis,
        period_type,
        cast(sum(record_count) as bigint) as rows_behind,
        cast(count(case when is_unconverted then 1 end) as bigint) as unconverted_rows,
        coalesce(max(is_own_document), false) as has_own_document,
        -- what rounding may have taken from or given to each published line that is added up
        cast(
            coalesce(sum(case when is_part and period_role = 'stated' and record_basis = 'published' then {{ half_of('rounding_unit') }} end), 0)
            as decimal(28, 10)
        ) as lines_rounding
    from judged
    where is_part or is_total
    group by figure_id, measure, book, record_basis, period_type
)

select * from evidence
