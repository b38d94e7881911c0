"""From a number to its rows: which delivered file and row stands behind a line of a mart.

A fact carries the delivery and row that it came from. A share is traced to the facts that its measure
adds up; what they add up to is given beside what the share says, so that a reader sees whether the
trace is whole. A published statement is traced to the facts of the part that it speaks of.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from pipelines.publish.query import RefusedQuery, ask

MOST_LINES = 20
STATEMENTS = "published_figure_checks"
PROVENANCE = ("_delivery_id", "_source_row")
# Columns that a share and the facts behind it have in common, and that mean the same in both.
COMMON = ("book", "entity", "reporter_role", "fiscal_year", "period_type", "record_basis", "subprogramme", "priority_area", "activity_type")
FIGURES = {"value", "total_value", "share_pct", "rounded_pct", "distinct_count", "unconverted_rows", "has_negative_part", "unit", "measure"}
# As the macro `sector_at_level` of the models has it.
_OF_DAC = "facts.sector_vocabulary in ('1', '2')"
SECTOR_AT_LEVEL = {
    "purpose": "facts.sector",
    "category": f"case when {_OF_DAC} then facts.sector[:3] else facts.sector end",
    "group": f"case when not {_OF_DAC} then facts.sector when facts.sector[:3] = '998' then '998' else facts.sector[:2] || '0' end",
}
SPENT = "transaction_type in ('disbursement', 'expenditure', 'reimbursement')"


@dataclass(frozen=True, kw_only=True)
class Facts:
    """The facts that a measure adds up.

    Attributes:
        table: the mart that holds them.
        condition: which of its rows.
        value: what each contributes.
        day: the date as of which their places are read.
        shown: columns worth showing beside the provenance.
    """

    table: str
    condition: str
    value: str
    day: str
    shown: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Explanation:
    """One line of a mart and what stands behind it.

    Attributes:
        line: the line.
        adds_to: what the rows behind it add to; None where the line is itself a fact.
        not_applied: dimensions of the line by which the rows behind could not be narrowed down.
        rows: the rows behind, each with `source_file` and `source_row`.
    """

    line: Mapping[str, Any]
    adds_to: Any
    not_applied: Sequence[str]
    rows: Sequence[Mapping[str, Any]]


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


def explain(home: Path, mart: str, where: Mapping[str, str], *, limit: int) -> list[Explanation]:
    """The lines of a mart that meet the conditions, each with the delivered rows behind it.

    Args:
        home: the warehouse's folder.
        mart: table of the schema `marts`, with or without it.
        where: column to value, as text.
        limit: the most rows to show behind each line.

    Raises:
        RefusedQuery: no release, no such mart or column, or a mart that no delivered row stands behind.
    """
    mart = mart.removeprefix("marts.")
    columns = _columns(home, mart)
    if not columns:
        known = [row["name"] for row in _rows(home, "select distinct table_name as name from duckdb_columns() where schema_name = 'marts' order by 1")]
        raise RefusedQuery(f"no mart {mart!r}; there are: {', '.join(known)}")
    unknown = [column for column in where if column not in columns]
    if unknown:
        raise RefusedQuery(f"{mart} has no column {', '.join(unknown)}; it has: {', '.join(columns)}")
    condition = " and ".join(f'cast("{column}" as varchar) = ?' for column in where) or "true"
    if set(PROVENANCE) <= set(columns):
        lines = _rows(home, f"select * from marts.{mart} where {condition} order by all limit {limit}", list(where.values()))
        return [_fact(home, line) for line in lines]
    if mart != STATEMENTS and not {"measure", "value", "funding_level"} <= set(columns):
        raise RefusedQuery(f"{mart} comes from reference tables or from other marts: explain a fact, a share table or {STATEMENTS}")
    lines = _rows(home, f"select * from marts.{mart} where {condition} order by all limit {MOST_LINES + 1}", list(where.values()))
    if len(lines) > MOST_LINES:
        raise RefusedQuery(f"more than {MOST_LINES} lines of {mart} meet this: say more, for example measure=…, funding_source=…, funding_level=…")
    return [_statement(home, line, limit) if mart == STATEMENTS else _share(home, line, limit) for line in lines]


def facts_behind(measure: str) -> list[Facts]:
    """Where the records of a measure stand; money may stand in a ledger of projects or in a budget's lines."""
    spending = {
        "table": "fct_spending",
        "day": "transaction_date",
        "shown": ("transaction_key", "transaction_type", "transaction_date", "recipient", "amount", "currency"),
    }
    missions = {"table": "fct_activities", "day": "start_date", "shown": ("activity_key", "activity_type", "start_date", "recipient", "weight")}
    undertaken = "activity_kind = 'mission' and status = 'undertaken'"
    stem = measure.removesuffix("_usd")
    match measure:
        case "mission_count":
            return [Facts(**missions, condition=undertaken, value="weight")]
        case "advisory_mission_count":
            return [Facts(**missions, condition=f"{undertaken} and activity_type = 'advisory'", value="weight")]
        case "adviser_days":
            return [Facts(**missions, condition=f"{undertaken} and adviser_days is not null", value="adviser_days")]
        case "project_count":
            return [Facts(**spending, condition=f"{SPENT} and not is_internal_transfer", value="null")]
        case "active_project_count" | "budget_usd":
            return [
                Facts(
                    table="dim_project",
                    condition="true",
                    value="null",
                    day="start_date",
                    shown=("project_id", "title", "start_date", "end_date", "budget_amount"),
                )
            ]
        case _ if measure.startswith(("planned_", "actual_")):
            status, _, deliverable = measure.partition("_")
            condition = f"status = '{status}' and deliverable = '{deliverable}'"
            return [
                Facts(table="fct_deliverables", condition=condition, value="quantity", day="period_end", shown=("deliverable", "status", "quantity", "unit"))
            ]
    types = SPENT if stem == "spending" else f"transaction_type = '{stem}'"
    lines = f"measure = '{stem}' and is_latest_vintage and budget_component in ('programme_of_work', 'unspecified')"
    shown = ("line_id", "budget_component", "amount", "currency")
    return [
        Facts(**spending, condition=f"{types} and not is_internal_transfer", value="amount_usd"),
        Facts(table="fct_allocations", condition=lines, value="amount_usd", day="period_end", shown=shown),
    ]


