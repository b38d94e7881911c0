-- Indicators of money, each within one book and record basis. Years only: a biennium is not two years.
{% set group = ['book', 'entity', 'fiscal_year', 'record_basis'] %}

with money as (
    select
        {{ of('hub', group) }},
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
        {{ group | join(', ') }},
        funding_source,
        coalesce(
            {{ wide_sum("case when measure = 'final_appropriation_usd' then value_units end") }},
            {{ wide_sum("case when measure = 'revised_appropriation_usd' then value_units end") }},
            {{ wide_sum("case when measure = 'appropriation_usd' then value_units end") }}
        ) as appropriation,
        {{ wide_sum("case when measure = 'expenditure_usd' then value_units end") }} as expenditure
    from money
    group by {{ group | join(', ') }}, funding_source
),

spent as (
    select
        {{ group | join(', ') }},
        way_of_funding,
        subprogramme,
        coalesce(
            {%- for measure in spent_measures() %}
            {{ wide_sum("case when measure = '" ~ measure ~ "' then value_units end") }}{{ ',' if not loop.last }}
            {%- endfor %}
        ) as spent
    from money
    where way_of_funding is not null and measure in ('{{ spent_measures() | join("', '") }}')
    group by {{ group | join(', ') }}, way_of_funding, subprogramme
),

spent_in_all as (
    select
        {{ group | join(', ') }},
        {{ wide_sum('spent') }} as spent,
        {{ wide_sum("case when way_of_funding = 'extrabudgetary' then spent end") }} as extrabudgetary,
        {{ wide_sum("case when way_of_funding <> 'extrabudgetary' then spent end") }} as regular
    from spent
    group by {{ group | join(', ') }}
),

-- A book that holds one way of financing alone does not say what the others were.
spent_by_way as (
    select
        {{ of('spent', group) }},
        spent.way_of_funding,
        {{ wide_sum('spent.spent') }} as spent,
        max(spent_in_all.spent) as spent_in_all
    from spent
    inner join spent_in_all
        on
            {{ same('spent', 'spent_in_all', group) }}
    where spent_in_all.extrabudgetary is not null and spent_in_all.regular is not null
    group by {{ of('spent', group) }}, spent.way_of_funding
),

-- 100 per cent of nobody's is no answer: a book that names no subprogramme at all is left out.
extrabudgetary_by_subprogramme as (
    select
        {{ of('spent', group) }},
        spent.subprogramme,
        {{ wide_sum('spent.spent') }} as spent,
        max(spent_in_all.extrabudgetary) as extrabudgetary,
        max(case when spent.subprogramme <> 'UNALLOCATED' then 1 else 0 end) over (partition by {{ of('spent', group) }}) as is_broken_down
    from spent
    inner join spent_in_all
        on
            {{ same('spent', 'spent_in_all', group) }}
    where spent.way_of_funding = 'extrabudgetary'
    group by {{ of('spent', group) }}, spent.subprogramme
),

scoped as (
    select
        {{ group | join(', ') }},
        {{ wide_sum('value_units') }} as spent_with_scope,
        {{ wide_sum("case when project_scope in ('subregional', 'regional', 'interregional', 'global') then value_units else 0 end") }}
            as spent_in_several_countries
    from money
    where way_of_funding = 'extrabudgetary' and measure = 'spending_usd' and project_scope not in ('UNALLOCATED', 'UNKNOWN')
    group by {{ group | join(', ') }}
),

-- Adjustments may leave a donor below zero; whoever gave is above.
donors as (
    select
        {{ group | join(', ') }},
        donor,
        {{ wide_sum('value_units') }} as contributed
    from {{ ref('int_measure_donors') }}
    where reporter_role = 'primary' and period_type = 'year' and measure = 'contribution_usd'
    group by {{ group | join(', ') }}, donor
),

ranked_donors as (
    select
        *,
        row_number() over (
            partition by {{ group | join(', ') }}
            order by case when donor in ('UNALLOCATED', 'UNKNOWN') then 1 else 0 end asc, contributed desc nulls last, donor asc
        ) as place
    from donors
),

