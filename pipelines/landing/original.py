"""A delivered XLSX workbook given back as it is: its offending cells filled and commented, one sheet with the findings appended.

Formats, formulas, sheets and what is hidden stay, so that it can be corrected in place and delivered again. The workbook is untrusted: what a program
would expand far beyond its size (document types, merged cells without end) is looked for before it is opened.
"""

from __future__ import annotations

import tempfile
import warnings
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING
from xml.parsers import expat

import polars as pl

from pipelines.landing.check import JudgedFile, Judgement
from pipelines.landing.marks import COLOURS, HEAD_COLOUR, LONGEST_COMMENT, MOST_COMMENTS, MOST_ROWS, Finding, comment_on, delivered_column, worst, writable
from pipelines.reading.compression import unpack
from pipelines.reading.tabular import read
from pipelines.reading.workbook import DAMAGE, REPORT_SHEET, guard_size
from pipelines.shapes.errors import UnreadableDelivery
from pipelines.shapes.table import Table

if TYPE_CHECKING:
    from openpyxl import Workbook
    from openpyxl.cell import Cell
    from openpyxl.worksheet.worksheet import Worksheet

# A cell costs 40 bytes of XML and several hundred of memory once it can be edited.
MOST_XML = 50 << 20
MOST_CELLS = 2_000_000
# Elements whose range becomes one object per cell, in openpyxl 3.1 (worksheet/_reader.py, worksheet/_writer.py, comments/comment_sheet.py).
_EXPANDED = ("mergeCell", "hyperlink", "comment", "table")
_PARTS = (".xml", ".rels", ".vml")
# Stands between a deliverer's own comment and ours.
_OURS = "— techcoop —"
_HEADINGS = (("file", 30), ("sheet", 18), ("row", 8), ("column", 24), ("severity", 10), ("rule", 26), ("found", 30), ("what to do", 90))
# Texts that spreadsheet programs take for formulas when somebody types them.
_FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r")

# Where a finding stands: sheet, row and column, both from 1.
_Cell = tuple[str, int, int]


class _Obstacle(Exception):
    """Why a workbook cannot be given back as it is, as the end of a sentence."""


def give_back(out: Path, judgement: Judgement) -> str | None:
    """Write the delivered workbook, marked.

    Args:
        out: where to; macros are kept only where it ends in `.xlsm`, since spreadsheet programs open no `.xlsx` that holds them.
        judgement: of one file, with one or several tables.

    Returns:
        None where it was written; else why not: empty for a file that is no XLSX workbook, or damaged.

    Raises:
        OSError: it cannot be written there.
    """
    path = judgement.files[0].path
    with tempfile.TemporaryDirectory(prefix="techcoop-report-") as folder:
        try:
            plain = unpack(path, Path(folder))
            guard_size(plain, path.name)
            if not _is_xlsx(plain):
                return ""
        except (UnreadableDelivery, OSError):
            return ""
        try:
            _look_before_opening(plain)
            book = _opened(plain, out.suffix.casefold() == ".xlsm")
            _mark(book, judgement, Path(folder))
            _save(book, out)
        except _Obstacle as obstacle:
            return str(obstacle)
    return None


def _is_xlsx(path: Path) -> bool:
    with zipfile.ZipFile(path) as archive:
        return "xl/workbook.xml" in archive.namelist()


def _look_before_opening(path: Path) -> None:
    """Reads the XML of all parts, and builds nothing.

    Raises:
        _Obstacle: there is too much of it, or it declares what a parser would expand.
    """
    from openpyxl.utils import range_boundaries

    rows = cells = 0

    def element(name: str, attributes: dict[str, str]) -> None:
        nonlocal rows, cells
        kind = name.rpartition(":")[2]
        if kind == "row":
            rows += 1
        elif kind in _EXPANDED and "ref" in attributes:
            left, top, right, bottom = range_boundaries(attributes["ref"])
            cells += MOST_CELLS if None in (left, top, right, bottom) else (right - left + 1) * (bottom - top + 1)
        if rows > MOST_ROWS:
            raise _Obstacle(f"the workbook has more than {MOST_ROWS:,} rows")
        if cells > MOST_CELLS:
            raise _Obstacle("merged cells, links or comments of the workbook reach over millions of cells")

    def document_type(*_: object) -> None:
        raise _Obstacle("the workbook declares a document type, which no spreadsheet program writes")

    try:
        with zipfile.ZipFile(path) as archive:
            parts = [entry for entry in archive.infolist() if entry.filename.casefold().endswith(_PARTS)]
            if sum(entry.file_size for entry in parts) > MOST_XML:
                raise _Obstacle(f"the workbook unpacks to more than {MOST_XML >> 20} MiB")
            for entry in parts:
                parser = expat.ParserCreate()
                parser.StartDoctypeDeclHandler, parser.StartElementHandler = document_type, element
                with archive.open(entry) as stream:
                    parser.ParseFile(stream)
    except (expat.ExpatError, TypeError, OverflowError, *DAMAGE) as error:
        raise _Obstacle(f"the workbook is damaged ({error})") from error


def _opened(path: Path, with_macros: bool) -> Workbook:
    from openpyxl import load_workbook

    with warnings.catch_warnings(), path.open("rb") as stream:
        # What openpyxl does not keep: docs/deliver.md says so.
        warnings.simplefilter("ignore")
        try:
            return load_workbook(stream, rich_text=True, keep_vba=with_macros)
        except Exception as error:  # openpyxl raises whatever its objects raise on workbooks that other programs wrote
            raise _Obstacle(f"the workbook could not be opened to be marked ({error})") from error


