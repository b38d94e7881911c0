"""The set pass of activity files: identifiers that several activities bear, within a file or across files.

`iati_identifier` is the key. Of activities that share one, all are rejected, since nobody here can know which is right (rule 1.1.2 of
the validator), with one exception: where exactly one of them is published by its own reporter and the others by secondary reporters,
who by the standard only pass on what somebody else has reported, the reporter's own stays.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb
import polars as pl

from pipelines import engine
from pipelines.contracts.iati import MONEY_TABLES, SOURCE_NAME, TABLES
from pipelines.ingest.iati.activity_pass import IatiPart, files_of
from pipelines.ingest.row_pass import AMOUNT_COLUMNS, QUARANTINE_COLUMNS

_ACTIVITIES = "iati_activities"
_REMEDY = (
    "keep one activity per identifier: which of them is right can only be told by the publisher; where a newer file replaces an older one, "
    "name the older one under supersedes in the newer one's mapping file (IATI validator 1.1.2)"
)


@dataclass(frozen=True, kw_only=True)
class Compared:
    """What the comparison found.

    Attributes:
        rejected: rows that must not load, by delivery and table.
        amounts: their money, in the columns of `delivered_amounts`.
        countries: codes of recipient countries, to be read as places.
    """

    rejected: dict[tuple[str, str], int]
    amounts: pl.DataFrame
    countries: frozenset[str]


def loaded(database: Path, replaced: Sequence[str], file: Path) -> Path | None:
    """Identifiers of the activities of a release, as `compare` takes them, without those of files that are delivered anew.

    Args:
        database: of the release.
        replaced: names of the files (or archives) that stand in for those of the same name.
        file: Parquet to write.
    """
    with duckdb.connect(str(database), read_only=True) as connection:
        known = "select count(*) from information_schema.tables where table_schema = 'raw' and table_name = 'iati_activities'"
        if not connection.execute(known).fetchone()[0]:
            return None
        names = ", ".join(map(_literal, replaced)) or "''"
        connection.execute(
            f"""copy (
                    select iati_identifier, _delivery_id, _source_file, _activity_row, is_secondary_reporter from raw.iati_activities
                    where split_part(split_part(_source_file, '!/', 1), '/', -1) not in ({names})
                ) to {_literal(file)} (format parquet)"""
        )
    return file


def compare(parts: Sequence[IatiPart], landing: Path, others: Sequence[Path] = ()) -> Compared:
    """Compare the identifiers of all loaded activity files, and those of `others`, which are not judged themselves.

    Writes rejected activities into `landing/rejected_rows` (source `iati_activities`; rows of other tables go with `_activity_row`) and
    a finding for every rejected row into `landing/quarantine`.
    """
    activities = files_of(parts, _ACTIVITIES)
    nothing = pl.DataFrame(schema=AMOUNT_COLUMNS)
    if not activities:
        return Compared(rejected={}, amounts=nothing, countries=frozenset())
    with duckdb.connect(config={"threads": engine.threads(), "memory_limit": "1GB", "preserve_insertion_order": False}) as connection:
        countries = _countries(connection, files_of(parts, "iati_recipients"))
        connection.execute(
            f"""create temp table twins as
                with bearers as (
                    select iati_identifier, _delivery_id, _source_file, _activity_row, is_secondary_reporter,
                        count(*) over same as n, count(*) filter (where not is_secondary_reporter) over same as n_primary,
                        min({{'file': _source_file, 'row': _activity_row}}, 4) over same as first_ones
                    from read_parquet({_listed([*activities, *others])}, union_by_name = true) window same as (partition by iati_identifier)
                )
                select *, list_filter(first_ones, lambda one: one.file <> _source_file or one.row <> _activity_row)[:3] as others
                from bearers where n > 1 and (is_secondary_reporter or n_primary > 1)"""
        )
        if not connection.execute("select count(*) from twins").fetchone()[0]:
            return Compared(rejected={}, amounts=nothing, countries=countries)
        connection.execute(
            f"""copy (select '{_ACTIVITIES}' as source, _delivery_id, _activity_row as _source_row from twins order by all)
                to {_literal(landing / "rejected_rows" / "iati.parquet")} (format parquet)"""
        )
        rejected: dict[tuple[str, str], int] = {}
        amounts = [nothing]
        for name in TABLES:
            files = files_of(parts, name)
            if files:
                _reject(connection, name, files, landing / "quarantine", rejected)
                if name in MONEY_TABLES:
                    amounts.append(_amounts(connection, name, files))
    return Compared(rejected=rejected, amounts=pl.concat(amounts), countries=countries)


def _countries(connection: duckdb.DuckDBPyConnection, files: Sequence[Path]) -> frozenset[str]:
    if not files:
        return frozenset()
    rows = connection.execute(f"select distinct code from read_parquet({_listed(files)}) where recipient_kind = 'country' and code is not null").fetchall()
    return frozenset(code for (code,) in rows)


def _reject(connection: duckdb.DuckDBPyConnection, name: str, files: Sequence[Path], out: Path, rejected: dict[tuple[str, str], int]) -> None:
    """Findings and counts of the rows of one table."""
    own = name == _ACTIVITIES
    told = (
        "concat_ws('; ', remedy, concat('the identifier also stands in ', named))"
        if own
        else "'put right the identifier of the activity; its rows load with it'"
    )
    rows = f"read_parquet({_listed(files)}) as delivered"
    connection.execute(
        f"""create or replace temp table rejected as
            select delivered._delivery_id, delivered._source_file, delivered._source_row, twins.iati_identifier,
                list_aggregate(list_transform(twins.others, lambda one: concat('activity ', one.row, ' of ', one.file)), 'string_agg', ', ') as named,
                {_literal(_REMEDY)} as remedy
            from {rows} join twins on delivered._delivery_id = twins._delivery_id and delivered._activity_row = twins._activity_row"""
    )
    for delivery, n in connection.execute("select _delivery_id, count(*) from rejected group by all").fetchall():
        rejected[delivery, name] = n
    columns = {
        "delivery_id": "_delivery_id",
        "source": f"'{SOURCE_NAME}'",
        "table_name": f"'{name}'",
        "source_file": "_source_file",
        "source_row": "_source_row",
        "column_name": "'iati_identifier'",
        "rule": "'duplicate_key'" if own else "'activity_quarantined'",
        "severity": "'error'",
        "value": "iati_identifier",
        "remedy": told,
    }
    chosen = ", ".join(f"{columns[column]} as {column}" for column in QUARANTINE_COLUMNS)
    connection.execute(
        f"copy (select {chosen} from rejected order by source_file, source_row) to {_literal(out / f'set-pass-{name}.parquet')} (format parquet)"
    )


def _amounts(connection: duckdb.DuckDBPyConnection, name: str, files: Sequence[Path]) -> pl.DataFrame:
    """Money of the rejected rows, by the groups of law 5."""
    measure = f"'{MONEY_TABLES[name]}'" if MONEY_TABLES[name] else "transaction_type"
    day = "transaction_date" if name == "iati_transactions" else "period_start"
    rows = connection.execute(
        f"""select '{SOURCE_NAME}' as source, d._delivery_id, d._source_file, d.book, d.reporting_org_ref, cast(year(d.{day}) as integer) as fiscal_year,
                d.record_basis, {measure} as measure, d.currency, sum(cast(0 as decimal(38, 10))), sum(d.value), 0, count(*)
            from read_parquet({_listed(files)}) as d join twins on d._delivery_id = twins._delivery_id and d._activity_row = twins._activity_row
            group by all"""
    ).fetchall()
    return pl.DataFrame(rows, schema=AMOUNT_COLUMNS, orient="row")


def _listed(files: Sequence[Path]) -> str:
    return "[" + ", ".join(map(_literal, files)) + "]"


def _literal(text: Path | str) -> str:
    return "'" + str(text).replace("'", "''") + "'"