donor_totals as (
    select
        {{ group | join(', ') }},
        {{ wide_sum('contributed') }} as contributed,
        {{ wide_sum("case when place <= 5 and donor not in ('UNALLOCATED', 'UNKNOWN') then contributed end") }} as contributed_by_five,
        cast(count(case when contributed > 0 and donor not in ('UNALLOCATED', 'UNKNOWN') then 1 end) as bigint) as donors
    from ranked_donors
    group by {{ group | join(', ') }}
),

gender_marked as (
    select
        {{ group | join(', ') }},
        {{ wide_sum('value_units') }} as spent,
        {{ wide_sum("case when gender_marker <> 'UNMARKED' then value_units else 0 end") }} as marked,
        {{ wide_sum("case when gender_marker like 'un_gem:%' or gender_marker like 'dac:%' then value_units end") }} as marked_on_a_scale,
        -- a significant or principal objective: 2 and 3 of the United Nations marker, 1 and 2 of the DAC's
        {{ wide_sum(
            "case when gender_marker in ('un_gem:2', 'un_gem:2A', 'un_gem:2B', 'un_gem:3', 'dac:1', 'dac:2') then value_units else 0 end"
        ) }} as objective
    from {{ ref('int_measure_attributes') }}
    where reporter_role = 'primary' and period_type = 'year' and measure = 'spending_usd'
    group by {{ group | join(', ') }}
),

in_kind as (
    select
        {{ group | join(', ') }},
        cast(count(*) as bigint) as contributions,
        cast(count(value_cents) as bigint) as valued
    from {{ ref('int_in_kind_contributions') }}
    group by {{ group | join(', ') }}
),

-- A fund without any line for a flow says nothing of it; of the entity's funds those count that do.
mobilised as (
    select
        {{ group | join(', ') }},
        {{ wide('sum(pledged_usd) * 100') }} as pledged,
        {{ wide('sum(contributed_usd) * 100') }} as contributed,
        {{ wide('sum(spent_usd) * 100') }} as spent,
        {{ wide('sum(unfunded_budget_usd) * 100') }} as unfunded
    from {{ ref('resource_mobilisation') }}
    where level = 'fund' and period_type = 'year'
    group by {{ group | join(', ') }}
),

funds as (
    select
        {{ group | join(', ') }},
        fund_code,
        {{ wide('balance_usd * 100') }} as balance
    from {{ ref('resource_mobilisation') }}
    where level = 'fund' and period_type = 'year' and balance_usd is not null
),

-- What a project that has ended received and neither spent nor paid back. Where more was spent than the records say was received, the rest
-- of the contributions is older than the records, and nothing is known.
ended_projects as (
    select
        projects.book,
        projects.entity,
        cast(year(projects.end_date) as integer) as fiscal_year,
        projects.record_basis,
        projects.project_id,
        {{ wide_sum('flows.contributed_usd_cents') }} as contributed,
        {{ wide_sum('coalesce(flows.spent_usd_cents, 0) + coalesce(flows.refunded_usd_cents, 0)') }} as spent_or_refunded,
        cast(sum(flows.unconverted_rows) as bigint) as unconverted
    from {{ ref('stg_trust_fund_projects') }} as projects
    inner join {{ ref('int_project_flows') }} as flows on projects.project_id = flows.project_id
    cross join {{ ref('stg_run_parameters') }} as parameters
    where projects.end_date <= parameters.as_of and projects.status not in ('pipeline', 'cancelled')
    group by projects.book, projects.entity, cast(year(projects.end_date) as integer), projects.record_basis, projects.project_id
),

unspent as (
    select
        {{ group | join(', ') }},
        {{ wide_sum('contributed - spent_or_refunded') }} as unspent
    from ended_projects
    where unconverted = 0 and contributed >= spent_or_refunded
    group by {{ group | join(', ') }}
),

-- A list of projects in which none names a norm does not record norms: nothing is known of its projects.
lists_with_norms as (
    select distinct _delivery_id
    from {{ ref('stg_trust_fund_projects') }}
    where normative_instrument is not null
),

