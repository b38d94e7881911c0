"""The row pass of one file: read, mapped and judged; whose fault it is if that fails."""

from __future__ import annotations

import tempfile
from pathlib import Path

import polars as pl

from pipelines.contracts import SOURCES, figures_of, iati
from pipelines.iati import activity_pass
from pipelines.judging.row_pass import contract_columns, row_pass
from pipelines.mapping.apply import apply_mapping
from pipelines.mapping.mapping import Mapping
from pipelines.reading.tabular import read
from pipelines.shapes.delivery import Delivery
from pipelines.shapes.errors import ConfigurationError, FileViolation, MappingError, ProgramError, UnreadableDelivery
from pipelines.shapes.part import IatiPart, Part
from pipelines.shapes.table import Table


def judge_file(delivery: Delivery, mapping: Mapping | None, folder: Path) -> Part | IatiPart:
    """Read, map and judge one file; temporary files live in a folder that is removed.

    Raises:
        UnreadableDelivery: the file cannot be read as a table, or not to its end.
        FileViolation: a required column is missing.
        MappingError: the mapping names a column that the contract does not know.
        OSError: the file cannot be read.
        StorageError: the disk is full.
        ProgramError: anything else, which is no fault of the file.
    """
    try:
        return activity_pass.activity_pass(delivery, folder) if delivery.source == iati.SOURCE_NAME else _judge_table(delivery, mapping, folder)
    except (UnreadableDelivery, FileViolation, MappingError, ConfigurationError, OSError):
        raise
    except (Exception, pl.exceptions.PanicException) as error:
        raise ProgramError.met_in(delivery.source_file, error) from error


def _judge_table(delivery: Delivery, mapping: Mapping | None, folder: Path) -> Part:
    source = SOURCES[delivery.source]
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".read-", dir=folder) as scratch:
        try:
            delivered = read(delivery.path, mapping.read_options if mapping else None, scratch=Path(scratch))
        except pl.exceptions.PolarsError as error:
            raise _unreadable(error) from error
        try:
            table = apply_mapping(delivered, mapping, contract_columns(source), figures=figures_of(source))
            return row_pass(delivery, source, table, mapping, folder)
        except pl.exceptions.PolarsError:
            # Reading and judging are one query: read alone, the file shows whether the fault is in it.
            _read_to_the_end(delivered)
            raise


def _read_to_the_end(table: Table) -> None:
    """Raises UnreadableDelivery where the file looked well at its beginning and fails further in."""
    try:
        table.frame.select(pl.all().null_count()).collect(engine="streaming")
    except pl.exceptions.PolarsError as error:
        raise _unreadable(error) from error


def _unreadable(error: pl.exceptions.PolarsError) -> UnreadableDelivery:
    first = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
    return UnreadableDelivery(
        "unreadable_file", f"The file cannot be read to its end ({first[:200]}).", "Open it in the program that made it, save it again, and deliver that."
    )
