"""How a published statement is computed again from the marts: the SQL, and the delivered rows behind it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pipelines.ask.explain import facts_behind
from pipelines.site.reader import Reader, literal, where

SHOWN_ROWS = 20
TABLES = {"priority_area": "shares_by_priority_area", "activity_type": "shares_by_activity_type"}
REGIONS = ("region", "country", "country_group", "project_scope")
SHARED = ("book", "entity", "record_basis", "period_type", "measure")


@dataclass(frozen=True, kw_only=True)
class Recipe:
    """A statement in the marts' own terms.

    Attributes:
        sql: one statement that gives the computed value.
        rows: delivered rows behind the part spoken of, the largest first, at most `SHOWN_ROWS`.
        rows_found: how many there are.
    """

    sql: str
    rows: Sequence[Mapping[str, Any]]
    rows_found: int


class Recipes:
    """What all statements of a release need to be computed again, read once."""

    def __init__(self, reader: Reader) -> None:
        """Read how the warehouse understood each statement."""
        self._reader = reader
        self._read = {row["figure_id"]: row for row in reader.rows("select figure_id, region_scheme, dimension_code from intermediate.int_statements")}
        # Hundreds of statements ask for the same few things: looked up here, each costs one query.
        self._sources = reader.rows("select funding_source, funding_family, is_cash, is_technical_cooperation from reference.funding_sources")
        self._families = {row["funding_family"] for row in self._sources}
        self._files = {row["delivery_id"]: row["source_file"] for row in reader.rows("select distinct delivery_id, source_file from audit.deliveries")}
        # Of transactions before their splits, which may be many times as many.
        holds = {"fct_spending": "intermediate.int_transactions", "fct_allocations": "marts.fct_allocations"}
        self._books = {
            facts: {row["book"] for row in reader.rows(f"select distinct book from {table}")} for facts, table in holds.items() if reader.exists(table)
        }
        self._years: dict[tuple[str, str, str], list[int]] = {}
        for row in reader.rows("select figure_id, period_role, period_type, fiscal_year from intermediate.int_statement_periods order by fiscal_year"):
            self._years.setdefault((row["figure_id"], row["period_role"], row["period_type"]), []).append(row["fiscal_year"])

    def recipe(self, statement: Mapping[str, Any]) -> Recipe | None:
        """The recipe of a statement; None for one that the records do not answer."""
        if statement["computed_value"] is None:
            return None
        read = self._read[statement["figure_id"]]
        scheme, code = statement["dimension_scheme"], read["dimension_code"]
        table = "shares_by_region" if scheme in REGIONS else TABLES.get(scheme, "shares_by_subprogramme")
        part_source = code if scheme == "funding_source" else statement["funding_source"]
        part = {**self._level(part_source), **_dimension(scheme, code, read["region_scheme"])}
        shared = {column: statement[column] for column in SHARED} | {"reporter_role": "primary"}
        if table == "shares_by_region":
            shared["region_scheme"] = read["region_scheme"] or scheme
        years = {role: self._years.get((statement["figure_id"], role, statement["period_type"]), []) for role in ("stated", "earlier")}
        sql = _sql(table, shared, part, self._level(statement["denominator"] or statement["funding_source"]), years, statement["statistic"])
        found, rows = self._rows(shared, part, years["stated"])
        return Recipe(sql=sql, rows=rows, rows_found=found)

    def _level(self, source: str | None) -> dict[str, Any]:
        """The lines of a share table that hold a source of funds, whole."""
        if source in (None, "all", "technical_cooperation"):
            return {"funding_level": 0, "funding_source": source or "all"}
        return {"funding_level": 1 if source in self._families else 2, "funding_source": source}

    def _rows(self, shared: Mapping[str, Any], part: Mapping[str, Any], years: Sequence[int]) -> tuple[int, list[dict[str, Any]]]:
        """How many delivered rows the part adds up, and the largest: those of the first table of facts that has any."""
        for facts in facts_behind(shared["measure"]):
            if shared["book"] not in self._books.get(facts.table, {shared["book"]}):
                continue
            has = self._reader.columns(f"marts.{facts.table}")
            conditions = [facts.condition, *self._narrowed({**shared, **part}, facts.day, has)]
            if "fiscal_year" in has:
                conditions.append(f"facts.fiscal_year in ({', '.join(map(str, years))})")
            condition = " and ".join(f"({said})" for said in conditions)
            shown = ", ".join(column for column in facts.shown if column in has)
            # Two questions, for a window over all rows would hold them all at once.
            found = self._reader.value(f"select count(*) from marts.{facts.table} as facts where {condition}")
            if not found:
                continue
            rows = self._reader.rows(
                f"""select {shown}, {facts.value} as contributes, _delivery_id as source_file, _source_row as source_row
                    from marts.{facts.table} as facts where {condition}
                    order by abs({facts.value}) desc nulls last, _delivery_id, _source_row, {shown} limit {SHOWN_ROWS}"""
            )
            return found, [{**row, "source_file": self._files.get(row["source_file"])} for row in rows]
        return 0, []

    def _narrowed(self, line: Mapping[str, Any], day: str, has: Sequence[str]) -> list[str]:
        """Conditions on facts that mean what a share table's line means."""
        common = ("book", "entity", "record_basis", "period_type", "subprogramme", "priority_area", "activity_type")
        conditions = [
            f"coalesce(cast(facts.{column} as varchar), 'UNALLOCATED') = {literal(line[column])}" for column in common if column in line and column in has
        ]
        if "funding_source" in has:
            sources = ", ".join(literal(row["funding_source"]) for row in self._sources if _is_funded(row, line["funding_source"]))
            conditions.append(f"facts.funding_source in ({sources})")
        if line.get("region_scheme") == "project_scope" and "scope" in has:
            conditions.append(f"facts.scope is not distinct from {literal(line['region'])}")
        elif "region" in line and "recipient" in has:
            conditions.append(
                f"""exists (select 1 from intermediate.int_recipient_regions as regions join intermediate.int_reference_epochs as epochs using (epoch)
                    where epochs.day = facts.{day} and regions.recipient = facts.recipient
                        and regions.region_scheme = {literal(line["region_scheme"])} and regions.region = {literal(line["region"])})"""
            )
        return conditions


