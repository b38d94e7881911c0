"""`duckdb+buffered`: the SQLAlchemy dialect through which Great Expectations reads a DuckDB file.

Great Expectations hands a cursor on after it has closed the connection, and a DuckDB result dies with the next statement,
rollback or close of its connection: on `duckdb://` nearly every metric raises `list index out of range`. Here each result is
taken into memory while its connection is still open. Columns are read from `duckdb_columns()`, because the catalogue queries
that the base dialect inherits from PostgreSQL know nothing of attached databases.

Nothing else belongs here: no paths of the warehouse, no checks.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import duckdb_engine
from sqlalchemy import text, types
from sqlalchemy.dialects import registry
from sqlalchemy.dialects.postgresql.psycopg2 import PGExecutionContext_psycopg2
from sqlalchemy.engine.cursor import FullyBufferedCursorFetchStrategy
from sqlalchemy.engine.interfaces import ReflectedColumn
from sqlalchemy.exc import NoSuchTableError

NAME = "duckdb.buffered"


class BufferedExecutionContext(PGExecutionContext_psycopg2):
    """Fetches a statement's rows as soon as it has run."""

    def post_exec(self) -> None:
        """Replace the fetch strategy by one that already holds every row."""
        super().post_exec()
        if self.cursor.description:
            self.cursor_fetch_strategy = FullyBufferedCursorFetchStrategy(
                self.cursor, alternate_description=self.cursor.description, initial_buffer=self.cursor.fetchall()
            )


class BufferedDuckDB(duckdb_engine.Dialect):
    """DuckDB whose results outlive their connection.

    `connect_args={"statements": [...]}` are run on each new connection; `use` and `set` hold for one connection only.
    """

    execution_ctx_cls = BufferedExecutionContext
    supports_statement_cache = False

    def connect(self, *arguments: Any, statements: Sequence[str] = (), **parameters: Any) -> Any:
        """Open a connection and run `statements` on it."""
        connection = super().connect(*arguments, **parameters)
        for statement in statements:
            connection.execute(statement)
        return connection

    def get_columns(self, connection: Any, table_name: str, schema: str | None = None, **_: Any) -> list[ReflectedColumn]:
        """Names and types of a table's or view's columns, in their order.

        Args:
            connection: an open SQLAlchemy connection.
            table_name: a table or view.
            schema: `schema` or `database.schema`; without a database that of the connection, without a schema `main`.

        Raises:
            NoSuchTableError: there is no such table or view.
        """
        database, _, name = (part.strip('"') for part in (schema or "main").rpartition("."))
        rows = connection.execute(
            text(
                """select column_name, data_type, is_nullable, column_default, comment from duckdb_columns()
                   where database_name = coalesce(:database, current_database()) and schema_name = :name and table_name = :table_name
                   order by column_index"""
            ),
            {"database": database or None, "name": name, "table_name": table_name},
        ).fetchall()
        if not rows:
            raise NoSuchTableError(f"{schema}.{table_name}" if schema else table_name)
        return [
            ReflectedColumn(name=column, type=column_type(declared), nullable=nullable, default=default, autoincrement=False, comment=comment)
            for column, declared, nullable, default, comment in rows
        ]


def column_type(declared: str) -> types.TypeEngine[Any]:
    """The SQLAlchemy type of a DuckDB type as `duckdb_columns()` writes it (`DECIMAL(18,2)`, `VARCHAR[]`).

    Types without a counterpart (lists, structs) become `NullType`: readable, not comparable.
    """
    if decimal := re.fullmatch(r"DECIMAL\((\d+),(\d+)\)", declared):
        return types.Numeric(int(decimal[1]), int(decimal[2]))
    found = {
        "VARCHAR": types.String,
        "BOOLEAN": types.Boolean,
        "TINYINT": types.SmallInteger,
        "SMALLINT": types.SmallInteger,
        "INTEGER": types.Integer,
        "BIGINT": types.BigInteger,
        "HUGEINT": types.Numeric,
        "FLOAT": types.Float,
        "DOUBLE": types.Double,
        "DATE": types.Date,
        "TIME": types.Time,
        "TIMESTAMP": types.DateTime,
        "TIMESTAMP WITH TIME ZONE": types.DateTime,
    }.get(declared)
    return found() if found else types.NullType()


def register() -> None:
    """Make `duckdb+buffered://` known to SQLAlchemy; calling it again changes nothing."""
    registry.register(NAME, __name__, BufferedDuckDB.__name__)
