"""Workbooks: XLSX and ODS, read through calamine; what calamine keeps quiet about (errors, formulas without a value) is read from the XML.

Values become text: whole numbers without `.0`, other numbers in their shortest exact notation, dates ISO (both of Excel's date systems),
booleans `true` and `false`, formulas by the value that was stored with them.
"""

from __future__ import annotations

import datetime as dt
import posixpath
import re
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from xml.etree import ElementTree

import python_calamine as calamine

from pipelines.reading.headers import MOST_TITLES, header_names, joined_header, width_of_table
from pipelines.reading.parts import Parts
from pipelines.reading.records import number_text
from pipelines.shapes.errors import UnreadableDelivery
from pipelines.shapes.table import Glance, ReadOptions, RowFinding, Table

MOST_BYTES = 4 << 30
MOST_TIMES = 300
ALWAYS_ALLOWED = 256 << 20

# The sheet that a report appends to a delivered workbook: never data, so that the workbook can be delivered again as it was given back.
REPORT_SHEET = "techcoop"

SHEET_XML = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
ODS_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
ODS_OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
ODS_TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
CALC = "{urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0}"

# What calamine, zipfile and the XML parser raise on damaged or encrypted archives.
DAMAGE = (
    calamine.CalamineError,
    zipfile.BadZipFile,
    zlib.error,
    ElementTree.ParseError,
    KeyError,
    StopIteration,
    ValueError,
    NotImplementedError,
    RuntimeError,
    EOFError,
)
RESAVE = "Open it in the program that made it, save it again as XLSX, and deliver that."


def read_workbook(path: Path, name: str, options: ReadOptions, scratch: Path) -> Table:
    """Reads one sheet of a workbook.

    Without a stated sheet the first visible one that is not empty is read, with a warning that names the others; the sheet that a report
    appended is none. The header is the first
    row that is not empty, unless the mapping says otherwise. A cell with an error (`#REF!`) or with a formula that was never calculated
    carries that text (`#REF!`, `=A1*B1`) and a warning, so that number, date and code rules refuse it.

    Raises:
        UnreadableDelivery: no workbook, damaged, protected by a password, no such sheet, or a header that does not name its columns.
    """
    guard_size(path, name)
    with _opened(path, name) as book:
        sheet, findings = _sheet(book, name, options.sheet)
        return _read_sheet(path, name, sheet, options, scratch, findings)


@contextmanager
def _opened(path: Path, name: str) -> Iterator[calamine.CalamineWorkbook]:
    """The workbook; what is wrong with it, also found later, is told to whoever made it."""
    try:
        with calamine.CalamineWorkbook.from_path(path) as book:
            yield book
    except calamine.PasswordError as error:
        raise UnreadableDelivery("password_protected", f"{name} is protected by a password.", "Save it without a password and deliver it again.") from error
    except DAMAGE as error:
        raise UnreadableDelivery("broken_file", f"{name} is not a readable workbook: {error}.", RESAVE) from error


def guard_size(path: Path, name: str) -> None:
    """Raises UnreadableDelivery where the archive is damaged, or would unpack to far more than a workbook of its size holds."""
    try:
        with zipfile.ZipFile(path) as archive:
            unpacked = sum(entry.file_size for entry in archive.infolist())
    except DAMAGE as error:
        raise UnreadableDelivery("broken_file", f"{name} is not a readable workbook: {error}.", RESAVE) from error
    if unpacked > min(MOST_BYTES, max(ALWAYS_ALLOWED, MOST_TIMES * path.stat().st_size)):
        raise UnreadableDelivery(
            "too_large_unpacked", f"{name} unpacks to {unpacked >> 20:,} MiB, far beyond what a workbook of its size can hold.", "Deliver the table as CSV."
        )


def _sheets_of_data(book: calamine.CalamineWorkbook) -> list[calamine.SheetMetadata]:
    return [meta for meta in book.sheets_metadata if meta.typ == calamine.SheetTypeEnum.WorkSheet and meta.name != REPORT_SHEET]


