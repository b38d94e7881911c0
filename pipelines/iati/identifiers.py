"""The set pass of activity files: identifiers that several activities bear, within a file or across files.

`iati_identifier` is the key. What publishers do with it is known, and decides (rule 1.1.2 of the validator says only that it is wrong):

1. Secondary reporters pass on what somebody else has reported: beside the reporter's own activity theirs do not count.
2. A publisher who files by year writes the same activity into every file. Where no transaction can be the same, since the ranges of their
   days do not meet, the activities are merged: the newest says what the activity is, and the transactions, budgets and planned
   disbursements of all are loaded, transactions numbered on from the earliest. Activities without any transaction are compared by the days
   of their budgets and planned disbursements.
3. Everything else is a copy or another version: the newest counts, the others are quarantined.

The newest is the one with the later last-updated-datetime; where that is equal, or one states none, the one whose file was generated later;
where that does not tell either, the one whose path (then whose place in the file) comes later.
"""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import groupby
from pathlib import Path, PurePath
from typing import Any

import duckdb
import polars as pl

from pipelines import engine
from pipelines.contracts.iati import ACTIVITY_TABLES, MONEY_TABLES, SOURCE_NAME
from pipelines.engine import listed, literal
from pipelines.iati.activity_pass import files_of
from pipelines.shapes.part import AMOUNT_COLUMNS, QUARANTINE_COLUMNS, REJECTED_COLUMNS, IatiPart

_ACTIVITIES = "iati_activities"
# Sources in `rejected_rows`: an activity with all its rows, and one of which only the money is loaded.
WHOLE, MERGED = _ACTIVITIES, "merged_activities"
_NUMBERED = tuple(name for name, table in ACTIVITY_TABLES.items() if "transaction_number" in table.own)
# What says nothing of what an activity is or costs: copies that differ in it alone are identical.
_SAYS_NOTHING = {"last_updated", "file_generated", "iati_version"}
_ASK = "deliver each activity once, and give different activities identifiers of their own (IATI validator 1.1.2)"


@dataclass(frozen=True, kw_only=True)
class Compared:
    """What the comparison found.

    Attributes:
        rejected: rows that must not load, by delivery and table.
        amounts: their money, in the columns of `delivered_amounts`.
        countries: codes of recipient countries, to be read as places.
        numbered_on: by how much the numbers of transactions of a merged activity grow, by delivery and number of the activity.
    """

    rejected: dict[tuple[str, str], int]
    amounts: pl.DataFrame
    countries: frozenset[str]
    numbered_on: Mapping[tuple[str, int], int] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class _Bearer:
    """One activity of several with an identifier; days are those of its transactions, periods those of its budgets and planned disbursements."""

    iati_identifier: str
    _delivery_id: str
    _source_file: str
    _activity_row: int
    is_secondary_reporter: bool
    reporter: str | None
    record_basis: str
    last_updated: datetime | None
    file_generated: datetime | None
    first_day: date | None
    last_day: date | None
    first_period: date | None
    last_period: date | None
    transactions: int
    content: str | None
    is_judged: bool

    @property
    def key(self) -> tuple[str, int]:
        """Delivery and number of the activity."""
        return self._delivery_id, self._activity_row

    @property
    def place(self) -> str:
        """Where it stands, for people."""
        return f"activity {self._activity_row} of {self._source_file}"


@dataclass(frozen=True, kw_only=True)
class _Fate:
    """What becomes of an activity that does not count as it stands.

    Attributes:
        source: `WHOLE` or `MERGED`.
        reason: why, and what to do.
    """

    bearer: _Bearer
    source: str
    reason: str


