"""The figures of the release before, so that what changed since can be told: its table `intermediate.int_released_figures`, landed."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from pipelines.engine import literal

PREVIOUS_FIGURES_COLUMNS: dict[str, pl.DataType] = {
    "table_name": pl.String(),
    "row_key": pl.String(),
    "column_name": pl.String(),
    "book": pl.String(),
    "record_basis": pl.String(),
    "entity": pl.String(),
    "fiscal_year": pl.Int32(),
    "measure": pl.String(),
    "delivery_id": pl.String(),
    "record_count": pl.Int64(),
    "figure": pl.Decimal(34, 6),
}
TABLE = "int_released_figures"


def land_previous_figures(previous_database: Path | None, target: Path) -> bool:
    """Write what the previous release said, if it said it in these columns.

    A release made by other code may have other columns; comparing with it would restate everything, so nothing is landed.

    Args:
        previous_database: of the release that this run is compared with; none before the first.
        target: the Parquet file to write.

    Returns:
        Whether there is something to compare with.
    """
    if previous_database is None or not previous_database.exists():
        return False
    import duckdb

    with duckdb.connect(str(previous_database), read_only=True) as connection:
        columns = connection.execute(f"select column_name from duckdb_columns() where table_name = {literal(TABLE)} order by column_index").fetchall()
        if [name for (name,) in columns] != list(PREVIOUS_FIGURES_COLUMNS):
            return False
        connection.execute(f"copy (select * from intermediate.{TABLE}) to {literal(target)} (format parquet)")
    return True