def _fact(home: Path, line: Mapping[str, Any]) -> Explanation:
    rows = _rows(home, "select source, source_file from audit.deliveries where delivery_id = ? limit 1", [line["_delivery_id"]])
    return Explanation(line=line, adds_to=None, not_applied=(), rows=[{**row, "source_row": line["_source_row"]} for row in rows])


def _statement(home: Path, line: Mapping[str, Any], limit: int) -> Explanation:
    """The facts behind a published statement: those of the part that it speaks of, in its period."""
    if line["computed_value"] is None:
        return Explanation(line=line, adds_to=None, not_applied=(), rows=[])
    (read,) = _rows(home, "select region_scheme, dimension_code from intermediate.int_statements where figure_id = ?", [line["figure_id"]])
    sql = "select fiscal_year from intermediate.int_statement_periods where figure_id = ? and period_role = 'stated' and period_type = ? order by 1"
    years = [row["fiscal_year"] for row in _rows(home, sql, [line["figure_id"], line["period_type"]])]
    scheme, code = line["dimension_scheme"], read["dimension_code"]
    source = code if scheme == "funding_source" else line["funding_source"] or "all"
    families = [row["code"] for row in _rows(home, "select distinct funding_family as code from reference.funding_sources")]
    part = {name: line[name] for name in ("book", "entity", "period_type", "record_basis", "measure")}
    part |= {"funding_source": source, "funding_level": 0 if source in ("all", "technical_cooperation") else 1 if source in families else 2}
    if scheme in ("subprogramme", "priority_area", "activity_type"):
        part[scheme] = code
    elif scheme in ("region", "country", "country_group"):
        part |= {"region_scheme": read["region_scheme"], "region": code}
    elif scheme == "project_scope":
        part |= {"region_scheme": scheme, "region": code}
    found = _share(home, part, limit, years)
    whole = {"share_pct": "denominator", "change_pct": "the period before"}.get(line["statistic"])
    return replace(found, line=line, not_applied=[*found.not_applied, *([whole] if whole else [])])


