"""Rows on their way into a frame without being held in memory: Parquet parts in a scratch folder."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import polars as pl

from pipelines.reading.headers import ragged
from pipelines.shapes.table import SOURCE_ROW, RowFinding

PART_ROWS = 50_000


class Parts:
    """Collects records of one width, writes them part by part, and keeps what was wrong with the others."""

    def __init__(self, *, folder: Path, columns: tuple[str, ...], every_row: bool = False) -> None:
        """Starts empty.

        Args:
            folder: an existing scratch folder.
            columns: the names of the fields, in their order.
            every_row: whether empty records and those of another width are kept, too (the latter filled up or cut, and noted).
        """
        self.folder = folder
        self.columns = columns
        self.every_row = every_row
        self.findings: list[RowFinding] = []
        self._paths: list[Path] = []
        self._numbers: list[int] = []
        self._rows: list[Sequence[str]] = []

    def add(self, number: int, cells: Sequence[str]) -> None:
        """Takes one record, or notes why it cannot be taken. Entirely empty ones are no records."""
        if self.every_row and len(cells) != len(self.columns):
            if any(cell.strip() for cell in cells):
                self.findings.append(ragged(number, len(cells), len(self.columns), cells))
            cells = [*cells, *[""] * len(self.columns)][: len(self.columns)]
        if len(cells) == len(self.columns):
            if any(cells) or self.every_row:
                self._numbers.append(number)
                self._rows.append(cells)
                if len(self._rows) >= PART_ROWS:
                    self.flush()
        elif any(cell.strip() for cell in cells):
            self.findings.append(ragged(number, len(cells), len(self.columns), cells))

    def flush(self) -> None:
        """Writes the records taken so far; empty fields become null."""
        if self._rows:
            frame = pl.DataFrame(self._rows, schema=dict.fromkeys(self.columns, pl.String), orient="row")
            frame = frame.with_columns(pl.when(pl.all() != "").then(pl.all()))
            self.write(frame.with_columns(pl.Series(SOURCE_ROW, self._numbers, dtype=pl.Int64)))
            self._numbers, self._rows = [], []

    def write(self, frame: pl.DataFrame) -> None:
        """Writes a frame that has the row numbers already as the next part."""
        path = self.folder / f"part-{len(self._paths):05d}.parquet"
        frame.select(SOURCE_ROW, *self.columns).write_parquet(path, compression="lz4", statistics=False)
        self._paths.append(path)

    def frame(self) -> pl.LazyFrame:
        """All records taken, in their order."""
        self.flush()
        if not self._paths:
            return pl.LazyFrame(schema={SOURCE_ROW: pl.Int64, **dict.fromkeys(self.columns, pl.String)})
        return pl.scan_parquet(self._paths, glob=False)