def loaded(database: Path, replaced: Sequence[str], file: Path, parts: Sequence[IatiPart]) -> Path | None:
    """Activities of a release that share their identifier with one of the judged files, as `compare` takes them.

    Args:
        database: of the release.
        replaced: names of the files (or archives) that stand in for those of the same name.
        file: Parquet to write.
        parts: of the judged files.
    """
    activities = files_of(parts, _ACTIVITIES)
    with duckdb.connect(str(database), read_only=True) as connection:
        known = "select count(*) from information_schema.tables where table_schema = 'raw' and table_name = 'iati_activities'"
        if not activities or not connection.execute(known).fetchone()[0]:
            return None
        names = ", ".join(map(literal, replaced)) or "''"
        judged = f"select iati_identifier from read_parquet({listed(activities)})"
        connection.execute(
            f"""copy (
                    with found as (
                        select * from raw.iati_activities
                        where iati_identifier in ({judged}) and split_part(split_part(_source_file, '!/', 1), '/', -1) not in ({names})
                    ),
                    days as (
                        select iati_identifier, min(transaction_date) as first_day, max(transaction_date) as last_day
                        from raw.iati_transactions where iati_identifier in ({judged}) group by iati_identifier
                    ),
                    periods as (
                        select iati_identifier, min(period_start) as first_period, max(greatest(period_start, period_end)) as last_period
                        from (
                            select iati_identifier, period_start, period_end from raw.iati_budgets
                            union all select iati_identifier, period_start, period_end from raw.iati_planned_disbursements
                        ) as planned where iati_identifier in ({judged}) group by iati_identifier
                    )
                    select {_told_of("found")}, first_day, last_day, first_period, last_period
                    from found left join days using (iati_identifier) left join periods using (iati_identifier)
                ) to {literal(file)} (format parquet)"""
        )
    return file


def _told_of(relation: str) -> str:
    own = ("iati_identifier", "_delivery_id", "_source_file", "_activity_row", "is_secondary_reporter")
    more = f"lower({relation}.reporting_org_ref) as reporter, {relation}.record_basis, {relation}.last_updated, {relation}.file_generated"
    return f"{', '.join(f'{relation}.{name}' for name in own)}, {more}"


def compare(parts: Sequence[IatiPart], landing: Path, others: Sequence[Path] = ()) -> Compared:
    """Compare the identifiers of all loaded activity files, and those of `others`, which are not judged themselves.

    Writes rejected activities into `landing/rejected_rows` (sources `WHOLE` and `MERGED`; rows of other tables go with `_activity_row`) and
    a finding for every rejected row into `landing/quarantine`.
    """
    activities = files_of(parts, _ACTIVITIES)
    nothing = pl.DataFrame(schema=AMOUNT_COLUMNS)
    if not activities:
        return Compared(rejected={}, amounts=nothing, countries=frozenset())
    with (
        duckdb.connect(config={"threads": engine.threads(), "memory_limit": "1GB", "preserve_insertion_order": False}) as connection,
        tempfile.TemporaryDirectory(prefix="identifiers-", dir=landing.parent) as scratch,
    ):
        countries = _countries(connection, files_of(parts, "iati_recipients"))
        bearers = _bearers(connection, parts, others)
        fates: list[_Fate] = []
        numbered_on: dict[tuple[str, int], int] = {}
        for _, group in groupby(bearers, key=lambda bearer: bearer.iati_identifier):
            fates += _decide(list(group), numbered_on)
        fates = [fate for fate in fates if fate.bearer.is_judged]
        if not fates:
            return Compared(rejected={}, amounts=nothing, countries=countries)
        lines = [(fate.source, *fate.bearer.key, fate.bearer.iati_identifier, fate.reason) for fate in fates]
        told = pl.DataFrame(lines, schema=["source", "_delivery_id", "_activity_row", "iati_identifier", "reason"], orient="row").sort(pl.all())
        told.write_parquet(Path(scratch) / "fates.parquet")
        connection.execute(f"create temp table fates as select * from read_parquet({literal(Path(scratch) / 'fates.parquet')})")
        rows = told.select("source", "_delivery_id", _source_row="_activity_row", _source_column=pl.lit(None)).cast(REJECTED_COLUMNS)
        rows.write_parquet(landing / "rejected_rows" / "iati.parquet")
        rejected: dict[tuple[str, str], int] = {}
        amounts = [nothing]
        for name in ACTIVITY_TABLES:
            files = files_of(parts, name)
            if files:
                _reject(connection, name, files, landing / "quarantine", rejected)
                if name in MONEY_TABLES:
                    amounts.append(_amounts(connection, name, files))
    return Compared(rejected=rejected, amounts=pl.concat(amounts), countries=countries, numbered_on=numbered_on)