def _share(home: Path, line: Mapping[str, Any], limit: int, years: Sequence[int] = ()) -> Explanation:
    """The facts behind a share: those of the first table that has any; `years` where the line itself names none."""
    for facts in facts_behind(line["measure"]):
        has = _columns(home, facts.table)
        conditions, values, applied = _narrowed(line, facts, has)
        if years and "fiscal_year" in has:
            conditions.append(f"facts.fiscal_year in ({', '.join(map(str, years))})")
        source = f"from marts.{facts.table} as facts where {' and '.join([facts.condition, *conditions])}"
        found = _rows(home, f"select count(*) as n, sum({facts.value}) as total {source}", values)[0]
        if found["n"]:
            shown = ", ".join(column for column in facts.shown if column in has)
            rows = _rows(
                home,
                f"""select {shown}, {facts.value} as contributes, source_file, _source_row as source_row
                    from (select * {source}) left join (select distinct delivery_id, source_file from audit.deliveries) on delivery_id = _delivery_id
                    order by source_file, source_row, {shown} limit {limit}""",
                values,
            )
            dimensions = [column for column in line if column not in FIGURES and not column.endswith("_name") and column not in applied]
            return Explanation(line=line, adds_to=found["total"], not_applied=dimensions, rows=rows)
    return Explanation(line=line, adds_to=None, not_applied=(), rows=[])


def _narrowed(line: Mapping[str, Any], facts: Facts, has: Sequence[str]) -> tuple[list[str], list[Any], set[str]]:
    """Conditions on the facts that follow from a share's line, their values, and the line's columns that they cover."""
    conditions, values, applied = [], [], {"reporter_role", "period_type", "is_exclusive", "funding_level", "funding_source"}
    for column in COMMON:
        if column in line and column in has:
            conditions.append(f"coalesce(cast(facts.{column} as varchar), 'UNALLOCATED') = ?")
            values.append(str(line[column]))
            applied.add(column)
    sources = "select funding_source from reference.funding_sources where"
    match line["funding_level"], line["funding_source"]:
        case _ if "funding_source" not in has:
            # Counts of deliverables have no source of funds; their shares stand under `unspecified`.
            pass
        case 0, "technical_cooperation":
            conditions.append(f"facts.funding_source in ({sources} is_technical_cooperation and is_cash)")
        case 0, _:
            conditions.append(f"facts.funding_source in ({sources} is_cash)")
        case 1, family:
            conditions.append(f"facts.funding_source in ({sources} funding_family = ?)")
            values.append(family)
        case _, source:
            conditions.append("facts.funding_source = ?")
            values.append(source)
    if line.get("region_scheme") == "project_scope" and "scope" in has:
        conditions.append("facts.scope is not distinct from ?")
        values.append(line["region"])
        applied |= {"region_scheme", "region"}
    elif "region_scheme" in line and "recipient" in has:
        conditions.append(
            f"""exists (select 1 from intermediate.int_recipient_regions as regions join intermediate.int_reference_epochs as epochs using (epoch)
                where epochs.day = facts.{facts.day} and regions.recipient = facts.recipient and regions.region_scheme = ? and regions.region = ?)"""
        )
        values += [line["region_scheme"], line["region"]]
        applied |= {"region_scheme", "region"}
    if "sector_level" in line and "sector" in has:
        if line["sector"] == "UNALLOCATED":
            conditions.append("(facts.sector_vocabulary is distinct from ? or facts.sector = 'UNALLOCATED')")
            values.append(line["sector_vocabulary"])
        else:
            conditions.append(f"facts.sector_vocabulary = ? and {SECTOR_AT_LEVEL[line['sector_level']]} = ?")
            values += [line["sector_vocabulary"], line["sector"]]
        applied |= {"sector_vocabulary", "sector_level", "sector"}
    return conditions, values, applied


def _columns(home: Path, mart: str) -> list[str]:
    sql = "select column_name from duckdb_columns() where schema_name = 'marts' and table_name = ? order by column_index"
    return [row["column_name"] for row in _rows(home, sql, [mart])]


def _rows(home: Path, sql: str, parameters: Sequence[Any] = ()) -> list[dict[str, Any]]:
    with ask(home, sql, parameters) as answer:
        return [dict(zip(answer.columns, row, strict=True)) for row in answer.rows]
