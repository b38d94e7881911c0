with statements as (
    select * from {{ ref('int_statements') }}
),

candidates as (
    select * from {{ ref('int_statement_candidates') }}
),

-- A statement that names no book can be tested only where one book holds the money.
held_by as (
    select
        figure_id,
        count(distinct book) as books
    from candidates
    where is_own_measure
    group by figure_id
),

eligible as (
    select
        candidates.*,
        row_number() over (
            partition by candidates.figure_id
            order by
                case candidates.record_basis when 'reported' then 1 when 'published' then 2 else 3 end asc,
                case candidates.period_type when 'year' then 1 when 'biennium' then 2 when 'peacekeeping_year' then 3 else 4 end asc,
                candidates.book asc
        ) as choice
    from candidates
    inner join statements on candidates.figure_id = statements.figure_id
    inner join held_by on candidates.figure_id = held_by.figure_id
    where
        candidates.is_own_measure
        and (candidates.book = statements.book or (statements.book is null and held_by.books = 1))
),

chosen as (
    select * from eligible
    where choice = 1
),

others as (
    select
        candidates.figure_id,
        {{ joined_text(
            "candidates.book || ' ' || candidates.measure || ' ' || cast(cast(candidates.computed_value as decimal(24, 2)) as string)"
            ~ " || ' (' || candidates.record_basis || ')'"
        ) }} as other_books
    from candidates
    left join chosen on candidates.figure_id = chosen.figure_id
    where chosen.book is null or candidates.book <> chosen.book
    group by candidates.figure_id
),

-- The rounding of added lines is in the measure's unit: it widens what is said of sums and means, not of percentages.
slack as (
    select
        statements.figure_id,
        case
            when statements.tolerance is not null then statements.tolerance
            when statements.comparator = 'eq' and statements.statistic in ('value', 'average')
                then cast({{ half_of('statements.rounding_unit') }} + coalesce(chosen.lines_rounding, 0) as decimal(28, 10))
            when statements.comparator = 'eq' then {{ half_of('statements.rounding_unit') }}
            when statements.comparator = 'approx'
                then least(
                    greatest({{ half_of('statements.rounding_unit') }}, {{ percent_of('statements.value', 5) }}),
                    {{ percent_of('statements.value', 10) }}
                )
            else cast(0 as decimal(28, 10))
        end as allowed
    from statements
    left join chosen on statements.figure_id = chosen.figure_id
),

bounded as (
    select
        statements.*,
        chosen.book as computed_book,
        chosen.record_basis as computed_record_basis,
        chosen.period_type,
        chosen.computed_value,
        chosen.rows_behind,
        chosen.has_own_document,
        others.other_books,
        case
            when statements.comparator in ('lt', 'lte') then null
            else cast(statements.value - slack.allowed as decimal(28, 10))
        end as accepted_from,
        case
            when statements.comparator in ('gt', 'gte') then null
            when statements.comparator = 'between' then cast(statements.value_upper + slack.allowed as decimal(28, 10))
            else cast(statements.value + slack.allowed as decimal(28, 10))
        end as accepted_to
    from statements
    left join chosen on statements.figure_id = chosen.figure_id
    left join others on statements.figure_id = others.figure_id
    left join slack on statements.figure_id = slack.figure_id
),

judged as (
    select
        figure_id,
        entity_read as entity,
        coalesce(book, computed_book) as book,
        accounting_basis,
        period_start,
        period_end,
        period_type,
        measure,
        statistic,
        funding_source,
        denominator,
        dimension_scheme,
        dimension_value,
        comparator,
        value,
        value_upper,
        rounding_unit,
        tolerance,
        unit,
        statement,
        locator,
        note,
        source_symbol,
        source_address,
        as_of,
        record_basis as statement_record_basis,
        computed_value,
        accepted_from,
        accepted_to,
        case
            when computed_value is null then 'not_computable'
            when comparator = 'gt' and computed_value > accepted_from then 'confirmed'
            when comparator = 'lt' and computed_value < accepted_to then 'confirmed'
            when
                comparator not in ('gt', 'lt')
                and (accepted_from is null or computed_value >= accepted_from)
                and (accepted_to is null or computed_value <= accepted_to)
                then 'confirmed'
            else 'contradicted'
        end as verdict,
        cast(computed_value - value as decimal(28, 10)) as difference,
        coalesce(rows_behind, 0) as rows_behind,
        computed_record_basis as record_basis,
        case
            when computed_value is null then null
            when computed_record_basis = 'illustrative' or record_basis = 'illustrative' then 'illustrative'
            when has_own_document then 'same_document'
            else 'independent'
        end as evidence,
        other_books
    from bounded
)

select * from judged