-- Projects with spending in the year; those that name the convention or norm that they serve.
projects_with_norm as (
    select
        spending_years.book,
        splits.entity,
        spending_years.fiscal_year,
        spending_years.record_basis,
        cast(count(distinct projects.project_id) as bigint) as projects,
        cast(count(distinct case when projects.normative_instrument is not null then projects.project_id end) as bigint) as with_norm
    from {{ ref('int_project_spending_years') }} as spending_years
    inner join {{ ref('int_project_splits') }} as splits on spending_years.project_number = splits.project_number
    inner join {{ ref('stg_trust_fund_projects') }} as projects on splits.project_id = projects.project_id
    inner join lists_with_norms on projects._delivery_id = lists_with_norms._delivery_id
    group by spending_years.book, splits.entity, spending_years.fiscal_year, spending_years.record_basis
),

{%- set whole = ("'none'", "'all'") %}

figures as (
    {%- for indicator, relation, dimension, value, condition in [
        ('implementation_rate_pct', 'budgets', ("'funding_source'", 'funding_source'),
            percentage_of('expenditure', 'appropriation'), 'appropriation is not null'),
        ('technical_cooperation_source_share_pct', 'spent_by_way', ("'funding_source'", 'way_of_funding'), percentage_of('spent', 'spent_in_all'), 'true'),
        ('extrabudgetary_per_regular_usd', 'spent_in_all', whole, ratio_of('extrabudgetary', 'regular'), 'extrabudgetary is not null and regular is not null'),
        ('extrabudgetary_subprogramme_share_pct', 'extrabudgetary_by_subprogramme', ("'subprogramme'", 'subprogramme'),
            percentage_of('spent', 'extrabudgetary'), 'is_broken_down = 1'),
        ('multi_country_spending_share_pct', 'scoped', whole, percentage_of('spent_in_several_countries', 'spent_with_scope'), 'true'),
        ('contributed_of_pledged_pct', 'mobilised', whole, percentage_of('contributed', 'pledged'), 'pledged is not null'),
        ('spent_of_contributed_pct', 'mobilised', whole, percentage_of('spent', 'contributed'), 'spent is not null and contributed is not null'),
        ('unfunded_pipeline_usd', 'mobilised', whole, money_of('unfunded'), 'unfunded is not null'),
        ('fund_balance_usd', 'funds', ("'fund'", 'fund_code'), money_of('balance'), 'true'),
        ('top_five_donor_share_pct', 'donor_totals', whole, percentage_of('contributed_by_five', 'contributed'), 'true'),
        ('donor_count', 'donor_totals', whole, ratio_of('donors', '1'), 'true'),
        ('unspent_balance_of_ended_projects_usd', 'unspent', whole, money_of('unspent'), 'true'),
        ('in_kind_valued_pct', 'in_kind', whole, percentage_of('valued', 'contributions'), 'true'),
        ('gender_marked_spending_pct', 'gender_marked', whole, percentage_of('marked', 'spent'), 'true'),
        ('gender_objective_spending_pct', 'gender_marked', whole, percentage_of('objective', 'marked_on_a_scale'), 'marked_on_a_scale is not null'),
        ('normative_project_pct', 'projects_with_norm', whole, percentage_of('with_norm', 'projects'), 'true'),
    ] %}
    select
        '{{ indicator }}' as indicator,
        {{ group | join(', ') }},
        {{ dimension[0] }} as dimension_scheme,
        {{ dimension[1] }} as dimension_value,
        {{ value }} as value
    from {{ relation }}
    where {{ condition }}
    union all
    {%- endfor %}
    -- members of an organization that had received before they joined and gave afterwards, in the year of joining; no money is added
    select
        'recipients_turned_donors_count' as indicator,
        'all_books' as book,
        entity,
        cast(year(joined_on) as integer) as fiscal_year,
        record_basis,
        'country_group' as dimension_scheme,
        country_group as dimension_value,
        case when max(giving_known_until) >= min(joined_on) then {{ ratio_of('count(first_given_on)', '1') }} end as value
    from {{ ref('recipients_turned_donors') }}
    group by entity, year(joined_on), record_basis, country_group
),

{{ indicators_of_years('fiscal_year') }}
