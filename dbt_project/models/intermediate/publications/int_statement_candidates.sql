-- Every figure that could answer a statement: one per measure, book, record basis and period type, each computed within itself (law 7).
with statements as (
    select * from {{ ref('int_statements') }}
),

statement_values as (
    select * from {{ ref('int_statement_values') }}
),

evidence as (
    select * from {{ ref('int_statement_evidence') }}
),

paired as (
    select
        stated.figure_id,
        stated.measure,
        stated.is_own_measure,
        stated.book,
        stated.record_basis,
        stated.period_type,
        stated.unit,
        stated.part_units,
        stated.total_units,
        stated.period_count,
        earlier.part_units as earlier_units,
        statements.statistic,
        statements.rounding_unit
    from statement_values as stated
    inner join statements on stated.figure_id = statements.figure_id
    left join statement_values as earlier
        on
            stated.figure_id = earlier.figure_id
            and stated.measure = earlier.measure
            and stated.book = earlier.book
            and stated.record_basis = earlier.record_basis
            and stated.period_type = earlier.period_type
            and earlier.period_role = 'earlier'
    where stated.period_role = 'stated'
),

computed as (
    select
        paired.figure_id,
        paired.measure,
        paired.is_own_measure,
        paired.book,
        paired.record_basis,
        paired.period_type,
        evidence.rows_behind,
        evidence.has_own_document,
        -- the rounding of each line goes into a mean by its part
        case
            when paired.statistic = 'average'
                then
                    cast({{ decimal_of(
                        exact_div_of_total(wide('cast(evidence.lines_rounding as decimal(24, 6)) * 1000000'), 'paired.period_count', 0), 6, 24
                    ) }} as decimal(28, 10))
            else evidence.lines_rounding
        end as lines_rounding,
        case
            -- an amount without a rate is missing from the sum, which then answers nothing
            when evidence.unconverted_rows > 0 then null
            when paired.statistic = 'share_pct'
                then {{ percentage('paired.part_units', 'paired.total_units') }}
            when paired.statistic = 'change_pct'
                then {{ percentage('(paired.part_units - paired.earlier_units)', 'paired.earlier_units') }}
            when paired.statistic = 'average' and paired.unit = 'USD'
                then {{ decimal_of(exact_div_of_total('paired.part_units', 'paired.period_count', 4), 6, 24) }}
            when paired.statistic = 'average'
                then {{ decimal_of(exact_div_of_total('paired.part_units', 'paired.period_count', 0), 6, 24) }}
            when paired.unit = 'USD'
                then cast({{ from_total_cents('paired.part_units') }} as decimal(24, 6))
            else {{ decimal_of('paired.part_units', 6, 24) }}
        end as computed_value
    from paired
    inner join evidence
        on
            paired.figure_id = evidence.figure_id
            and paired.measure = evidence.measure
            and paired.book = evidence.book
            and paired.record_basis = evidence.record_basis
            and paired.period_type = evidence.period_type
)

select * from computed
where computed_value is not null