def _save(book: Workbook, out: Path) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            book.save(out)
        except OSError:
            raise
        except Exception as error:  # likewise
            raise _Obstacle(f"the marked workbook could not be written ({error})") from error


def _mark(book: Workbook, judgement: Judgement, scratch: Path) -> None:
    """Fill and comment the offending cells, and append the sheet with the findings.

    Raises:
        _Obstacle: what was read and what was opened are not the same sheets.
    """
    if REPORT_SHEET in book.sheetnames:
        _without_marks(book)
    marks: dict[_Cell, list[Finding]] = {}
    lines: list[tuple[object, ...]] = []
    for file in judgement.files:
        table = _read_again(file, scratch)
        sheet = str(table.read_as.sheet) if table else ""
        if table and sheet not in {known.title for known in book.worksheets}:
            raise _Obstacle(f"the sheet '{sheet}' could not be found again")
        for finding in judgement.findings.filter(pl.col("delivery_id") == file.delivery_id).iter_rows(named=True):
            column = finding["column_name"]
            if table and finding["source_row"] is not None:
                column = _column(finding, file, table, book[sheet])
                place = table.columns.index(column) if column else 0
                marks.setdefault((sheet, finding["source_row"], table.first_column + place + 1), []).append(finding)
                column = column or finding["column_name"]
            told = (finding["severity"], finding["rule"], finding["value"], finding["remedy"])
            lines.append((file.path.name, sheet, finding["source_row"], column, *told))
    for number, ((sheet, row, place), findings) in enumerate(marks.items()):
        _mark_cell(_writable_cell(book[sheet], row, place), findings, with_comment=number < MOST_COMMENTS)
    _append_findings(book, lines)


def _read_again(file: JudgedFile, scratch: Path) -> Table | None:
    """Where the table stands in the workbook; None where it cannot be read."""
    try:
        return read(file.path, file.mapping.read_options if file.mapping else None, scratch=scratch)
    except (UnreadableDelivery, OSError):
        return None


def _column(finding: Finding, file: JudgedFile, table: Table, sheet: Worksheet) -> str | None:
    """The delivered column that shows a finding, if it is about one."""

    def is_filled(name: str) -> bool:
        return sheet.cell(finding["source_row"], table.first_column + table.columns.index(name) + 1).value not in (None, "")

    return delivered_column(finding, file.mapping, table.columns, is_filled)


def _writable_cell(sheet: Worksheet, row: int, column: int) -> Cell:
    """The cell, or the one that holds the value of the merged cells that it belongs to."""
    from openpyxl.cell import MergedCell

    cell = sheet.cell(row, column)
    if isinstance(cell, MergedCell):
        holder = next(merged for merged in sheet.merged_cells.ranges if cell.coordinate in merged)
        return sheet.cell(holder.min_row, holder.min_col)
    return cell


def _mark_cell(cell: Cell, findings: list[Finding], *, with_comment: bool) -> None:
    from openpyxl.comments import Comment
    from openpyxl.styles import PatternFill

    cell.fill = PatternFill("solid", fgColor=COLOURS[worst(findings)])
    if with_comment:
        before = cell.comment.text.strip() if cell.comment else ""
        text = "\n".join([*([writable(before, LONGEST_COMMENT)] if before else []), _OURS, comment_on(findings)])
        cell.comment = Comment(text, REPORT_SHEET, height=min(80 + 40 * len(findings), 600), width=400)


def _without_marks(book: Workbook) -> None:
    """Takes away what an earlier report added: its sheet, its comments and its fills."""
    from openpyxl.comments import Comment
    from openpyxl.styles import PatternFill

    del book[REPORT_SHEET]
    for cell in _commented(book):
        own, ours, _ = cell.comment.text.partition(_OURS)
        if ours:
            cell.comment = Comment(own.strip(), cell.comment.author) if own.strip() else None
            if str(cell.fill.fgColor.rgb)[-6:] in COLOURS.values():
                cell.fill = PatternFill()


def _commented(book: Workbook) -> Iterator[Cell]:
    for sheet in book.worksheets:
        if sheet.max_row * sheet.max_column <= MOST_CELLS:
            yield from (cell for row in sheet.iter_rows() for cell in row if cell.comment)


def _append_findings(book: Workbook, lines: list[tuple[object, ...]]) -> None:
    """The last sheet: every finding, all of it text."""
    from openpyxl.styles import Alignment, Font, PatternFill
    from openpyxl.utils import get_column_letter

    sheet = book.create_sheet(REPORT_SHEET)
    for place, (title, width) in enumerate(_HEADINGS, start=1):
        cell = sheet.cell(1, place, title)
        cell.font, cell.fill = Font(bold=True), PatternFill("solid", fgColor=HEAD_COLOUR)
        sheet.column_dimensions[get_column_letter(place)].width = width
    wrapped = Alignment(wrap_text=True, vertical="top")
    for number, line in enumerate(lines, start=2):
        for place, value in enumerate(line, start=1):
            text = writable(value)
            cell = sheet.cell(number, place, text)
            cell.data_type, cell.alignment = "s", wrapped
            if text.startswith(_FORMULA_SIGNS):
                cell.quotePrefix = True
        sheet.cell(number, 5).fill = PatternFill("solid", fgColor=COLOURS[str(line[4])])
    sheet.freeze_panes = "A2"
