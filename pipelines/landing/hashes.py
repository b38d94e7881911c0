"""Hashes of what was landed, table by table."""

from __future__ import annotations

import hashlib
from pathlib import Path

import polars as pl

from pipelines.shapes.landed import REJECTED, Landed


def hashes(landing: Path) -> Landed:
    """Read every byte that dbt will read: a part is the same file from run to run, so that equal bytes are equal rows.

    Args:
        landing: the layout, one folder of Parquet files per table.
    """
    tables = sorted(folder for folder in landing.iterdir() if folder.is_dir())
    return Landed(
        structures={folder.name: _structure(folder) for folder in tables},
        contents={folder.name: _content(folder) for folder in tables},
        rejected=_rejected(landing / REJECTED),
    )


def _structure(folder: Path) -> str:
    """Of the columns: those of the file that every table begins with."""
    columns = pl.read_parquet_schema(next(file for file in sorted(folder.glob("*.parquet"))))
    return hashlib.sha256(repr(list(columns.items())).encode()).hexdigest()


def _content(folder: Path) -> str:
    digest = hashlib.sha256()
    for file in sorted(folder.glob("*.parquet")):
        with file.open("rb") as content:
            digest.update(f"{file.name} {hashlib.file_digest(content, 'sha256').hexdigest()}\n".encode())
    return digest.hexdigest()


def _rejected(folder: Path) -> dict[str, str]:
    """Of the rejected rows of each table, in one order."""
    rows = pl.read_parquet(folder / "*.parquet")
    order = sorted(rows.columns)
    return {
        str(source): hashlib.sha256(repr(of_source.select(order).sort(order).rows()).encode()).hexdigest()
        for (source,), of_source in rows.partition_by("source", as_dict=True).items()
    }