def _is_funded(source: Mapping[str, Any], named: str) -> bool:
    """Whether a source of funds is the one named, of the family named, or in the total named."""
    if named in ("all", "technical_cooperation"):
        return source["is_cash"] and (named == "all" or source["is_technical_cooperation"])
    return named in (source["funding_source"], source["funding_family"])


def _dimension(scheme: str, code: str | None, region_scheme: str | None) -> dict[str, Any]:
    if scheme in REGIONS:
        return {"region_scheme": region_scheme or scheme, "region": code}
    return {scheme: code} if scheme in ("subprogramme", "priority_area", "activity_type") else {}


def _sql(table: str, shared: Mapping[str, Any], part: Mapping[str, Any], whole: Mapping[str, Any], years: Mapping[str, Sequence[int]], statistic: str) -> str:
    """The value as one statement, for a person to read and run."""
    every = sorted({*years["stated"], *(years["earlier"] if statistic == "change_pct" else ())})
    listed = {role: ", ".join(map(str, found)) for role, found in years.items()}
    of_part = where({key: value for key, value in part.items() if key not in shared})
    match statistic:
        case "share_pct":
            value = f"round(100 * sum(value) filter (where {of_part})\n    / sum(value) filter (where {where(whole)}), 6)"
            narrowed = ""
        case "change_pct":
            now, before = (f"sum(value) filter (where fiscal_year in ({listed[role]}))" for role in ("stated", "earlier"))
            value = f"round(100 * ({now} - {before})\n    / {before}, 6)"
            narrowed = f"\n  and {of_part}"
        case "average":
            value = "round(sum(value) / count(distinct fiscal_year), 6)"
            narrowed = f"\n  and {of_part}"
        case _:
            value = "sum(value)"
            narrowed = f"\n  and {of_part}"
    lines = "\n  and ".join(where({column: content}) for column, content in shared.items())
    return f"select {value} as computed_value\nfrom marts.{table}\nwhere {lines}\n  and fiscal_year in ({', '.join(map(str, every))}){narrowed}"
