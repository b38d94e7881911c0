{#-
  Table macros for those who read the release with DuckDB, so that nobody needs to know how levels, splits and places work. They are written into
  the file at the end of a build and read the tables of the database in use: open the file directly, or `use` it after attaching it.
  Parameters have names of their own, since a parameter hides a column of the same name.

  - share_of(breakdown, …): the parts of a whole with their shares, from the share table of that name.
  - spent_on(…): money spent, by project, subprogramme and recipient, after splits and conversion.
-#}
{% macro create_reader_macros() -%}
{%- if execute and target.type == 'duckdb' and results | selectattr('status', 'in', ['error', 'fail', 'skipped']) | list | length == 0 -%}
{%- set breakdowns = {
    'subprogramme': ('shares_by_subprogramme', 'subprogramme', 'subprogramme_name', "'none'"),
    'region': ('shares_by_region', 'region', 'region_name', 'region_scheme'),
    'sector': ('shares_by_sector', 'sector', 'sector_name', "concat(sector_vocabulary, ' ', sector_level)"),
    'donor': ('shares_by_donor', 'donor', 'donor', "'none'"),
    'priority_area': ('shares_by_priority_area', 'priority_area', 'priority_area', "'none'"),
    'activity_type': ('shares_by_activity_type', 'activity_type', 'activity_type', "'none'"),
    'sdg': ('shares_by_sdg', 'sdg_target', 'sdg_target', "'none'"),
    'gender_marker': ('shares_by_gender_marker', 'gender_marker', 'gender_marker', 'gender_marker_scheme'),
} -%}
create or replace macro share_of(
    breakdown, of_entity := null, in_year := null, of_measure := 'expenditure_usd', from_funds := 'technical_cooperation', in_book := null,
    on_basis := null, by_scheme := null
) as table
select
    parts.book,
    parts.record_basis,
    parts.entity,
    parts.reporter_role,
    parts.fiscal_year,
    parts.period_type,
    parts.measure,
    parts.funding_source,
    parts.scheme,
    parts.part,
    parts.part_name,
    parts.value,
    parts.total_value,
    parts.unit,
    parts.share_pct,
    parts.rounded_pct
from (
    {%- for name, (table, part, part_name, scheme) in breakdowns.items() %}
    select
        '{{ name }}' as of_breakdown, book, record_basis, entity, reporter_role, fiscal_year, period_type, measure, funding_source, funding_level,
        {{ scheme }} as scheme,
        {{ part }} as part, {{ part_name }} as part_name, value, total_value, unit, share_pct, rounded_pct
    from marts.{{ table }}
    {%- if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}
) as parts
where
    parts.of_breakdown = breakdown
    and parts.measure = of_measure
    and parts.funding_source = from_funds
    -- a line delivered for a whole family stands at level 2 under the family's code, too
    and parts.funding_level = case
        when from_funds in ('all', 'technical_cooperation') then 0
        when from_funds in (select families.funding_family from reference.funding_sources as families) then 1
        else 2
    end
    and (of_entity is null or parts.entity = of_entity)
    and (in_year is null or parts.fiscal_year = in_year)
    and (in_book is null or parts.book = in_book)
    and (on_basis is null or parts.record_basis = on_basis)
    and (by_scheme is null or parts.scheme = by_scheme)
order by parts.book, parts.record_basis, parts.entity, parts.fiscal_year, parts.scheme, parts.value desc, parts.part;

create or replace macro spent_on(
    of_entity := null, in_year := null, for_subprogramme := null, to_recipient := null, of_project := null, in_book := null, on_basis := null
) as table
select
    facts.book,
    facts.record_basis,
    facts.entity,
    facts.fiscal_year,
    facts.project_id,
    facts.subprogramme,
    facts.recipient,
    count(distinct facts.transaction_key) as transactions,
    cast(sum(facts.amount_usd) as decimal(28, 2)) as amount_usd,
    count(*) filter (where facts.amount_usd is null) as unconverted_rows
from marts.fct_spending as facts
where
    {{ is_spending('facts.transaction_type') }}
    and facts.is_counted
    and (of_entity is null or facts.entity = of_entity)
    and (in_year is null or facts.fiscal_year = in_year)
    and (for_subprogramme is null or facts.subprogramme = for_subprogramme)
    and (to_recipient is null or facts.recipient = to_recipient)
    and (of_project is null or facts.project_id = of_project)
    and (in_book is null or facts.book = in_book)
    and (on_basis is null or facts.record_basis = on_basis)
group by facts.book, facts.record_basis, facts.entity, facts.fiscal_year, facts.project_id, facts.subprogramme, facts.recipient
order by facts.book, facts.record_basis, facts.entity, facts.fiscal_year, amount_usd desc nulls last, facts.project_id, facts.subprogramme, facts.recipient;
{%- endif -%}
{%- endmacro %}
