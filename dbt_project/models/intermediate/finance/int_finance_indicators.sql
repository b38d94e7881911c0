-- Indicators of money, from the hub of measures, each within one book and record basis. Years only: a biennium is not two years.
with money as (
    select
        hub.book,
        hub.entity,
        hub.fiscal_year,
        hub.record_basis,
        hub.measure,
        hub.subprogramme,
        hub.project_scope,
        hub.value_units,
        hub.funding_source,
        case
            when not sources.is_technical_cooperation then null
            when sources.funding_family = 'regular_budget' then sources.funding_source
            else sources.funding_family
        end as way_of_funding
    from {{ ref('int_measure_values') }} as hub
    inner join {{ ref('funding_sources') }} as sources on hub.funding_source = sources.funding_source
    where
        hub.reporter_role = 'primary'
        and hub.period_type = 'year'
        and hub.unit = 'USD'
        and sources.is_cash
),

-- What was put at disposal is the last word of the year's budget that the book has: final before revised before first appropriation.
budgets as (
    select
        book,
        entity,
        fiscal_year,
        record_basis,
        funding_source,
        coalesce(
            cast(sum(case when measure = 'final_appropriation_usd' then value_units end) as bigint),
            cast(sum(case when measure = 'revised_appropriation_usd' then value_units end) as bigint),
            cast(sum(case when measure = 'appropriation_usd' then value_units end) as bigint)
        ) as appropriation,
        cast(sum(case when measure = 'expenditure_usd' then value_units end) as bigint) as expenditure
    from money
    group by book, entity, fiscal_year, record_basis, funding_source
),

-- A book says spending in its own word: disbursements and expenditures of projects, expenditure on a cash basis, or expense on an accrual basis.
spent as (
    select
        book,
        entity,
        fiscal_year,
        record_basis,
        way_of_funding,
        subprogramme,
        project_scope,
        coalesce(
            cast(sum(case when measure = 'spending_usd' then value_units end) as bigint),
            cast(sum(case when measure = 'expenditure_usd' then value_units end) as bigint),
            cast(sum(case when measure = 'expense_usd' then value_units end) as bigint)
        ) as spent
    from money
    where way_of_funding is not null and measure in ('spending_usd', 'expenditure_usd', 'expense_usd')
    group by book, entity, fiscal_year, record_basis, way_of_funding, subprogramme, project_scope
),

spent_by_way as (
    select
        book,
        entity,
        fiscal_year,
        record_basis,
        way_of_funding,
        cast(sum(spent) as bigint) as spent
    from spent
    group by book, entity, fiscal_year, record_basis, way_of_funding
),

spent_in_all as (
    select
        book,
        entity,
        fiscal_year,
        record_basis,
        cast(sum(spent) as bigint) as spent,
        cast(sum(case when way_of_funding = 'extrabudgetary' then spent end) as bigint) as extrabudgetary,
        cast(sum(case when way_of_funding <> 'extrabudgetary' then spent end) as bigint) as regular
    from spent_by_way
    group by book, entity, fiscal_year, record_basis
),

-- `is_broken_down` is 0 where the book names no subprogramme at all: 100 per cent of nobody's is no answer.
extrabudgetary_by_subprogramme as (
    select
        book,
        entity,
        fiscal_year,
        record_basis,
        subprogramme,
        cast(sum(spent) as bigint) as spent,
        max(case when subprogramme <> 'UNALLOCATED' then 1 else 0 end) over (partition by book, entity, fiscal_year, record_basis) as is_broken_down
    from spent
    where way_of_funding = 'extrabudgetary'
    group by book, entity, fiscal_year, record_basis, subprogramme
),

-- A fund without any line for a flow says nothing of it; of the entity's funds those count that do.
mobilised as (
    select
        book,
        entity,
        fiscal_year,
        record_basis,
        cast(sum(pledged_usd) * 100 as bigint) as pledged,
        cast(sum(contributed_usd) * 100 as bigint) as contributed,
        cast(sum(spent_usd) * 100 as bigint) as spent
    from {{ ref('resource_mobilisation') }}
    where level = 'fund' and period_type = 'year'
    group by book, entity, fiscal_year, record_basis
),

