"""Questions to the release, sandboxed: one reading statement, nothing outside the file, bounded memory and time."""

from __future__ import annotations

import csv
import json
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import Any, TextIO

import duckdb

from pipelines import engine
from pipelines.release import releases as release
from pipelines.release.public import harmless
from pipelines.release.run import blocked_database

ROWS_AT_ONCE = 10_000
MEMORY_LIMIT = "1GB"
SECONDS_LIMIT = 60.0


class RefusedQuery(Exception):
    """The statement is not one that only reads, or ran into a limit; the message is one line."""


@dataclass(frozen=True, kw_only=True)
class Answer:
    """Columns of an answer and its rows, which are fetched as they are read."""

    columns: Sequence[str]
    rows: Iterator[tuple]


@contextmanager
def ask(home: Path, sql: str, parameters: Sequence[Any] = (), *, seconds: float = SECONDS_LIMIT, run: str | None = None) -> Iterator[Answer]:
    """Open the current release read-only, sandboxed, and answer one statement.

    An internal error of the engine before the first rows are there is met by asking once more with one thread.

    Args:
        home: the warehouse's folder.
        sql: one SELECT (also `with`, `from`, `describe`, `summarize`, `show`, `explain`).
        parameters: values for its question marks.
        seconds: after which the statement is interrupted.
        run: asks the build of this blocked run, or this release, instead of the current one.

    Raises:
        RefusedQuery: no release, not one reading statement, an error in it, or a limit reached.
    """
    database = _database(home, run)
    late = threading.Event()
    open_now: list[duckdb.DuckDBPyConnection] = []

    def interrupt() -> None:
        late.set()
        for connection in open_now:
            connection.interrupt()

    def begin() -> tuple[duckdb.DuckDBPyConnection, list[tuple]]:
        # A connection on which the engine failed answers nothing any more.
        while open_now:
            open_now.pop().close()
        connection = duckdb.connect(str(database), read_only=True, config=_sandbox())
        open_now.append(connection)
        _refuse_unless_reading(connection, sql)
        cursor = connection.execute(sql, list(parameters))
        return cursor, cursor.fetchmany(ROWS_AT_ONCE)

    timer = threading.Timer(seconds, interrupt)
    timer.start()
    try:
        cursor, first = engine.tried_twice(begin)
        yield Answer(columns=[column[0] for column in cursor.description or ()], rows=_fetched(cursor, first))
    except duckdb.Error as error:
        if late.is_set():
            raise RefusedQuery(f"the statement took longer than {seconds:g} seconds: narrow it down") from None
        raise RefusedQuery(engine.told(str(error)) if engine.is_internal(error) else _first_lines(error)) from None
    except engine.EngineError as error:
        raise RefusedQuery(str(error)) from None
    finally:
        timer.cancel()
        for connection in open_now:
            connection.close()


def _database(home: Path, run: str | None) -> Path:
    """The file to ask."""
    if run is not None:
        if run in release.ids(home):
            return home / "releases" / run / release.DATABASE
        try:
            return blocked_database(home, run)
        except release.UnknownRelease as unknown:
            raise RefusedQuery(str(unknown)) from None
    current = release.current(home)
    if current is None:
        raise RefusedQuery(f"nothing has been released yet under {home}: run `techcoop run` first")
    return current / release.DATABASE


def write_csv(answer: Answer, out: TextIO) -> None:
    """Write an answer as CSV; a text that a spreadsheet would run as a formula gets an apostrophe before it."""
    lines = csv.writer(out, lineterminator="\n")
    lines.writerow(_harmless(column) for column in answer.columns)
    for row in answer.rows:
        lines.writerow(_harmless(value) for value in row)


def write_json(answer: Answer, out: TextIO) -> None:
    """Write an answer as a JSON list of objects; decimals keep every digit."""
    out.write("[")
    for number, row in enumerate(answer.rows):
        out.write(",\n " if number else "\n ")
        out.write(to_json(dict(zip(answer.columns, row, strict=True))))
    out.write("\n]\n")


def to_json(value: Any) -> str:
    """A value as JSON; decimals as numbers with all their digits, dates as ISO text, what JSON lacks as null or text."""
    match value:
        case None | bool() | int() | str():
            return json.dumps(value, ensure_ascii=False)
        case Decimal() if value.is_finite():
            return format(value, "f")
        case float() if value - value == 0:
            return repr(value)
        case float() | Decimal():
            return "null"
        case date() | datetime() | time():
            return json.dumps(value.isoformat())
        case dict():
            return "{" + ", ".join(f"{json.dumps(str(key), ensure_ascii=False)}: {to_json(item)}" for key, item in value.items()) + "}"
        case list() | tuple():
            return "[" + ", ".join(to_json(item) for item in value) + "]"
        case _:
            return json.dumps(str(value), ensure_ascii=False)


def _sandbox() -> dict[str, str]:
    return {
        "enable_external_access": "false",
        "python_enable_replacements": "false",
        "autoinstall_known_extensions": "false",
        "autoload_known_extensions": "false",
        "allow_community_extensions": "false",
        "memory_limit": MEMORY_LIMIT,
        "temp_directory": "",
        "threads": str(engine.threads()),
        "lock_configuration": "true",
    }


def _refuse_unless_reading(connection: duckdb.DuckDBPyConnection, sql: str) -> None:
    try:
        statements = connection.extract_statements(sql)
    except duckdb.Error as error:
        raise RefusedQuery(_first_lines(error)) from None
    if len(statements) != 1:
        raise RefusedQuery(f"one statement at a time, please: found {len(statements)}")
    kind = statements[0].type
    if kind not in (duckdb.StatementType.SELECT, duckdb.StatementType.EXPLAIN):
        raise RefusedQuery(f"only statements that read are answered (select, describe, summarize, show, explain), not {kind.name.lower()}")


def _fetched(cursor: duckdb.DuckDBPyConnection, rows: list[tuple]) -> Iterator[tuple]:
    while rows:
        yield from rows
        rows = cursor.fetchmany(ROWS_AT_ONCE)


def _harmless(value: Any) -> Any:
    return harmless(value) if isinstance(value, str) else value


def _first_lines(error: duckdb.Error) -> str:
    """An engine's message on one line, without the picture of the statement."""
    return engine.plain(str(error).split("\n\nLINE ")[0])