def number_on(numbered_on: Mapping[tuple[str, int], int], landing: Path) -> None:
    """Give the transactions of merged activities, and what is said of them, numbers of their own in the landed tables.

    What is kept of a delivery stays as it is: landed files are links to it, and are replaced here.
    """
    deliveries = {delivery for delivery, _ in numbered_on}
    for delivery in sorted(deliveries):
        more = pl.DataFrame(
            [(row, offset) for (of, row), offset in numbered_on.items() if of == delivery], schema={"_activity_row": pl.Int64, "_more": pl.Int64}, orient="row"
        )
        for name in _NUMBERED:
            for file in sorted((landing / name).glob(f"{delivery}*.parquet")):
                frame = pl.read_parquet(file).join(more, on="_activity_row", how="left", maintain_order="left")
                fresh = file.with_suffix(".numbered")
                frame.with_columns(pl.col("transaction_number") + pl.col("_more").fill_null(0)).drop("_more").write_parquet(
                    fresh, compression="zstd", compression_level=1
                )
                fresh.replace(file)


def _bearers(connection: duckdb.DuckDBPyConnection, parts: Sequence[IatiPart], others: Sequence[Path]) -> list[_Bearer]:
    """Activities whose identifier others bear, too, by identifier."""
    activities = f"read_parquet({listed(files_of(parts, _ACTIVITIES))})"
    everywhere = "".join(f" union all select iati_identifier from read_parquet({literal(file)})" for file in others)
    connection.execute(
        f"""create temp table shared as
            select iati_identifier from (select iati_identifier from {activities}{everywhere}) as borne group by iati_identifier having count(*) > 1"""
    )
    if not connection.execute("select count(*) from shared").fetchone()[0]:
        return []
    connection.execute(f"create temp table twins as select {_told_of('found')} from {activities} as found semi join shared using (iati_identifier)")

    def rows(name: str, columns: str) -> str:
        files = files_of(parts, name)
        if not files:
            return f"select _delivery_id, _activity_row, {columns} from twins, {_NOTHING} where false"
        return f"select _delivery_id, _activity_row, {columns} from read_parquet({listed(files)}) semi join twins using (_delivery_id, _activity_row)"

    days = rows("iati_transactions", "transaction_date as one, transaction_date as other")
    periods = " union all ".join(rows(name, "period_start as one, period_end as other") for name in ("iati_budgets", "iati_planned_disbursements"))
    numbers = " union all ".join(rows(name, "transaction_number as one, null as other") for name in _NUMBERED)
    columns = {name: ", ".join(column for column in table.own if column not in _SAYS_NOTHING) for name, table in ACTIVITY_TABLES.items()}
    content = " union all ".join(
        f"select _delivery_id, _activity_row, '{name} ' || sum(cast(hash({columns[name]}) as hugeint)) as one "
        f"from read_parquet({listed(files)}) semi join twins using (_delivery_id, _activity_row) group by all"
        for name in ACTIVITY_TABLES
        if (files := files_of(parts, name))
    )
    of_others = "".join(
        f""" union all select {", ".join(_OF_ALL)}, first_day, last_day, first_period, last_period, 0 as transactions, null as content, false as is_judged
             from read_parquet({literal(file)}) semi join shared using (iati_identifier)"""
        for file in others
    )
    found = connection.execute(
        f"""with days as (select _delivery_id, _activity_row, min(one) as first_day, max(one) as last_day from ({days}) as d group by all),
            periods as (
                select _delivery_id, _activity_row, min(one) as first_period, max(greatest(one, other)) as last_period from ({periods}) as p group by all
            ),
            numbers as (select _delivery_id, _activity_row, max(one) as transactions from ({numbers}) as n group by all),
            content as (select _delivery_id, _activity_row, string_agg(one, ' ' order by one) as content from ({content}) as c group by all)
            select {", ".join(_OF_ALL)}, first_day, last_day, first_period, last_period, coalesce(transactions, 0) as transactions, content, true as is_judged
            from twins left join days using (_delivery_id, _activity_row) left join periods using (_delivery_id, _activity_row)
                left join numbers using (_delivery_id, _activity_row) left join content using (_delivery_id, _activity_row)
            {of_others} order by iati_identifier, _source_file, _activity_row"""
    )
    names = [column[0] for column in found.description]
    return [_Bearer(**dict(zip(names, row, strict=True))) for row in found.fetchall()]


