"""From a number to its rows: which delivered file, row and column stands behind a line of a mart, and what was done on the way.

A fact carries the delivery and row that it came from. A share is traced to the facts that its measure
adds up; what they add up to is given beside what the share says, so that a reader sees whether the
trace is whole. A published statement is traced to the facts of the part that it speaks of.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from pipelines.ask.query import RefusedQuery, ask
from pipelines.ask.stated import levels_of_sources, stated_lines
from pipelines.engine import literal

Rows = Callable[[str], list[dict[str, Any]]]

MOST_LINES = 20
STATEMENTS = "published_figure_checks"
INDICATORS = "indicators"
RESOURCES = "resource_mobilisation"
PROVENANCE = ("_delivery_id", "_source_row")
# Columns that a share and the facts behind it have in common, and that mean the same in both.
COMMON = ("book", "entity", "reporter_role", "fiscal_year", "period_type", "record_basis", "subprogramme", "priority_area", "activity_type", "donor")
# Attributes of a project, which its transactions do not repeat.
OF_PROJECT = ("priority_area", "gender_marker", "gender_marker_scheme")
SPLIT_OF_PROJECT = {"donor": "donors", "sdg_target": "sdg_targets"}
FIGURES = {"value", "total_value", "share_pct", "rounded_pct", "distinct_count", "unconverted_rows", "has_negative_part", "unit", "measure"}
CONVERTED = (
    "Each amount was converted as a whole, before it was divided: amount × fx_rate. fx_rate is US dollars per unit on fx_rate_date from fx_source, the first "
    "in reference.rate_order that has a rate near enough; US dollars are 1 (`identity`). What has no rate stays empty and is counted, never 0."
)
DIVIDED = (
    "Each transaction was divided by the weights of its own split, else of its project's: `stated` as delivered, `equal` where none are given, `rebased` where "
    "they add to nearly 100, `single` where there is one part. used_pct of it stands here, in whole cents, so that the parts add to the transaction."
)
DIVIDED_LATER = "What the columns `recipients` and `subprogrammes` name is divided by the shares that they state, else equally; the rows show the whole."
WEIGHED = "A mission to several countries counts once: `weight` is this recipient's part of it, and the parts add to 1."


@dataclass(frozen=True, kw_only=True)
class Facts:
    """The facts that a measure adds up.

    Attributes:
        table: the mart that holds them.
        condition: which of its rows.
        value: what each contributes.
        cell: the delivered column that holds it; empty where the record itself is counted.
        day: the date as of which their places are read.
        shown: columns worth showing beside the provenance.
        rules: what was done with each, in words.
    """

    table: str
    condition: str
    value: str
    cell: str
    day: str
    shown: tuple[str, ...]
    rules: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Explanation:
    """One line of a mart and what stands behind it.

    Attributes:
        line: the line.
        adds_to: what the rows behind it add to; None where the line is itself a fact, or nothing was added up.
        not_applied: dimensions of the line by which the rows behind could not be narrowed down.
        rows: the first rows behind, each with `source_file`, `source_row` and, where a cell holds the figure, `source_column`.
        rows_behind: how many there are; None where they were not counted.
        steps: how the figure comes about, in words.
        sql: a statement that lists all rows behind; None where the line is itself a fact.
    """

    line: Mapping[str, Any]
    adds_to: Any
    not_applied: Sequence[str]
    rows: Sequence[Mapping[str, Any]]
    rows_behind: int | None = None
    steps: Sequence[str] = ()
    sql: str | None = None


def parse_where(text: str) -> dict[str, str]:
    """Read `column=value,column=value`; a part without an equals sign belongs to the value before it, which holds a comma.

    Raises:
        RefusedQuery: the first part has no equals sign.
    """
    conditions: dict[str, str] = {}
    column = None
    for part in text.split(","):
        name, equals, value = part.partition("=")
        if equals:
            column = name.strip()
            conditions[column] = value.strip()
        elif column is not None and part.strip():
            conditions[column] += f",{part.rstrip()}"
        elif part.strip():
            raise RefusedQuery(f'{part.strip()!r} is no condition; expected --where "column=value,column=value"')
    return conditions


def explain(home: Path, mart: str, where: Mapping[str, str], *, limit: int, run: str | None = None) -> list[Explanation]:
    """The lines of a mart that meet the conditions, each with the delivered rows behind it.

    Args:
        home: the warehouse's folder.
        mart: table of the schema `marts`, with or without it.
        where: column to value, as text.
        limit: the most rows to show behind each line.
        run: asks the build of this blocked run, or this release, instead of the current one.

    Raises:
        RefusedQuery: no release, no such mart or column, or a mart that no delivered row stands behind.
    """

    def rows(sql: str) -> list[dict[str, Any]]:
        with ask(home, sql, run=run) as answer:
            return [dict(zip(answer.columns, row, strict=True)) for row in answer.rows]

    mart = mart.removeprefix("marts.")
    columns = columns_of(rows, mart)
    if not columns:
        known = [row["name"] for row in rows("select distinct table_name as name from duckdb_columns() where schema_name = 'marts' order by 1")]
        raise RefusedQuery(f"no mart {mart!r}; there are: {', '.join(known)}")
    unknown = [column for column in where if column not in columns]
    if unknown:
        raise RefusedQuery(f"{mart} has no column {', '.join(unknown)}; it has: {', '.join(columns)}")
    condition = " and ".join(f'cast("{column}" as varchar) = {literal(value)}' for column, value in where.items()) or "true"
    if set(PROVENANCE) <= set(columns):
        return [_fact(rows, line) for line in rows(f"select * from marts.{mart} where {condition} order by all limit {limit}")]
    if mart not in (STATEMENTS, INDICATORS, RESOURCES) and not {"measure", "value", "funding_level"} <= set(columns):
        raise RefusedQuery(f"{mart} comes from reference tables or from other marts: explain a fact, a share table, {STATEMENTS}, {RESOURCES} or {INDICATORS}")
    lines = rows(f"select * from marts.{mart} where {condition} order by all limit {MOST_LINES + 1}")
    if len(lines) > MOST_LINES:
        raise RefusedQuery(f"more than {MOST_LINES} lines of {mart} meet this: say more, for example measure=…, funding_source=…, funding_level=…")
    columns = lru_cache(maxsize=None)(lambda table: columns_of(rows, table))
    of_mart = {STATEMENTS: _statement, INDICATORS: _indicator, RESOURCES: _resources}.get(mart, explain_share)
    return [of_mart(rows, line, limit, columns) for line in lines]


# What is worth showing of a record beside its provenance, and what was done with it, by the mart that holds it.
SHOWN: Mapping[str, tuple[str, ...]] = {
    "fct_spending": (
        "transaction_key", "transaction_type", "transaction_date", "recipient", "transaction_amount", "currency", "split_rule", "used_pct", "amount",
        "fx_rate", "fx_rate_date", "fx_source",
    ),
    "fct_activities": ("activity_key", "activity_type", "start_date", "recipient", "weight"),
    "fct_in_kind_contributions": ("contribution_id", "kind", "received_on", "value_amount", "currency", "recipients", "subprogrammes"),
    "fct_fund_movements": ("fund_code", "fund_name", "donor", "movement", "amount", "currency"),
    "fct_organisation_budgets": ("organisation_name", "period_start", "period_end", "budget_status", "amount", "currency"),
    "fct_allocations": ("line_id", "budget_component", "amount", "currency"),
    "fct_deliverables": ("deliverable", "status", "quantity", "unit"),
    "dim_project": ("project_id", "title", "start_date", "end_date", "budget_amount"),
}  # fmt: skip
RULES: Mapping[str, tuple[str, ...]] = {
    "fct_spending": (DIVIDED, CONVERTED),
    "fct_activities": (WEIGHED,),
    "fct_in_kind_contributions": (DIVIDED_LATER, CONVERTED),
    "fct_fund_movements": (CONVERTED,),
    "fct_organisation_budgets": (CONVERTED,),
    "fct_allocations": (CONVERTED,),
}


def facts_behind(rows: Rows, measure: str) -> list[Facts]:
    """Where the records of a measure stand, as the models that make the shares say; money may stand in a ledger of projects or in a budget's lines.

    Raises:
        RefusedQuery: the release was made by an earlier version, whose models do not say so.
    """
    if not rows("select 1 from information_schema.tables where table_schema = 'intermediate' and table_name = 'int_measure_facts'"):
        raise RefusedQuery("this release was made by an earlier version, which did not keep what leads from a share to its rows: run `techcoop run --force`")
    return [
        Facts(
            table=said["fact_table"],
            condition=said["fact_condition"],
            value=said["contributes"],
            cell=said["source_column"],
            day=said["place_day"],
            shown=SHOWN[said["fact_table"]],
            rules=RULES.get(said["fact_table"], ()),
        )
        for said in rows(f"select * from intermediate.int_measure_facts where measure = {literal(measure)} order by place")
    ]


def columns_of(rows: Rows, mart: str) -> list[str]:
    """The columns of a mart, in order."""
    sql = f"select distinct column_index, column_name from duckdb_columns() where schema_name = 'marts' and table_name = {literal(mart)} order by 1"
    return [row["column_name"] for row in rows(sql)]


def explain_share(
    rows: Rows, line: Mapping[str, Any], limit: int, columns: Callable[[str], Sequence[str]], *, years: Sequence[int] = (), add_up: bool = True
) -> Explanation:
    """The facts behind a line of a share table: those of the first table that has any.

    Args:
        rows: answers a statement about the release.
        line: of the share table, by column.
        limit: the most rows to show.
        columns: of a mart.
        years: where the line itself names none.
        add_up: whether to count and add all rows, or only to look for the first.
    """
    for facts in facts_behind(rows, line["measure"]):
        has = columns(facts.table)
        if not set(PROVENANCE) <= set(has):
            continue
        conditions, applied = narrowed(line, facts, has)
        if years and "fiscal_year" in has:
            conditions.append(f"facts.fiscal_year in ({', '.join(map(str, years))})")
        of_project, applied_by_project = _of_project(line, has)
        # An attribute that is read otherwise than it was delivered finds no project; then the rows are not narrowed down by it.
        for more, covered in ((of_project, applied | applied_by_project), ([], applied)) if of_project else (([], applied),):
            found = _listed(rows, line, facts, has, [*conditions, *more], covered, limit, add_up)
            if found:
                return found
    return Explanation(line=line, adds_to=None, not_applied=(), rows=[])


def _listed(
    rows: Rows, line: Mapping[str, Any], facts: Facts, has: Sequence[str], conditions: Sequence[str], applied: set[str], limit: int, add_up: bool
) -> Explanation | None:
    """The facts that meet the conditions; None if there are none."""
    shown = ", ".join(column for column in facts.shown if column in has)
    # Where a mapping made rows of columns, the cell stands in the delivered column.
    made_of = f"coalesce(facts._source_column, {literal(facts.cell)})" if "_source_column" in has else literal(facts.cell)
    cell = f"{made_of} as source_column, " if facts.cell else ""
    met = "\n    and ".join([facts.condition, *conditions])
    listing = (
        f"select {shown},\n    {facts.value} as contributes, deliveries.source_file, {cell}facts._source_row as source_row\n"
        f"from marts.{facts.table} as facts\n"
        "left join (select distinct delivery_id, source_file from audit.deliveries) as deliveries on deliveries.delivery_id = facts._delivery_id\n"
        f"where {met}"
    )
    order = f"order by source_file, source_row, {shown}"
    if add_up:
        found = rows(f"select *, count(*) over () as rows_behind, sum(contributes) over () as adds_to from ({listing}) {order} limit {limit}")
    else:
        found = rows(f"{listing} limit {limit}")
    if not found:
        return None
    return Explanation(
        line=line,
        adds_to=found[0].get("adds_to"),
        not_applied=[column for column in line if column not in FIGURES and not column.endswith("_name") and column not in applied],
        rows=[{name: value for name, value in row.items() if name not in ("rows_behind", "adds_to")} for row in found],
        rows_behind=found[0].get("rows_behind"),
        steps=_steps(line, facts),
        sql=f"{listing}\n{order}",
    )


def _steps(line: Mapping[str, Any], facts: Facts) -> list[str]:
    """How a share comes about, from its percentage down to the delivered rows."""
    steps = []
    if line.get("share_pct") is not None:
        divided = f"{line['value'].normalize():,f} ÷ {line['total_value'].normalize():,f}"
        steps.append(f"share_pct = value ÷ total_value × 100 = {divided} × 100; rounded_pct adds to exactly 100.0 (largest remainder).")
    match line.get("funding_level"), line.get("funding_source"):
        case 0, "technical_cooperation":
            steps.append("Sources of funds added up: technical cooperation (the regular programme, the Development Account, extrabudgetary resources).")
        case 0, _:
            steps.append("Sources of funds added up: all cash resources.")
        case 1, family:
            steps.append(f"Sources of funds added up: the family {family} of reference.funding_sources.")
    counted = "one, counted once" if facts.value == "null" else facts.value
    steps.append(f"Records counted: rows of {facts.table} with {facts.condition}; each contributes {counted}.")
    if "region" in line:
        steps.append(f"A recipient belongs to a region or group as of the record's {facts.day}.")
    if "donor" in line and facts.table != "fct_fund_movements":
        steps.append("Money that comes in is its provider's; any other is divided among the donors of its project. The rows show whole transactions.")
    return [*steps, *facts.rules]


def _fact(rows: Rows, line: Mapping[str, Any]) -> Explanation:
    found = rows(f"select source, source_file from audit.deliveries where delivery_id = {literal(line['_delivery_id'])} limit 1")
    made_of = {"source_column": line["_source_column"]} if line.get("_source_column") else {}
    return Explanation(line=line, adds_to=None, not_applied=(), rows=[{**row, **made_of, "source_row": line["_source_row"]} for row in found])


def _indicator(rows: Rows, line: Mapping[str, Any], limit: int, columns: Callable[[str], Sequence[str]]) -> Explanation:
    """What an indicator divides by what, and where that is asked for; its rows are those of the tables that the formula names."""
    found = rows(f"select * from reference.indicator_definitions where indicator = {literal(line['indicator'])}")
    steps = [f"{name.replace('_', ' ')}: {value}" for row in found for name, value in row.items() if value and name not in ("indicator", "name", "unit")]
    return Explanation(line=line, adds_to=None, not_applied=(), rows=[], steps=steps)


def _resources(rows: Rows, line: Mapping[str, Any], limit: int, columns: Callable[[str], Sequence[str]]) -> Explanation:
    """The movements of a fund or a donor, each under the column of the line that it adds to; spending comes from transactions and budget lines."""
    has = columns("fct_fund_movements")
    part = {
        column: line[column]
        for column in ("book", "record_basis", "entity", "fund_code", "donor", "fiscal_year", "period_type")
        if line.get(column) not in (None, "ALL")
    }
    applied = {column for column in part if column in has}
    movements = Facts(
        table="fct_fund_movements",
        condition="is_latest_vintage",
        value="amount_usd",
        cell="amount",
        day="period_end",
        shown=("fund_code", "donor", "movement", "amount", "currency"),
        rules=(CONVERTED, "balance = opening + contributions + investment revenue + transfers − refunds − spent; without an opening balance there is none."),
    )
    conditions = [_equal(f"facts.{column}", part[column]) for column in sorted(applied)]
    found = _listed(rows, part, movements, has, conditions, applied, limit, True)
    if found is None:
        return Explanation(line=line, adds_to=None, not_applied=(), rows=[])
    # Movements of different kinds have no sum that means anything.
    return replace(found, line=line, adds_to=None)


def _statement(rows: Rows, line: Mapping[str, Any], limit: int, columns: Callable[[str], Sequence[str]]) -> Explanation:
    """The facts behind a published statement: those of the part that it speaks of, in its period."""
    if line["computed_value"] is None:
        return Explanation(line=line, adds_to=None, not_applied=(), rows=[])
    figure = literal(line["figure_id"])
    (read,) = rows(f"select region_scheme, dimension_code from intermediate.int_statements where figure_id = {figure}")
    sql = f"""select fiscal_year from intermediate.int_statement_periods
              where figure_id = {figure} and period_role = 'stated' and period_type = {literal(line["period_type"])} order by 1"""
    years = [row["fiscal_year"] for row in rows(sql)]
    stated = stated_lines(line, read, levels_of_sources(rows))
    part = {**stated.shared, **stated.part}
    found = explain_share(rows, part, limit, columns, years=years)
    whole = {"share_pct": "denominator", "change_pct": "the period before"}.get(line["statistic"])
    return replace(found, line=line, not_applied=[*found.not_applied, *([whole] if whole else [])])


def narrowed(line: Mapping[str, Any], facts: Facts, has: Sequence[str]) -> tuple[list[str], set[str]]:
    """Conditions on the facts that follow from a share's line, and the line's columns that they cover."""
    conditions, applied = [], {"reporter_role", "period_type", "is_exclusive", "funding_level", "funding_source"}
    for column in COMMON:
        if column in line and column in has:
            conditions.append(_equal(f"facts.{column}", line[column]))
            applied.add(column)
    # Counts of deliverables have no source of funds; their shares stand under `unspecified`.
    if "funding_source" in has:
        conditions.append(
            "facts.funding_source in (\n        select funding_source from intermediate.int_funding_levels\n"
            f"        where funding_level = {line['funding_level']} and level_source = {literal(line['funding_source'])}\n    )"
        )
    if line.get("region_scheme") == "project_scope" and "scope" in has:
        conditions.append(f"facts.scope is not distinct from {literal(line['region'])}")
        applied |= {"region_scheme", "region"}
    elif line.get("region_scheme", "project_scope") != "project_scope" and "recipient" in has:
        conditions.append(
            f"(facts.recipient, facts.{facts.day}) in (\n"
            "        select regions.recipient, epochs.day\n"
            "        from intermediate.int_recipient_regions as regions join intermediate.int_reference_epochs as epochs using (epoch)\n"
            f"        where regions.region_scheme = {literal(line['region_scheme'])} and regions.region = {literal(line['region'])}\n    )"
        )
        applied |= {"region_scheme", "region"}
    if "sector_level" in line and "sector" in has:
        vocabulary = literal(line["sector_vocabulary"])
        if line["sector"] == "UNALLOCATED":
            conditions.append(f"(facts.sector_vocabulary is distinct from {vocabulary} or facts.sector = 'UNALLOCATED')")
        else:
            conditions.append(
                "(facts.sector_vocabulary, facts.sector) in (\n        select sector_vocabulary, sector from intermediate.int_sector_levels\n"
                f"        where sector_vocabulary = {vocabulary} and sector_level = {literal(line['sector_level'])} "
                f"and sector_at_level = {literal(line['sector'])}\n    )"
            )
        applied |= {"sector_vocabulary", "sector_level", "sector"}
    return conditions, applied


def _of_project(line: Mapping[str, Any], has: Sequence[str]) -> tuple[list[str], set[str]]:
    """Conditions by what a fact's project says of itself, and the line's columns that they cover."""
    if "project_id" not in has:
        return [], set()
    given = {column: line[column] for column in OF_PROJECT if column in line and column not in has and line[column] not in ("UNALLOCATED", "UNMARKED", None)}
    conditions = [_equal(f"projects.{column}", value) for column, value in given.items()]
    if line.get("region_scheme") == "project_scope" and "scope" not in has:
        conditions.append(_equal("projects.scope", line["region"]))
        given |= {"region_scheme": "project_scope", "region": line["region"]}
    for column, split in SPLIT_OF_PROJECT.items():
        if column in line and line[column] not in ("UNALLOCATED", "UNKNOWN"):
            codes = f"list_transform(string_split(projects.{split}, '|'), part -> trim(split_part(part, ':', 1)))"
            conditions.append(f"list_contains({codes}, {literal(line[column])})")
            given[column] = line[column]
    if not conditions:
        return [], set()
    found = (
        "(facts.book, facts.project_id) in (\n        select projects.book, projects.project_id from marts.dim_project as projects\n"
        f"        where {' and '.join(conditions)}\n    )"
    )
    if "donor" in given and "flow" in has:
        given_by = f"facts.flow = 'incoming' and facts.provider = {literal(given['donor'])}"
        found = f"({given_by} or facts.flow is distinct from 'incoming' and {found})"
    return [found], set(given)


def _equal(column: str, value: object) -> str:
    if isinstance(value, int):
        return f"{column} = {value}"
    text = str(value)
    return f"coalesce(cast({column} as varchar), 'UNALLOCATED') = 'UNALLOCATED'" if text == "UNALLOCATED" else f"{column} = {literal(text)}"