def _sheet(book: calamine.CalamineWorkbook, name: str, wanted: str | int | None) -> tuple[calamine.CalamineSheet, list[RowFinding]]:
    kinds = _sheets_of_data(book)
    names = [meta.name for meta in kinds]
    if wanted is not None:
        if wanted not in names and str(wanted).isdecimal() and 1 <= int(wanted) <= len(names):
            wanted = names[int(wanted) - 1]
        if wanted not in names:
            raise UnreadableDelivery(
                "missing_sheet",
                f"{name} has no sheet {wanted!r}; it has {', '.join(map(repr, names))}.",
                "Correct `sheet` in the mapping, or the sheet's name.",
            )
        return book.get_sheet_by_name(str(wanted)), []
    visible = [meta.name for meta in kinds if meta.visible == calamine.SheetVisibleEnum.Visible]
    filled = [sheet for sheet in map(book.get_sheet_by_name, visible) if sheet.end is not None]
    if not filled:
        raise UnreadableDelivery("empty_file", f"{name} has no visible sheet that holds anything.", "Deliver the workbook with its table.")
    others = ", ".join(sheet.name for sheet in filled[1:])
    if not others:
        return filled[0], []
    return filled[0], [
        RowFinding(
            source_row=filled[0].start[0] + 1,
            column_name=None,
            rule="other_sheets",
            severity="warning",
            value=others,
            remedy=f"The sheet '{filled[0].name}' was read, the others were not. Say with `sheet` in a mapping which one holds the table.",
        )
    ]


@dataclass(frozen=True, kw_only=True)
class _Place:
    """Where the table stands on its sheet: rows and columns count from 0, columns from the first that holds anything.

    Attributes:
        names: the column names.
        header_row: the lowest row of the header, as a spreadsheet counts.
        first: the first column.
        last_row: the last row of the sheet.
        merged: merged ranges, as pairs of (row, column).
        titles: texts above the header.
        cells: texts of the cells that the mapping wants.
    """

    names: tuple[str, ...]
    header_row: int
    first: int
    last_row: int
    merged: tuple[tuple[tuple[int, int], tuple[int, int]], ...]
    titles: tuple[str, ...]
    cells: dict[str, str]


def _read_sheet(path: Path, name: str, sheet: calamine.CalamineSheet, options: ReadOptions, scratch: Path, findings: list[RowFinding]) -> Table:
    if sheet.end is None:
        raise UnreadableDelivery("empty_file", f"{name}: the sheet '{sheet.name}' is empty.", "Deliver the workbook with its table.")
    odd = {(row, column - sheet.start[1]): text for row, column, text in _odd_cells(path, sheet.name)}
    place = _place_of_table(sheet, name, options, odd)
    concealed = set(_hidden_rows(path, sheet.name, place.last_row))
    parts = Parts(folder=scratch, columns=place.names, every_row=options.every_row)
    hidden: list[int] = []
    width = range(place.first, place.first + len(place.names))
    for row, cells in enumerate(sheet.iter_rows()):
        if row < place.header_row:
            continue
        texts = [odd.get((row, column)) or _text(cells[column], options.decimal) for column in width]
        if row in concealed:
            if any(texts):
                hidden.append(row + 1)
            if options.hidden_rows == "skip":
                continue
        parts.add(row + 1, texts)
    findings += [*_told_of_odd_cells(odd, place), *_told_of_merges(place), *_told_of_hidden_rows(hidden, sheet.name, name, options)]
    return Table(
        frame=parts.frame(),
        columns=place.names,
        findings=tuple(findings),
        header_row=place.header_row,
        first_column=sheet.start[1] + place.first,
        read_as=replace(options, sheet=sheet.name, header_row=place.header_row),
        cells=place.cells,
        titles=place.titles,
    )