# What tables hold that no part has.
_NOTHING = (
    "(select cast(null as date) as transaction_date, cast(null as date) as period_start, cast(null as date) as period_end, "
    "cast(null as bigint) as transaction_number) as nothing"
)
_OF_ALL = (
    "iati_identifier", "_delivery_id", "_source_file", "_activity_row", "is_secondary_reporter", "reporter", "record_basis", "last_updated",
    "file_generated",
)  # fmt: skip


def _decide(bearers: Sequence[_Bearer], numbered_on: dict[tuple[str, int], int]) -> list[_Fate]:
    """The fates of the activities of one identifier, and the numbers of what is merged."""
    own = [bearer for bearer in bearers if not bearer.is_secondary_reporter]
    fates = []
    if own and len(own) < len(bearers):
        reason = f"{own[0].place} is the reporter's own and counts; a secondary reporter's activity beside it does not"
        fates = [_Fate(bearer=bearer, source=WHOLE, reason=reason) for bearer in bearers if bearer.is_secondary_reporter]
    newest_first = _newest_first(own or bearers)
    newest, *older = newest_first
    together = [newest]
    for bearer in older:
        against = next((one for one in together if not _can_be_merged(one, bearer)), None)
        if against is None and _has_money(bearer):
            together.append(bearer)
            reason = f"merged with {newest.place}, which says what the activity is: the transactions, budgets and planned disbursements are loaded with it"
            fates.append(_Fate(bearer=bearer, source=MERGED, reason=f"{reason}; {_ASK}"))
        else:
            fates.append(_Fate(bearer=bearer, source=WHOLE, reason=f"{_why(bearer, against or newest, newest_first)}; {_ASK}"))
    number = 0
    for bearer in sorted(together, key=lambda one: (one.first_day or date.max, one.key)):
        if number and bearer.is_judged:
            numbered_on[bearer.key] = number
        number += bearer.transactions
    return fates


def _newest_first(bearers: Sequence[_Bearer]) -> list[_Bearer]:
    return sorted(bearers, key=lambda bearer: _age(bearer, bearers), reverse=True)


def _age(bearer: _Bearer, among: Sequence[_Bearer]) -> tuple[Any, ...]:
    """What tells which of several is newer, in this order; what one of them does not state tells nothing."""
    updated = bearer.last_updated if all(one.last_updated for one in among) else None
    generated = bearer.file_generated if all(one.file_generated for one in among) else None
    # A file that is checked before it is delivered has no path below the raw root yet.
    path = bearer._source_file if len({one.is_judged for one in among}) == 1 else PurePath(bearer._source_file).name
    return (updated or datetime.min, generated or datetime.min, path, bearer._activity_row)


def _why(bearer: _Bearer, counts: _Bearer, among: Sequence[_Bearer]) -> str:
    """Why another one counts."""
    if bearer.content is not None and bearer.content == counts.content:
        return f"an identical copy of {counts.place}, which counts"
    ages = zip(_age(counts, among), _age(bearer, among), strict=True)
    said = ("was updated later", "stands in a file that was generated later", "stands in a file whose path comes later", "comes later in its file")
    how = next((words for words, (one, other) in zip(said, ages, strict=True) if one != other), said[-1])
    return f"{counts.place} bears the same identifier, {how}, and counts"


