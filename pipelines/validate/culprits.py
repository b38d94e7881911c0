"""Who breaks a law: from the rows that should not exist to the table in which the difference stands, and the delivered records behind it.

A law says that two sums agree. Where they do not, this looks for the records in which they part: layer by layer by delivery and row, by the keys
that the offending rows name, or, where only totals differ, among the records of the same book, entity, year and measure. Whatever cannot be found
is left out: a law that failed must never be hidden by an error in explaining it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb

from pipelines import engine
from pipelines.contracts import SOURCES, iati
from pipelines.engine import literal
from pipelines.shapes.check_result import CheckResult
from pipelines.validate.results import as_text
from pipelines.validate.suites import facts

if TYPE_CHECKING:
    from pipelines.validate.runner import Outcome

MOST_CULPRITS = 10
MOST_ROWS = 10
SHOWN_ROWS = 3

# The layers by which money goes, per landed table: its columns of money there, and the fact that holds it with its column.
_MONEY = {
    name: (source.amount_columns, (f"marts.{source.fact}", source.amount_columns[0]) if source.fact else None)
    for name, source in SOURCES.items()
    if source.amount_columns
} | {table: (("value",), ("marts.fct_spending", "amount") if table == "iati_transactions" else None) for table in iati.MONEY_TABLES}
# Names under which checks give the two sides of what should agree.
_SIDES = (
    ("amount_from", "amount_to"), ("value_by_subprogramme", "value"), ("by_subprogramme", "here"), ("total", "found"), ("families", "all_cash"),
    ("families", "sources"), ("families", "all_funding"), ("rows_told", "rows_here"), ("rows_delivered", "rows_loaded"), ("rows_from", "rows_to"),
    ("denominator", "last_weight"), ("transaction_amount", "amount"), ("total_value", "value"), ("amount", "amount_usd"),
)  # fmt: skip
# Keys that lead from an offending row to a record, the most telling first.
_KEYS = (
    "transaction_key", "split_id", "activity_key", "transaction_id", "project_id", "iati_identifier", "contribution_id", "figure_id", "request_key",
    "action_key", "line_id",
)  # fmt: skip
# How a measure leads to its records.
_FACTS = "intermediate.int_measure_facts"
_GROUP = ("book", "entity", "reporter_role", "fiscal_year", "period_type", "record_basis")


@dataclass(frozen=True, kw_only=True)
class Broken:
    """A check that failed, with what finds the rows that should not exist.

    Attributes:
        result: of the check.
        query: selects those rows.
        law: the law in words.
    """

    result: CheckResult
    query: str
    law: str


@dataclass(frozen=True, kw_only=True)
class Culprit:
    """A delivered record in which two amounts that should agree do not, or that stands behind such a difference."""

    delivery_id: str | None
    source_file: str | None
    source_row: int | None = None
    publisher: str | None = None
    activity: str | None = None
    amounts: tuple[Any, Any] | None = None
    is_behind: bool = False

    def in_words(self) -> str:
        """One phrase: place, delivery, publisher and activity, amounts."""
        place = self.source_file or "an unknown file"
        told = f"{place}{f' row {self.source_row}' if self.source_row is not None else ''}"
        if self.delivery_id:
            told += f" (delivery {self.delivery_id})"
        if self.activity:
            told += f", activity {self.activity}{f' of {self.publisher}' if self.publisher else ''}"
        if self.amounts is None:
            return told
        one, other = map(_amount, self.amounts)
        return f"{told}: {one}, {other} US$ counted" if self.is_behind else f"{told}: {one} became {other}"


def of_expectation(outcome: Outcome) -> Broken | None:
    """A law of the suites that failed; None for one whose rows cannot be selected."""
    result = outcome.result
    if result.status != "failed" or outcome.law is None:
        return None
    condition = next((one for one in facts.SPENDING_CONDITIONS if one.name == result.check_name), None)
    if condition is not None and result.target == facts.SPENDING:
        query = f"select transaction_key, transaction_amount, amount, currency, amount_usd from {facts.SPENDING} where {condition.sql}"
    elif outcome.query is not None:
        query = outcome.query.format(batch=result.target)
    else:
        return None
    return Broken(result=result, query=query, law=f"law {outcome.law}: {result.expected}. {outcome.protects}")


def of_dbt(run_results_json: Path, manifest_json: Path, results: Sequence[CheckResult]) -> list[Broken]:
    """The data tests of dbt that failed.

    Args:
        run_results_json: `target/run_results.json` of the build.
        manifest_json: `target/manifest.json` of the same invocation.
        results: what `dbt_results` made of them.
    """
    nodes = json.loads(manifest_json.read_text("utf-8"))["nodes"]
    compiled = {}
    for told in json.loads(run_results_json.read_text("utf-8"))["results"]:
        node = nodes.get(told["unique_id"])
        if node is not None and told["status"] == "fail" and told.get("compiled_code"):
            compiled[node["name"]] = told["compiled_code"]
    return [
        Broken(result=result, query=compiled[result.check_name].strip().rstrip(";"), law=result.expected)
        for result in results
        if result.status == "failed" and result.check_name in compiled
    ]


def replaced(results: Sequence[CheckResult], database: Path, broken: Sequence[Broken]) -> list[CheckResult]:
    """The results, of which the broken ones name their culprits (see `named`)."""
    told = {(one.result.check_name, one.result.target): result for one, result in zip(broken, named(database, broken), strict=True)} if broken else {}
    return [told.get((result.check_name, result.target), result) for result in results]


def named(database: Path, broken: Sequence[Broken]) -> list[CheckResult]:
    """The results of failed checks with the law, the table in which the difference stands, and up to ten records behind it.

    Args:
        database: the build file, opened read-only; the landed Parquet lies beside it in `landing/`.
        broken: the checks that failed, in the order of the results returned.
    """

    def name_all() -> list[CheckResult]:
        with duckdb.connect(str(database), read_only=True, config={"threads": engine.threads(), "memory_limit": "1GB"}) as connection:
            search = _Search(connection, database.parent / "landing")
            return [search.name(one) for one in broken]

    # Whatever happens here, the law has failed, and that is told.
    with suppress(duckdb.Error, engine.EngineError):
        return engine.tried_twice(name_all)
    return [replace(one.result, expected=one.law) for one in broken]


class _Search:
    """Questions to one build file."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, landing: Path) -> None:
        self.connection = connection
        self.landing = landing
        self.columns: dict[str, list[str]] = {}
        listed = "select schema_name || '.' || table_name, column_name from duckdb_columns() where not internal order by 1, column_index"
        for table, column in connection.execute(listed).fetchall():
            self.columns.setdefault(table, []).append(column)

    def rows(self, sql: str, *parameters: Any) -> list[dict[str, Any]]:
        """The answer by column; nothing where a table or column is missing."""
        try:
            found = self.connection.execute(sql, list(parameters))
        except duckdb.Error as error:
            if engine.is_internal(error):
                raise
            return []
        names = [column[0] for column in found.description or ()]
        return [dict(zip(names, row, strict=True)) for row in found.fetchall()]

    def name(self, one: Broken) -> CheckResult:
        """The result of a failed check, named."""
        count = self.rows(f"select count(*) as n from ({one.query})")
        found = self.rows(f"select * from ({one.query}) limit {MOST_ROWS}")
        if not found:
            return replace(one.result, expected=one.law)
        culprits: list[Culprit] = []
        tables: list[str] = []
        for row in found:
            table = self._table(one, row)
            if table not in tables:
                tables.append(table)
            for culprit in self._culprits(row, table):
                if culprit not in culprits and len(culprits) < MOST_CULPRITS:
                    culprits.append(culprit)
        rows = int(count[0]["n"])
        shown = " · ".join(_told(row) for row in found[:SHOWN_ROWS])
        behind = f"; behind {'it' if rows == 1 else 'them'}: {' · '.join(culprit.in_words() for culprit in culprits)}" if culprits else ""
        observed = f"{rows:,} {'row' if rows == 1 else 'rows'} in {', '.join(tables)}: {shown}{behind}"
        return replace(one.result, target=tables[0], observed=observed, expected=one.law)

    def _table(self, one: Broken, row: Mapping[str, Any]) -> str:
        """The table in which the difference stands: the later of two layers, the breakdown that is named, else the table of the check."""
        breakdown = str(row.get("breakdown") or "").partition(":")[0]
        if breakdown:
            return f"marts.{breakdown}"
        match row.get("layer_to"):
            case "raw":
                return f"raw.{self._landed(row)[0]}"
            case "staging":
                return f"staging.stg_{self._landed(row)[0]}"
            case "facts":
                fact = _MONEY.get(self._landed(row)[0], ((), None))[1]
                return fact[0] if fact else one.result.target
            case "marts":
                return "marts.shares_by_subprogramme"
        return one.result.target

    def _landed(self, row: Mapping[str, Any]) -> list[str]:
        """The landed tables that a line of the reconciliation speaks of."""
        if row["source"] != "iati":
            return [str(row["source"])]
        of_measure = {"budget": "iati_budgets", "planned_disbursement": "iati_planned_disbursements"}
        return [of_measure.get(str(row.get("measure")), "iati_transactions")]

    def _culprits(self, row: Mapping[str, Any], table: str) -> Iterator[Culprit]:
        if "layer_from" in row and "layer_to" in row and row["layer_to"] != "marts":
            for landed in self._landed(row):
                yield from self._between(landed, str(row["layer_to"]))
            return
        if row.get("_delivery_id") and row.get("_source_row") is not None:
            yield self._at(row["_delivery_id"], row["_source_row"], table, _sides(row))
        elif row.get("delivery_id") or row.get("source_file"):
            yield Culprit(delivery_id=row.get("delivery_id"), source_file=row.get("source_file"), source_row=row.get("source_row"), amounts=_sides(row))
        elif key := next((key for key in _KEYS if row.get(key) is not None), None):
            yield from self._by_key(key, row[key], table, _sides(row))
        elif row.get("measure") is not None or row.get("book") is not None:
            yield from self._behind(row)

    def _between(self, landed: str, layer: str) -> Iterator[Culprit]:
        """Records in which a layer and the one before it part."""
        raw, staged = f"raw.{landed}", f"staging.stg_{landed}"
        columns, fact = _MONEY.get(landed, ((), None))
        for column in columns:
            stem = "amount" if column in ("amount", "value") else column.removesuffix("_amount")
            cents, rounding = f"{stem}_cents", f"{stem}_rounding"
            if layer == "raw":
                yield from self._lost_on_landing(landed, column)
                continue
            if layer == "staging":
                before = f"select _delivery_id, _source_row, cast({column} as decimal(38, 10)) as amount from {raw}"
                whole = f"sum(cast({cents} as decimal(38, 10)) / 100 + coalesce({rounding}, 0))"
                after = f"select _delivery_id, _source_row, cast({whole} as decimal(38, 10)) as amount from {staged} group by all"
            elif fact is not None:
                before = f"select _delivery_id, _source_row, cast({cents} as decimal(38, 10)) / 100 as amount from {staged}"
                after = f"select _delivery_id, _source_row, cast(sum({fact[1]}) as decimal(38, 10)) as amount from {fact[0]} group by all"
            else:
                continue
            for row in self.rows(
                f"""select _delivery_id, _source_row, before.amount as one, after.amount as other
                    from ({before}) as before full join ({after}) as after using (_delivery_id, _source_row)
                    where cast(coalesce(before.amount, 0) as decimal(38, 6)) <> cast(coalesce(after.amount, 0) as decimal(38, 6))
                       or before.amount is not null and after.amount is null
                    order by abs(coalesce(before.amount, 0) - coalesce(after.amount, 0)) desc, 1, 2 limit {MOST_CULPRITS}"""
            ):
                yield self._at(row["_delivery_id"], row["_source_row"], raw, (row["one"], row["other"]))

    def _lost_on_landing(self, landed: str, column: str) -> Iterator[Culprit]:
        """Records that were landed and are neither in `raw` nor rejected; else deliveries whose sums differ."""
        parts = literal(self.landing / landed / "*.parquet")
        lost = self.rows(
            f"""select landed._delivery_id, landed._source_row, landed.{column} as one, raw.{column} as other
                from read_parquet({parts}) as landed left join raw.{landed} as raw using (_delivery_id, _source_row)
                where landed.{column} is distinct from raw.{column} and not exists (
                    select 1 from audit.quarantine as refused where refused.delivery_id = landed._delivery_id and refused.source_row = landed._source_row
                    and refused.table_name = '{landed}' and refused.severity = 'error')
                order by abs(landed.{column}) desc, 1, 2 limit {MOST_CULPRITS}"""
        )
        for row in lost:
            yield self._at(row["_delivery_id"], row["_source_row"], f"raw.{landed}", (row["one"], row["other"]))
        if lost:
            return
        told = literal(self.landing / "delivered_amounts" / "*.parquet")
        source = "iati" if landed.startswith("iati_") else landed
        for row in self.rows(
            f"""with told as (select delivery_id, source_file, sum(amount_delivered) - coalesce(sum(amount_quarantined), 0) as amount
                              from read_parquet({told}) where source = '{source}' group by all),
                     here as (select _delivery_id as delivery_id, sum({column}) as amount from raw.{landed} group by all)
                select delivery_id, source_file, told.amount as one, here.amount as other from told full join here using (delivery_id)
                where coalesce(told.amount, 0) <> coalesce(here.amount, 0) limit {MOST_CULPRITS}"""
        ):
            yield Culprit(delivery_id=row["delivery_id"], source_file=row["source_file"], amounts=(row["one"], row["other"]))

    def _by_key(self, key: str, value: Any, table: str, sides: tuple[Any, Any] | None) -> Iterator[Culprit]:
        """The records that carry a key."""
        provenance = {key, "_delivery_id", "_source_row"}
        places = [table, *sorted(self.columns, key=lambda name: (not name.startswith("marts."), not name.startswith("intermediate."), name))]
        for place in places:
            if provenance <= set(self.columns.get(place, ())):
                found = self.rows(f"select distinct _delivery_id, _source_row from {place} where {key} = ? order by all limit {MOST_CULPRITS}", value)
                if found:
                    yield from (self._at(row["_delivery_id"], row["_source_row"], place, sides) for row in found)
                    return

    def _behind(self, row: Mapping[str, Any]) -> Iterator[Culprit]:
        """Records of the group in which totals differ, those first that give just the difference, then the largest."""
        measure = str(row.get("measure") or "")
        sides = _sides(row)
        missing = abs((sides[0] or 0) - (sides[1] or 0)) if sides and all(isinstance(side, int | Decimal | None) for side in sides) else None
        for said in self.rows(
            f"""select fact_table, fact_condition, contributes, source_column from {_FACTS}
                where list_contains([$1, concat($1, '_usd')], measure) and contributes <> 'null' order by place""",
            measure,
        ):
            table, value = f"marts.{said['fact_table']}", said["contributes"]
            has = self.columns.get(table, ())
            group = {column: row[column] for column in _GROUP if row.get(column) is not None and column in has}
            money = said["source_column"] if said["source_column"] in has else value
            found = self.rows(
                f"""select _delivery_id, _source_row, sum({money}) as one, sum({value}) as other from {table}
                    where {" and ".join([said["fact_condition"], *(f"{column} = ?" for column in group)])} group by _delivery_id, _source_row
                    order by coalesce(abs(sum({value})) = ?, false) desc, abs(sum({value})) desc nulls first, 1, 2 limit {MOST_CULPRITS}""",
                *group.values(),
                missing,
            )
            if found:
                yield from (
                    replace(self._at(record["_delivery_id"], record["_source_row"], table, (record["one"], record["other"])), is_behind=True)
                    for record in found
                )
                return

    def _at(self, delivery_id: str, source_row: int, table: str, sides: tuple[Any, Any] | None) -> Culprit:
        """The record at a place, with publisher and activity where it was delivered in an activity file."""
        found = self.rows("select source, any_value(source_file) as source_file from audit.deliveries where delivery_id = ? group by source", delivery_id)
        culprit = Culprit(delivery_id=delivery_id, source_file=found[0]["source_file"] if found else None, source_row=source_row, amounts=sides)
        if found and found[0]["source"] == "iati":
            landed = f"raw.{table.partition('.')[2].removeprefix('stg_')}"
            landed = landed if "iati_identifier" in self.columns.get(landed, ()) else "raw.iati_transactions"
            publisher = "reporting_org_ref" if "reporting_org_ref" in self.columns.get(landed, ()) else "null"
            of_row = self.rows(
                f"select iati_identifier, {publisher} as publisher from {landed} where _delivery_id = ? and _source_row = ? limit 1", delivery_id, source_row
            )
            if of_row:
                culprit = replace(culprit, activity=of_row[0]["iati_identifier"], publisher=of_row[0]["publisher"])
        return culprit


def _sides(row: Mapping[str, Any]) -> tuple[Any, Any] | None:
    """The two amounts of an offending row that should agree; where several pairs are given, the first that differs."""
    given = [(row[one], row[other]) for one, other in _SIDES if one in row and other in row]
    return next((pair for pair in given if pair[0] != pair[1]), given[0] if given else None)


def _told(row: Mapping[str, Any]) -> str:
    """An offending row: what it is about, without what is empty, and the two amounts."""
    about = ", ".join(f"{column} {as_text(value)}" for column, value in row.items() if value is not None)
    sides = _sides(row)
    return about if sides is None else f"{about} ({_amount(sides[0])} against {_amount(sides[1])})"


def _amount(value: Any) -> str:
    return as_text(value) if value is not None else "nothing"