def _place_of_table(sheet: calamine.CalamineSheet, name: str, options: ReadOptions, odd: dict[tuple[int, int], str]) -> _Place:
    """Where the table stands, from one pass over the sheet.

    Raises:
        UnreadableDelivery: there is no header where there should be one.
    """
    left = sheet.start[1]
    wanted = {cell: (int(cell[1 : cell.index("C")]) - 1, int(cell[cell.index("C") + 1 :]) - left) for cell in options.cells}
    wanted_rows = {row for row, _ in wanted.values()}
    kept: dict[int, list[str]] = {}
    titles: list[str] = []
    header_row, last = 0, -1
    filled: set[int] = set()
    for row, cells in enumerate(sheet.iter_rows()):
        last = row
        if row + 1 in options.upper_header_rows or row in wanted_rows:
            kept[row] = [_text(cell) for cell in cells]
        if header_row:
            filled.update(column for column, cell in enumerate(cells) if cell != "")
        elif options.header_row == row + 1 or (options.header_row is None and any(_text(cell) for cell in cells)):
            kept[row] = [_text(cell) for cell in cells]
            header_row = row + 1
        elif len(titles) < MOST_TITLES and row + 1 not in options.upper_header_rows:
            titles += [text for cell in cells if (text := _text(cell).strip())]
    merged = tuple(((top, start - left), (bottom, end - left)) for (top, start), (bottom, end) in sheet.merged_cell_ranges or [])
    header = kept.get(header_row - 1, [])
    if options.upper_header_rows and header_row:
        header = joined_header([*(kept.get(row - 1, []) for row in options.upper_header_rows), header])
    if not header_row or not any(header):
        raise UnreadableDelivery(
            "missing_header",
            f"{name}: row {options.header_row} of the sheet '{sheet.name}' is empty; its last row is {last + 1}.",
            "Say with `header_row` which row holds the names.",
        )
    first = 0
    if options.first_column is not None:
        first = options.first_column - left
        width = width_of_table([*header, ""], first) if first >= 0 else width_of_table([], 0)
        header = header[first : first + width]
    else:
        header = _header_under_merges(header, header_row - 1, merged, sheet, name) if not options.upper_header_rows else header
        filled.update(column for row, column in odd if row >= header_row)
        while len(header) > 1 and not header[-1] and len(header) - 1 not in filled:
            header.pop()
    return _Place(
        names=header_names(header, header_row),
        header_row=header_row,
        first=first,
        last_row=last,
        merged=merged,
        titles=tuple(titles[:MOST_TITLES]),
        cells={cell: kept[row][column] if row in kept and 0 <= column < len(kept[row]) else "" for cell, (row, column) in wanted.items()},
    )


def _told_of_odd_cells(odd: dict[tuple[int, int], str], place: _Place) -> Iterator[RowFinding]:
    for (row, column), text in sorted(odd.items()):
        if row >= place.header_row and 0 <= column - place.first < len(place.names):
            error = text.startswith("#")
            yield RowFinding(
                source_row=row + 1,
                column_name=place.names[column - place.first],
                rule="error_cell" if error else "formula_without_value",
                severity="warning",
                value=text,
                remedy="Correct the formula behind this cell."
                if error
                else "The formula was never calculated: open the workbook in a spreadsheet program and save it, or deliver values.",
            )


def _told_of_merges(place: _Place) -> Iterator[RowFinding]:
    for (top, start), (bottom, end) in place.merged:
        first = start - place.first
        if bottom >= place.header_row and first < len(place.names) and end >= place.first:
            yield RowFinding(
                source_row=max(top, place.header_row) + 1,
                column_name=place.names[max(first, 0)],
                rule="merged_cells",
                severity="warning",
                value=f"rows {top + 1} to {bottom + 1}, columns {start + 1} to {end + 1}",
                remedy="Only the first of merged cells holds the value, the others are empty: name the column under `fill_down` in a mapping, "
                "or unmerge the cells and write the value into each row.",
            )


def _told_of_hidden_rows(hidden: list[int], sheet: str, name: str, options: ReadOptions) -> Iterator[RowFinding]:
    """One warning that names them.

    Raises:
        UnreadableDelivery: the mapping refuses hidden rows.
    """
    if not hidden:
        return
    rows = f"{'row' if len(hidden) == 1 else 'rows'} {_ranges(hidden)}"
    if options.hidden_rows == "refuse":
        raise UnreadableDelivery(
            "hidden_rows", f"{name}: the sheet '{sheet}' hides {rows}, and the mapping refuses hidden rows.", "Show them, or delete them, and deliver it again."
        )
    skipped = options.hidden_rows == "skip"
    yield RowFinding(
        source_row=hidden[0],
        column_name=None,
        rule="hidden_rows",
        severity="warning",
        value=rows,
        remedy=f"These rows of the sheet '{sheet}' are hidden, and are left out as the mapping says (`hidden_rows: skip`)."
        if skipped
        else f"These rows of the sheet '{sheet}' are hidden, by hand or by a filter, and are loaded like the others: "
        "show them and look whether they belong to the table, or delete them, or say `hidden_rows: skip` in a mapping.",
    )


