"""What every reader hands on: one table of text, what was wrong with its rows, and where each row stood in the file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import polars as pl

SOURCE_ROW = "_source_row"
SOURCE_COLUMN = "_source_column"


@dataclass(frozen=True, kw_only=True)
class ReadOptions:
    """What a mapping says about the file itself; `None` means: find out.

    Attributes:
        delimiter: one character between the fields of a delimited file.
        encoding: any text encoding Python knows (`utf-8`, `utf-16`, `windows-1252`, `windows-1251`, …).
        sheet: a sheet's name or its number (the first is 1).
        header_row: the row that holds the column names, as a spreadsheet shows it (the first is 1); of a header over several rows the lowest.
        upper_header_rows: the other rows of such a header, from above to below.
        first_column: where the table begins (the first column is 0); it ends before the first column without a header. None: the whole width.
        hidden_rows: what becomes of rows that a workbook hides: `load` (and say so), `skip` or `refuse`.
        cells: places (`R2C1`: row 2, second column) whose texts are wanted beside the table.
        every_row: whether empty rows and rows of another width stay in the frame, for a mapping that says by them where its table ends.
        path: where the records of a JSON document stand.
        decimal: how true numbers of workbooks, Parquet and JSON are written out, so that they read like the numbers a mapping describes.
    """

    delimiter: str | None = None
    encoding: str | None = None
    sheet: str | int | None = None
    header_row: int | None = None
    upper_header_rows: tuple[int, ...] = ()
    first_column: int | None = None
    hidden_rows: str = "load"
    cells: tuple[str, ...] = ()
    every_row: bool = False
    path: str | None = None
    decimal: str = "."


@dataclass(frozen=True, kw_only=True, slots=True)
class RowFinding:
    """One thing that is wrong with one row (`error`: the row is not in the frame) or worth knowing (`warning`: it is).

    `source_column` is the delivered column of which a row was made, where columns became rows.
    """

    source_row: int
    column_name: str | None
    rule: str
    severity: str
    value: str | None
    remedy: str
    source_column: str | None = None


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
        first_column: of a workbook, the column of the sheet in which the table begins (the first is 0).
        only_spaces: whether the reader has seen that no cell holds white space other than the space, so that blanks at its ends are soon found.
        read_as: what was stated or detected: delimiter, encoding, sheet, header row.
        cells: texts of the wanted cells.
        titles: texts that stand above the header, at most a few.
        is_unpivoted: whether columns became rows; then `_source_column` stands beside `_source_row`.
    """

    frame: pl.LazyFrame
    columns: tuple[str, ...]
    findings: tuple[RowFinding, ...] = ()
    header_row: int = 1
    first_column: int = 0
    only_spaces: bool = False
    read_as: ReadOptions = field(default_factory=ReadOptions)
    cells: Mapping[str, str] = field(default_factory=dict)
    titles: tuple[str, ...] = ()
    is_unpivoted: bool = False


@dataclass(frozen=True, kw_only=True)
class Glance:
    """The first rows of a sheet or file as they stand, no header supposed.

    Attributes:
        sheet: its name, None where the format has no sheets.
        rows: texts without white space around them; the first is row 1.
        first_column: the column of the first text of a row (the first is 0).
        delimiter: of a delimited file.
    """

    sheet: str | None
    rows: tuple[tuple[str, ...], ...]
    first_column: int = 0
    delimiter: str | None = None


def letters(column: int) -> str:
    """What a spreadsheet calls a column: A for 0, AA for 26."""
    named = ""
    number = column + 1
    while number:
        number, rest = divmod(number - 1, 26)
        named = chr(65 + rest) + named
    return named
