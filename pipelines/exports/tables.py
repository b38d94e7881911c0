"""A mart as Parquet and as CSV, written by DuckDB itself."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from pipelines.dbt.described import Table
from pipelines.engine import literal
from pipelines.release.public import harmless_sql

# Beyond these a file costs more than it serves, and the database answers all the same: `fct_spending` is a view that ten million transactions
# make into twenty-six million rows.
MOST_PARQUET_ROWS = 5_000_000
MOST_CSV_ROWS = 500_000
# A file in the order of its key can be compared with the next release's line by line; sorting more than this is not worth it.
MOST_SORTED_ROWS = 1_000_000


@dataclass(frozen=True, kw_only=True)
class Mart:
    """A mart as it stands in the release.

    Attributes:
        table: what its model says of it.
        columns: DuckDB's type by name, in order.
        rows: those that may leave.
        record_bases: of its rows, sorted; empty where it has no such column.
        restricted: rows that stay behind.
        file: its Parquet file, once there is one: the same rows, in order already.
    """

    table: Table
    columns: Mapping[str, str]
    rows: int
    record_bases: Sequence[str]
    restricted: int = 0
    file: Path | None = None

    @property
    def name(self) -> str:
        """Its name without the schema."""
        return self.table.name

    @property
    def select(self) -> str:
        """Its rows, in the order of its key where that can be had for little."""
        if self.file is not None:
            return f"select * from read_parquet({literal(self.file)})"
        return f'select * from marts."{self.name}"' + (f" order by {', '.join(self.order)}" if self.rows <= MOST_SORTED_ROWS else "")

    @property
    def order(self) -> Sequence[str]:
        """Columns that give the rows an order which does not change from run to run."""
        key = [column for column in self.table.key if column in self.columns]
        return [f'"{column}" nulls last' for column in (key or self.columns)]


def marts_of(connection: duckdb.DuckDBPyConnection, tables: Mapping[str, Table]) -> list[Mart]:
    """Every mart of the release that is open as `release`, by name."""
    columns: dict[str, dict[str, str]] = {}
    for table, column, kind in connection.execute(
        """select table_name, column_name, data_type from duckdb_columns()
           where database_name = 'release' and schema_name = 'marts' order by table_name, column_index"""
    ).fetchall():
        columns.setdefault(table, {})[column] = kind
    found = []
    for name, types in columns.items():
        basis = "record_basis" if "record_basis" in types else "null"
        # Counted in one pass: a view may be dear to read.
        counted = connection.execute(f'select {basis}, count(*) from marts."{name}" group by all order by all').fetchall()
        rows = sum(count for _, count in counted)
        whole = _one(connection, f'select count(*) from release.marts."{name}"') if "confidentiality" in types else rows
        found.append(
            Mart(
                table=tables.get(f"marts.{name}") or Table(schema="marts", name=name, description="", columns={}, key=(), path="", feeds=()),
                columns=types,
                rows=rows,
                record_bases=[basis for basis, _ in counted if basis is not None],
                restricted=whole - rows,
            )
        )
    return found


def write_parquet(connection: duckdb.DuckDBPyConnection, mart: Mart, path: Path, said: Mapping[str, str]) -> None:
    """The mart as it is, types and all; what the file says of itself stands in its footer.

    Args:
        connection: see `marts_of`.
        mart: which.
        path: of the file.
        said: keys and values of the footer.
    """
    footer = ", ".join(f'"{key}": {literal(value)}' for key, value in said.items())
    connection.execute(f"copy ({mart.select}) to {literal(path)} (format parquet, compression zstd, kv_metadata {{{footer}}})")


def write_csv(connection: duckdb.DuckDBPyConnection, mart: Mart, path: Path) -> None:
    """The mart in UTF-8: text in quotation marks, so that `01` is told from 1, and none that a spreadsheet would run as a formula."""
    texts = [column for column, kind in mart.columns.items() if kind == "VARCHAR"]
    written = {column: harmless_sql(column) if column in texts else number_sql(column, kind) for column, kind in mart.columns.items()}
    selected = ", ".join(f'{expression} as "{column}"' for column, expression in written.items())
    names = ", ".join(f'"{column}"' for column in texts)
    forced = f", force_quote ({names})" if texts else ""
    connection.execute(f"copy (select {selected} from ({mart.select})) to {literal(path)} (format csv, header{forced})")


def number_sql(column: str, kind: str) -> str:
    """SQL for what is no text and about to be written out, digit by digit.

    DuckDB takes fifteen times as long to write a decimal of 128 bits as one of 64, which nearly every one of them fits.
    """
    decimal = re.fullmatch(r"DECIMAL\((\d+),(\d+)\)", kind)
    if not decimal or int(decimal[1]) <= 18:
        return f'"{column}"'
    narrow = f'cast("{column}" as decimal(18, {decimal[2]}))'
    return f'case when abs("{column}") < {10 ** (18 - int(decimal[2]))} then cast({narrow} as varchar) else cast("{column}" as varchar) end'


def _one(connection: duckdb.DuckDBPyConnection, sql: str) -> int:
    return connection.execute(sql).fetchall()[0][0]