def _header_under_merges(header: list[str], row: int, merged: Sequence, sheet: calamine.CalamineSheet, name: str) -> list[str]:
    """A cell merged downwards into the header row names its column; one merged across several columns names none of them."""
    for (top, start), (bottom, end) in merged:
        if not top <= row <= bottom or not 0 <= start < len(header):
            continue
        if end > start:
            raise UnreadableDelivery(
                "merged_header",
                f"{name}: in row {row + 1} of the sheet '{sheet.name}' the columns {start + 1} to {end + 1} share one merged cell.",
                "Say with `header_row` which row names every single column, or unmerge the header.",
            )
        if top < row:
            above = next(cells for number, cells in enumerate(sheet.iter_rows()) if number == top)
            header[start] = _text(above[start])
    return header


def _text(value: object, decimal: str = ".") -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float | int):
        return number_text(value, decimal)
    if isinstance(value, dt.datetime):
        return value.date().isoformat() if value.time() == dt.time() else value.isoformat()
    if isinstance(value, dt.date | dt.time):
        return value.isoformat()
    if isinstance(value, dt.timedelta):
        hours, seconds = divmod(round(value.total_seconds()), 3600)
        return f"{hours}:{seconds // 60:02d}:{seconds % 60:02d}"
    return str(value)


# -- what calamine keeps quiet about


def _odd_cells(path: Path, sheet: str) -> Iterator[tuple[int, int, str]]:
    """Row and column (from 0) of every cell with an error or an uncalculated formula, and the text that stands for it."""
    with zipfile.ZipFile(path) as archive:
        entries = set(archive.namelist())
        if "xl/workbook.xml" in entries:
            yield from _odd_cells_xlsx(archive, sheet)
        elif "content.xml" in entries:
            yield from _odd_cells_ods(archive, sheet)


def _holds(archive: zipfile.ZipFile, entry: str, signs: re.Pattern[bytes]) -> bool:
    with archive.open(entry) as stream:
        kept = b""
        while block := stream.read(1 << 20):
            if signs.search(kept + block):
                return True
            kept = block[-512:]
    return False


def _hidden_rows(path: Path, sheet: str, last: int) -> Iterator[int]:
    """Rows (from 0) that the sheet hides, in order, none behind the last one that holds anything."""
    with zipfile.ZipFile(path) as archive:
        entries = set(archive.namelist())
        if "xl/workbook.xml" in entries:
            entry = _entry_of_sheet(archive, sheet)
            if _holds(archive, entry, re.compile(rb'<(?:\w+:)?row[^>]*\shidden="(?:1|true)"')):
                yield from _hidden_rows_xlsx(archive, entry)
        elif "content.xml" in entries and _holds(archive, "content.xml", re.compile(rb'table:visibility="(?:collapse|filter)"')):
            yield from _hidden_rows_ods(archive, sheet, last)


def _hidden_rows_xlsx(archive: zipfile.ZipFile, entry: str) -> Iterator[int]:
    with archive.open(entry) as stream:
        row = -1
        for event, element in ElementTree.iterparse(stream, events=("start", "end")):
            if element.tag != f"{SHEET_XML}row":
                continue
            if event == "start":
                row = int(element.get("r", row + 2)) - 1
                if element.get("hidden") in ("1", "true"):
                    yield row
            else:
                element.clear()


def _hidden_rows_ods(archive: zipfile.ZipFile, sheet: str, last: int) -> Iterator[int]:
    with archive.open("content.xml") as stream:
        current, row = None, 0
        for event, element in ElementTree.iterparse(stream, events=("start", "end")):
            if event == "start":
                if element.tag == f"{ODS_TABLE}table":
                    current, row = element.get(f"{ODS_TABLE}name"), 0
                continue
            if element.tag == f"{ODS_TABLE}table-row":
                repeated = int(element.get(f"{ODS_TABLE}number-rows-repeated", "1"))
                if current == sheet and element.get(f"{ODS_TABLE}visibility") in ("collapse", "filter"):
                    yield from range(row, min(row + repeated, last + 1))
                row += repeated
                element.clear()


def _ranges(rows: Sequence[int]) -> str:
    """Row numbers as a person writes them: `3, 5 to 9, 12`; at most twenty pieces."""
    pieces: list[list[int]] = []
    for row in rows:
        if pieces and row == pieces[-1][1] + 1:
            pieces[-1][1] = row
        else:
            pieces.append([row, row])
    told = [str(first) if first == end else f"{first} to {end}" for first, end in pieces[:20]]
    return ", ".join(told) + (f" and {len(rows) - sum(end - first + 1 for first, end in pieces[:20]):,} more" if len(pieces) > 20 else "")


