"""A read-only view on the database of the release that the site is about."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipelines import engine
from pipelines.release.public import Edition

if TYPE_CHECKING:
    import duckdb

    from pipelines.shapes.check_result import CheckResult
    from pipelines.validate.runner import Outcome


@dataclass(frozen=True, kw_only=True)
class Release:
    """What the site says about the release as a whole.

    Attributes:
        edition: which release it is and what day it speaks for.
        previous: folder of the release that was current before; None for the first.
        results: check results of all engines.
        outcomes: what the suites found, with Great Expectations' own words.
        manifest: of the dbt project, for lineage; None leaves that page out.
    """

    edition: Edition
    previous: Path | None = None
    results: Sequence[CheckResult] = ()
    outcomes: Sequence[Outcome] = ()
    manifest: Path | None = None


class Reader:
    """Questions to one release's database as those outside may see it; pages ask nothing else."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, release: Release, database: Path) -> None:
        """Look which tables there are."""
        self.release = release
        self.database = database
        self._connection = connection
        self._columns: dict[str, list[str]] = {}
        for schema, table, column, _ in connection.execute(
            """select distinct schema_name, table_name, column_name, column_index from duckdb_columns()
               where database_name = 'release' and not internal order by schema_name, table_name, column_index"""
        ).fetchall():
            self._columns.setdefault(f"{schema}.{table}", []).append(column)

    def rows(self, sql: str) -> list[dict[str, Any]]:
        """The answer, row by row, by column name."""
        found = self._connection.execute(sql)
        names = [column[0] for column in found.description or []]
        return [dict(zip(names, row, strict=True)) for row in found.fetchall()]

    def keep(self, view: str) -> None:
        """Copy a view of few rows into memory, where later questions find it under the same name: to plan it takes longer than to read its rows."""
        self._connection.execute(f"create table if not exists memory.{view} as select * from {view}")

    def value(self, sql: str) -> Any:
        """The first column of the first row; None if there is none."""
        found = self._connection.execute(sql).fetchone()
        return found[0] if found else None

    def tables(self, schema: str = "marts") -> list[str]:
        """Names of a schema's tables and views, without the schema."""
        return [name.partition(".")[2] for name in self._columns if name.startswith(f"{schema}.")]

    def columns(self, table: str) -> Sequence[str]:
        """The columns of `schema.table`; empty if there is no such table."""
        return self._columns.get(table, [])

    def exists(self, table: str) -> bool:
        """Whether there is a table or view `schema.table`."""
        return table in self._columns

    def has_rows(self, table: str, condition: str = "true") -> bool:
        """Whether there is such a table and any of its rows meets the condition."""
        return self.exists(table) and self.value(f"select 1 from {table} where {condition} limit 1") is not None


def literal(value: object) -> str:
    """A value as SQL writes it."""
    match value:
        case None:
            return "null"
        case bool():
            return str(value).lower()
        case int():
            return str(value)
        case date():
            return f"date '{value:%Y-%m-%d}'"
        case _:
            return engine.literal(str(value))


def where(conditions: Mapping[str, object]) -> str:
    """Equalities joined by `and`, in the order given."""
    return " and ".join(f"{column} is null" if value is None else f"{column} = {literal(value)}" for column, value in conditions.items())