def _can_be_merged(one: _Bearer, other: _Bearer) -> bool:
    """Whether two activities can be parts of one: of one reporter and one basis, with days that do not meet."""
    if (one.reporter, one.record_basis, one.is_secondary_reporter) != (other.reporter, other.record_basis, other.is_secondary_reporter):
        return False
    if one.first_day is None and other.first_day is None:
        return _apart(one.first_period, one.last_period, other.first_period, other.last_period)
    return _apart(one.first_day, one.last_day, other.first_day, other.last_day)


def _apart(first: date | None, last: date | None, other_first: date | None, other_last: date | None) -> bool:
    return first is None or other_first is None or last < other_first or other_last < first


def _has_money(bearer: _Bearer) -> bool:
    return bearer.first_day is not None or bearer.first_period is not None


def _countries(connection: duckdb.DuckDBPyConnection, files: Sequence[Path]) -> frozenset[str]:
    if not files:
        return frozenset()
    rows = connection.execute(f"select distinct code from read_parquet({listed(files)}) where recipient_kind = 'country' and code is not null").fetchall()
    return frozenset(code for (code,) in rows)


def _reject(connection: duckdb.DuckDBPyConnection, name: str, files: Sequence[Path], out: Path, rejected: dict[tuple[str, str], int]) -> None:
    """Findings and counts of the rows of one table; of merged activities money and what is said of transactions stays."""
    stays = "false" if name in MONEY_TABLES else "transaction_number is null" if name in _NUMBERED else "true"
    connection.execute(
        f"""create or replace temp table rejected as
            select delivered._delivery_id, delivered._source_file, delivered._source_row, fates.iati_identifier, fates.reason
            from read_parquet({listed(files)}) as delivered
            join fates on delivered._delivery_id = fates._delivery_id and delivered._activity_row = fates._activity_row
            where fates.source = '{WHOLE}' or {stays}"""
    )
    for delivery, n in connection.execute("select _delivery_id, count(*) from rejected group by all").fetchall():
        rejected[delivery, name] = n
    columns = {
        "delivery_id": "_delivery_id",
        "source": f"'{SOURCE_NAME}'",
        "table_name": f"'{name}'",
        "source_file": "_source_file",
        "source_row": "_source_row",
        "source_column": "cast(null as varchar)",
        "column_name": "'iati_identifier'",
        "rule": "'duplicate_activity'",
        "severity": "'error'",
        "value": "iati_identifier",
        "remedy": "reason",
    }
    chosen = ", ".join(f"{columns[column]} as {column}" for column in QUARANTINE_COLUMNS)
    connection.execute(f"copy (select {chosen} from rejected order by source_file, source_row) to {literal(out / f'set-pass-{name}.parquet')} (format parquet)")


def _amounts(connection: duckdb.DuckDBPyConnection, name: str, files: Sequence[Path]) -> pl.DataFrame:
    """Money of the rejected rows, by the groups of law 5."""
    measure = f"'{MONEY_TABLES[name]}'" if MONEY_TABLES[name] else "transaction_type"
    day = "transaction_date" if name == "iati_transactions" else "period_start"
    rows = connection.execute(
        f"""select '{SOURCE_NAME}' as source, d._delivery_id, d._source_file, d.book, d.reporting_org_ref, cast(year(d.{day}) as integer) as fiscal_year,
                d.record_basis, {measure} as measure, d.currency, sum(cast(0 as decimal(38, 10))), sum(d.value), 0, count(*)
            from read_parquet({listed(files)}) as d join fates on d._delivery_id = fates._delivery_id and d._activity_row = fates._activity_row
            where fates.source = '{WHOLE}'
            group by all"""
    ).fetchall()
    return pl.DataFrame(rows, schema=AMOUNT_COLUMNS, orient="row")
