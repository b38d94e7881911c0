"""What every reader hands on: one table of text, what was wrong with its rows, and where the row stood in the file.

The shapes only; the readers are in `delimited`, `workbook` and `records`, the door to them is `tabular.read`.
"""

from __future__ import annotations

import traceback
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

SOURCE_ROW = "_source_row"


@dataclass(frozen=True, kw_only=True)
class ReadOptions:
    """What a mapping says about the file itself; `None` means: find out.

    Attributes:
        delimiter: one character between the fields of a delimited file.
        encoding: any text encoding Python knows (`utf-8`, `utf-16`, `windows-1252`, `windows-1251`, …).
        sheet: a sheet's name or its number (the first is 1).
        header_row: the row that holds the column names, as a spreadsheet shows it (the first is 1).
        decimal: how true numbers of workbooks, Parquet and JSON are written out, so that they read like the numbers a mapping describes.
    """

    delimiter: str | None = None
    encoding: str | None = None
    sheet: str | int | None = None
    header_row: int | None = None
    decimal: str = "."


@dataclass(frozen=True, kw_only=True, slots=True)
class RowFinding:
    """One thing that is wrong with one row (`error`: the row is not in the frame) or worth knowing (`warning`: it is)."""

    source_row: int
    column_name: str | None
    rule: str
    severity: str
    value: str | None
    remedy: str


@dataclass(frozen=True, kw_only=True)
class Table:
    """One table as delivered, all of it text.

    Attributes:
        frame: one String column per delivered column (empty cells are null) and `_source_row` Int64, the row as a spreadsheet shows it:
            the header is row 1 unless told otherwise, a quoted line break is no new row; Parquet and JSON Lines begin with record 1.
            Entirely empty rows are no records and are left out, but keep their number. The frame may lean on files in the scratch
            folder of `read`.
        columns: the header as delivered, with white space trimmed.
        findings: rows that cannot stand in `frame` (severity `error`, each one delivered and quarantined) and warnings.
        header_row: the row of the header, 0 where a format has none.
        only_spaces: whether the reader has seen that no cell holds white space other than the space, so that blanks at its ends are soon found.
        read_as: what was stated or detected: delimiter, encoding, sheet, header row.
    """

    frame: pl.LazyFrame
    columns: tuple[str, ...]
    findings: tuple[RowFinding, ...] = ()
    header_row: int = 1
    only_spaces: bool = False
    read_as: ReadOptions = field(default_factory=ReadOptions)


class UnreadableDelivery(Exception):
    """The delivery as a whole cannot be read and is set aside.

    Attributes:
        rule: a short name such as `duplicate_header`.
        remedy: what the deliverer can do about it.
        detail: what was found, and where.
    """

    def __init__(self, rule: str, detail: str, remedy: str) -> None:
        """Keeps the three parts apart, for the audit tables."""
        super().__init__(f"{detail} {remedy}")
        self.rule = rule
        self.detail = detail
        self.remedy = remedy


class ProgramError(Exception):
    """An error of ours, met while a delivery was judged: nothing that its deliverer could put right, so it stops the run and is no fault of the file."""

    @classmethod
    def met_in(cls, file: str, error: BaseException) -> ProgramError:
        """The error that was met while a file was judged, as one line that says what to report."""
        from importlib.metadata import version

        innermost = traceback.extract_tb(error.__traceback__)[-1:] if error.__traceback__ else []
        where = "".join(f" at {Path(frame.filename).name}:{frame.lineno}" for frame in innermost)
        said = " ".join(str(error).split())[:300]
        return cls(
            f"an error of the program, not of the file: {file} could not be judged ({type(error).__name__}{where}: {said or 'no message'}); "
            f"report this line, the version {version('technical-cooperation-warehouse')} and, if it may be shown, the file"
        )


def header_names(cells: Sequence[str], row: int) -> tuple[str, ...]:
    """Column names of one header row: white space collapsed, columns without a usable name called `column 3`.

    Raises:
        UnreadableDelivery: two columns have one name, or a name that the warehouse keeps for itself.
    """
    words = [" ".join(cell.split()) for cell in cells]
    names = tuple(f"column {place}" if not name or _reads_as_pattern(name) else name for place, name in enumerate(words, 1))
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        places = "; ".join(f"'{name}' in columns {', '.join(str(place) for place, other in enumerate(names, 1) if other == name)}" for name in twice)
        raise UnreadableDelivery(
            "duplicate_header",
            f"Row {row} names a column more than once: {places}.",
            "Give every column a name of its own, or say with `header_row` which row holds the names.",
        )
    if SOURCE_ROW in names:
        raise UnreadableDelivery(
            "reserved_column_name", f"Row {row} has a column '{SOURCE_ROW}'.", f"The warehouse keeps '{SOURCE_ROW}' for itself: rename or remove that column."
        )
    return names


def _reads_as_pattern(name: str) -> bool:
    """Polars takes `*` and `^…$` for patterns of column names wherever it expects a name."""
    return name == "*" or (name.startswith("^") and name.endswith("$"))


def ragged(row: int, found: int, expected: int, cells: Sequence[str]) -> RowFinding:
    """The finding for a record that has more or fewer fields than the header."""
    shown = " | ".join(cells)
    return RowFinding(
        source_row=row,
        column_name=None,
        rule="ragged_row",
        severity="error",
        value=shown if len(shown) <= 200 else shown[:199] + "…",
        remedy=f"The row has {found} field{'s' if found != 1 else ''}, the header has {expected}. "
        "Put values that contain the delimiter or a line break in double quotes, and give every row as many fields as the header.",
    )
