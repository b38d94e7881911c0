"""How a published statement is computed again from the marts: the SQL, and the delivered rows behind it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, partial
from typing import Any

from pipelines.ask.explain import facts_behind, narrowed
from pipelines.ask.stated import Stated, levels_of_sources, stated_lines
from pipelines.site.reader import Reader, where

SHOWN_ROWS = 20


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
        self._levels = levels_of_sources(reader.rows)
        self._facts = cache(partial(facts_behind, reader.rows))
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
        stated = stated_lines(statement, self._read[statement["figure_id"]], self._levels)
        years = {role: self._years.get((statement["figure_id"], role, statement["period_type"]), []) for role in ("stated", "earlier")}
        found, rows = self._rows({**stated.shared, **stated.part}, years["stated"])
        return Recipe(sql=_sql(stated, years, statement["statistic"]), rows=rows, rows_found=found)

    def _rows(self, line: Mapping[str, Any], years: Sequence[int]) -> tuple[int, list[dict[str, Any]]]:
        """How many delivered rows the part adds up, and the largest: those of the first table of facts that has any."""
        for facts in self._facts(line["measure"]):
            if line["book"] not in self._books.get(facts.table, {line["book"]}):
                continue
            has = self._reader.columns(f"marts.{facts.table}")
            conditions = [facts.condition, *narrowed(line, facts, has)[0]]
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


def _sql(stated: Stated, years: Mapping[str, Sequence[int]], statistic: str) -> str:
    """The value as one statement, for a person to read and run."""
    every = sorted({*years["stated"], *(years["earlier"] if statistic == "change_pct" else ())})
    listed = {role: ", ".join(map(str, found)) for role, found in years.items()}
    of_part = where({key: value for key, value in stated.part.items() if key not in stated.shared})
    match statistic:
        case "share_pct":
            value = f"round(100 * sum(value) filter (where {of_part})\n    / sum(value) filter (where {where(stated.whole)}), 6)"
            kept = ""
        case "change_pct":
            now, before = (f"sum(value) filter (where fiscal_year in ({listed[role]}))" for role in ("stated", "earlier"))
            value = f"round(100 * ({now} - {before})\n    / {before}, 6)"
            kept = f"\n  and {of_part}"
        case "average":
            value = "round(sum(value) / count(distinct fiscal_year), 6)"
            kept = f"\n  and {of_part}"
        case _:
            value = "sum(value)"
            kept = f"\n  and {of_part}"
    lines = "\n  and ".join(where({column: content}) for column, content in stated.shared.items())
    return f"select {value} as computed_value\nfrom marts.{stated.table}\nwhere {lines}\n  and fiscal_year in ({', '.join(map(str, every))}){kept}"
