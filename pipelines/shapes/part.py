"""What the row pass made of a delivery, and the columns of the tables that account for it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import polars as pl

QUARANTINE_COLUMNS: dict[str, pl.DataType] = {
    "delivery_id": pl.String(),
    "source": pl.String(),
    "table_name": pl.String(),
    "source_file": pl.String(),
    "source_row": pl.Int64(),
    "source_column": pl.String(),
    "column_name": pl.String(),
    "rule": pl.String(),
    "severity": pl.String(),
    "value": pl.String(),
    "remedy": pl.String(),
}


AMOUNT_COLUMNS: dict[str, pl.DataType] = {
    "source": pl.String(),
    "delivery_id": pl.String(),
    "source_file": pl.String(),
    "book": pl.String(),
    "entity": pl.String(),
    "fiscal_year": pl.Int32(),
    "record_basis": pl.String(),
    "measure": pl.String(),
    "currency": pl.String(),
    "amount_delivered": pl.Decimal(38, 10),
    "amount_quarantined": pl.Decimal(38, 10),
    "rows_delivered": pl.Int64(),
    "rows_quarantined": pl.Int64(),
}


AMOUNT_GROUP = ("book", "entity", "fiscal_year", "record_basis", "measure", "currency")


@dataclass(frozen=True, kw_only=True)
class Part:
    """What the row pass made of a delivery.

    Attributes:
        rows: Parquet in the landed schema, rows that obeyed.
        findings: Parquet in the columns of `audit.quarantine`.
        rows_delivered: records of the delivery.
        rows_quarantined: distinct rows with an error.
        amounts: Parquet in the columns of `delivered_amounts`, before the set pass.
    """

    rows: Path
    findings: Path
    amounts: Path
    rows_delivered: int
    rows_quarantined: int


REJECTED_COLUMNS: dict[str, pl.DataType] = {"source": pl.String(), "_delivery_id": pl.String(), "_source_row": pl.Int64(), "_source_column": pl.String()}


@dataclass(frozen=True, kw_only=True)
class TablePart:
    """One table of a delivery: its files, and how many of its rows were delivered and not loaded."""

    name: str
    files: tuple[Path, ...]
    rows_delivered: int
    rows_quarantined: int


@dataclass(frozen=True, kw_only=True)
class IatiPart:
    """What the row pass made of an activity file.

    Attributes:
        counts: JSON, written last.
        tables: one per table of the contract, empty ones too.
        findings: Parquet in the columns of `audit.quarantine`.
        amounts: Parquet in the columns of `delivered_amounts`.
        message: what could not be read, empty if all could.
    """

    counts: Path
    tables: tuple[TablePart, ...]
    findings: Path
    amounts: Path
    message: str

    @property
    def rows_delivered(self) -> int:
        """Rows of all tables."""
        return sum(one.rows_delivered for one in self.tables)

    @property
    def rows_quarantined(self) -> int:
        """Rows of all tables that do not load."""
        return sum(one.rows_quarantined for one in self.tables)