def _entry_of_sheet(archive: zipfile.ZipFile, sheet: str) -> str:
    book = ElementTree.fromstring(archive.read("xl/workbook.xml"))
    relation = next(item.get(RELATION) for item in book.iter(f"{SHEET_XML}sheet") if item.get("name") == sheet)
    relations = ElementTree.fromstring(archive.read("xl/_rels/workbook.xml.rels"))
    target = next(item.get("Target", "") for item in relations if item.get("Id") == relation)
    return target.lstrip("/") if target.startswith("/") else posixpath.normpath(posixpath.join("xl", target))


def _odd_cells_xlsx(archive: zipfile.ZipFile, sheet: str) -> Iterator[tuple[int, int, str]]:
    entry = _entry_of_sheet(archive, sheet)
    if not _holds(archive, entry, re.compile(rb'<(?:\w+:)?f[ >/]|t="e"')):
        return
    with archive.open(entry) as stream:
        for _, element in ElementTree.iterparse(stream):
            if element.tag == f"{SHEET_XML}c":
                kind = element.get("t")
                value = element.findtext(f"{SHEET_XML}v")
                formula = element.find(f"{SHEET_XML}f")
                text = None
                if kind == "e":
                    text = value or "#ERROR!"
                elif formula is not None and not value and kind not in ("str", "inlineStr"):
                    text = f"={formula.text or ''}"
                if text:
                    yield *_place(element.get("r", "A1")), text
            elif element.tag == f"{SHEET_XML}row":
                element.clear()


def _place(reference: str) -> tuple[int, int]:
    letters = reference.rstrip("0123456789")
    column = 0
    for letter in letters:
        column = column * 26 + ord(letter) - 64
    return int(reference[len(letters) :]) - 1, column - 1


def _odd_cells_ods(archive: zipfile.ZipFile, sheet: str) -> Iterator[tuple[int, int, str]]:
    if not _holds(archive, "content.xml", re.compile(rb'value-type="error"|table:formula')):
        return
    with archive.open("content.xml") as stream:
        current, row = None, 0
        for event, element in ElementTree.iterparse(stream, events=("start", "end")):
            if event == "start":
                if element.tag == f"{ODS_TABLE}table":
                    current, row = element.get(f"{ODS_TABLE}name"), 0
                continue
            if element.tag != f"{ODS_TABLE}table-row":
                continue
            if current == sheet:
                column = 0
                for cell in element:
                    text = _odd_ods_text(cell)
                    if text:
                        yield row, column, text
                    column += int(cell.get(f"{ODS_TABLE}number-columns-repeated", "1"))
            row += int(element.get(f"{ODS_TABLE}number-rows-repeated", "1"))
            element.clear()


def _odd_ods_text(cell: ElementTree.Element) -> str | None:
    if cell.get(f"{CALC}value-type") == "error":
        shown = "".join(cell.itertext())
        return shown if shown.startswith("#") else f"#{shown or 'ERROR!'}"
    formula = cell.get(f"{ODS_TABLE}formula")
    if formula and cell.get(f"{ODS_OFFICE}value-type") is None:
        return "=" + formula.split("=", 1)[-1]
    return None


def first_rows(path: Path, name: str, most: int) -> list[Glance]:
    """The first rows of every visible sheet that holds anything, as they stand, no header supposed.

    Raises:
        UnreadableDelivery: no workbook, damaged, or protected by a password.
    """
    guard_size(path, name)
    glances = []
    with _opened(path, name) as book:
        for meta in _sheets_of_data(book):
            if meta.visible == calamine.SheetVisibleEnum.Visible:
                sheet = book.get_sheet_by_name(meta.name)
                if sheet.end is not None:
                    rows = tuple(tuple(_text(cell).strip() for cell in cells) for cells in islice(sheet.iter_rows(), most))
                    glances.append(Glance(sheet=meta.name, rows=rows, first_column=sheet.start[1]))
    return glances


def sheet_names(path: Path, name: str) -> tuple[str, ...]:
    """The names of a workbook's sheets that hold cells, hidden ones too; of any other file none.

    Raises:
        UnreadableDelivery: damaged, or protected by a password.
    """
    with path.open("rb") as stream:
        if stream.read(4) != b"PK\x03\x04":
            return ()
    guard_size(path, name)
    with _opened(path, name) as book:
        return tuple(meta.name for meta in _sheets_of_data(book))