scoped as (
    select
        book,
        entity,
        fiscal_year,
        record_basis,
        cast(sum(value_units) as bigint) as spent_with_scope,
        cast(sum(case when project_scope in ('subregional', 'regional', 'interregional', 'global') then value_units end) as bigint)
            as spent_in_several_countries
    from money
    where way_of_funding = 'extrabudgetary' and measure = 'spending_usd' and project_scope not in ('UNALLOCATED', 'UNKNOWN')
    group by book, entity, fiscal_year, record_basis
),

figures as (
    select
        'implementation_rate_pct' as indicator,
        book,
        entity,
        fiscal_year,
        record_basis,
        'funding_source' as dimension_scheme,
        funding_source as dimension_value,
        {{ percentage_of('expenditure', 'appropriation') }} as value
    from budgets
    where appropriation is not null
    union all
    select
        'technical_cooperation_source_share_pct' as indicator,
        spent_by_way.book,
        spent_by_way.entity,
        spent_by_way.fiscal_year,
        spent_by_way.record_basis,
        'funding_source' as dimension_scheme,
        spent_by_way.way_of_funding as dimension_value,
        {{ percentage_of('spent_by_way.spent', 'spent_in_all.spent') }} as value
    from spent_by_way
    inner join spent_in_all
        on
            spent_by_way.book = spent_in_all.book
            and spent_by_way.entity = spent_in_all.entity
            and spent_by_way.fiscal_year = spent_in_all.fiscal_year
            and spent_by_way.record_basis = spent_in_all.record_basis
    -- a book that holds one way alone does not say what the others were
    where spent_in_all.extrabudgetary is not null and spent_in_all.regular is not null
    union all
    select
        'extrabudgetary_per_regular_usd' as indicator,
        book,
        entity,
        fiscal_year,
        record_basis,
        'none' as dimension_scheme,
        'all' as dimension_value,
        {{ ratio_of('extrabudgetary', 'regular') }} as value
    from spent_in_all
    where extrabudgetary is not null and regular is not null
    union all
    select
        'extrabudgetary_subprogramme_share_pct' as indicator,
        parts.book,
        parts.entity,
        parts.fiscal_year,
        parts.record_basis,
        'subprogramme' as dimension_scheme,
        parts.subprogramme as dimension_value,
        {{ percentage_of('parts.spent', 'spent_in_all.extrabudgetary') }} as value
    from extrabudgetary_by_subprogramme as parts
    inner join spent_in_all
        on
            parts.book = spent_in_all.book
            and parts.entity = spent_in_all.entity
            and parts.fiscal_year = spent_in_all.fiscal_year
            and parts.record_basis = spent_in_all.record_basis
    where parts.is_broken_down = 1
    union all
    select
        'contributed_of_pledged_pct' as indicator,
        book,
        entity,
        fiscal_year,
        record_basis,
        'none' as dimension_scheme,
        'all' as dimension_value,
        {{ percentage_of('contributed', 'pledged') }} as value
    from mobilised
    where pledged is not null
    union all
    select
        'spent_of_contributed_pct' as indicator,
        book,
        entity,
        fiscal_year,
        record_basis,
        'none' as dimension_scheme,
        'all' as dimension_value,
        {{ percentage_of('spent', 'contributed') }} as value
    from mobilised
    where contributed is not null and spent is not null
    union all
    select
        'multi_country_spending_share_pct' as indicator,
        book,
        entity,
        fiscal_year,
        record_basis,
        'none' as dimension_scheme,
        'all' as dimension_value,
        {{ percentage_of('coalesce(spent_in_several_countries, 0)', 'spent_with_scope') }} as value
    from scoped
),

indicators as (
    select
        indicator,
        book,
        entity,
        {{ first_day_of('fiscal_year') }} as period_start,
        {{ last_day_of('fiscal_year') }} as period_end,
        dimension_scheme,
        dimension_value,
        value,
        record_basis
    from figures
)

select {{ indicator_columns() | join(', ') }} from indicators
