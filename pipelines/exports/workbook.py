"""One workbook over all marts: a sheet that explains the others, one that explains the columns, then a sheet per mart."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, timedelta
from html import escape
from io import BytesIO
from pathlib import Path
from typing import Any

import duckdb
import xlsxwriter
from xlsxwriter.utility import xl_col_to_name

from pipelines.exports.tables import Mart, number_sql
from pipelines.release.public import DESIGNATIONS, RECORD_BASES, Edition, harmless

# A workbook that opens at once: beyond this a sheet holds the first rows and says so.
MOST_SHEET_ROWS = 5_000
# Sheets that explain, before those of the marts; on these a line that explains and the header, then the rows.
BEFORE_MARTS, FIRST_ROW = 2, 3
LONGEST_SHEET_NAME = 31
WIDEST, NARROWEST = 48, 9
# What a spreadsheet takes for one cell.
LONGEST_TEXT = 32_767
# What XML does not take at all, and what it takes under another name.
NO_CHARACTERS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
TO_ESCAPE = re.compile(r"[&<>\x00-\x08\x0b\x0c\x0e-\x1f]")
READ_FIRST = (
    ("book", "The same money stands in several books (programme budget, financial statements, projects' ledgers …). Take totals within one."),
    ("record_basis", "; ".join(f"{basis}: {meaning}" for basis, meaning in RECORD_BASES.items()) + ". Never add them together."),
    ("measure", "An expenditure is no commitment and a plan no result: totals are taken within one measure and one unit."),
    ("period_type", "A calendar year, a biennium and a peacekeeping year are never added."),
    (
        "funding_level",
        "0: two totals, `technical_cooperation` and `all`; 1: families of sources; 2: sources. "
        "Each level holds all the money: keep to one, and at level 0 to one code.",
    ),
    ("region_scheme", "Each scheme divides all the money once. Where is_exclusive is false, members overlap and shares need not add to 100."),
)


def write_workbook(connection: duckdb.DuckDBPyConnection, path: Path, marts: Sequence[Mart], edition: Edition) -> dict[str, int]:
    """Write the workbook.

    Args:
        connection: the release, open for those outside.
        path: of the workbook.
        marts: the tables, in the order of the sheets.
        edition: the release.

    Returns:
        Rows on the sheet of each mart.
    """
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    written = {mart.name: min(mart.rows, MOST_SHEET_ROWS) for mart in marts}
    frame = BytesIO()
    with xlsxwriter.Workbook(frame, options) as book:
        book.set_properties(
            {
                "title": "Technical Cooperation Warehouse",
                "subject": f"Release {edition.release_id}, as of {edition.as_of}",
                "comments": f"Release {edition.release_id}. Record bases: {', '.join(_bases(marts))}. Licence: {edition.licence}",
                "created": edition.made_at.replace(tzinfo=None),
            }
        )
        formats = _formats(book)
        names = sheet_names([mart.name for mart in marts])
        _about(book, formats, marts, names, written, edition)
        _columns(book, formats, marts, names)
        for mart in marts:
            _sheet(book, formats, mart, names[mart.name], written[mart.name], _widths(connection, mart))
    with zipfile.ZipFile(frame) as empty, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as filled:
        sheets = {f"xl/worksheets/sheet{number}.xml": mart for number, mart in enumerate(marts, BEFORE_MARTS + 1)}
        for part in empty.namelist():
            content = empty.read(part)
            if mart := sheets.get(part):
                content = _with_rows(connection, content.decode("utf-8"), mart, written[mart.name]).encode("utf-8")
            filled.writestr(part, content)
    return written


def sheet_names(tables: Sequence[str]) -> dict[str, str]:
    """A sheet's name per table: the table's, where a spreadsheet takes a name that long, else the table's made shorter, no two alike."""
    names: dict[str, str] = {}
    for table in tables:
        name = table if len(table) <= LONGEST_SHEET_NAME else table.replace("_and_", "_x_")
        name, number = name[:LONGEST_SHEET_NAME], 1
        while name in names.values():
            number += 1
            name = f"{name[: LONGEST_SHEET_NAME - 3]}_{number}"
        names[table] = name
    return names


def _formats(book: xlsxwriter.Workbook) -> Mapping[str, Any]:
    plain = {"font_name": "Calibri", "font_size": 10, "valign": "top"}
    return {
        "text": book.add_format({**plain, "num_format": "@"}),
        "wrapped": book.add_format({**plain, "text_wrap": True}),
        "integer": book.add_format({**plain, "num_format": "0"}),
        "count": book.add_format({**plain, "num_format": "#,##0"}),
        "money": book.add_format({**plain, "num_format": "#,##0.00"}),
        "tenths": book.add_format({**plain, "num_format": "0.0"}),
        "percent": book.add_format({**plain, "num_format": "0.0000"}),
        "rate": book.add_format({**plain, "num_format": "0.000000"}),
        "date": book.add_format({**plain, "num_format": "yyyy-mm-dd"}),
        "time": book.add_format({**plain, "num_format": "yyyy-mm-dd hh:mm"}),
        "header": book.add_format({**plain, "bold": True, "bg_color": "#DCE9F5", "bottom": 1, "text_wrap": True}),
        "title": book.add_format({**plain, "bold": True, "font_size": 16}),
        "heading": book.add_format({**plain, "bold": True, "font_size": 12}),
        "told": book.add_format({**plain, "italic": True}),
        "warning": book.add_format({**plain, "bold": True, "font_color": "#9C0006", "bg_color": "#FFE3E3"}),
        "link": book.add_format({**plain, "font_color": "#0563C1", "underline": 1}),
    }


def _about(
    book: xlsxwriter.Workbook, formats: Mapping[str, Any], marts: Sequence[Mart], names: Mapping[str, str], written: Mapping[str, int], edition: Edition
) -> None:
    """The first sheet: what this is, how to read it, where everything stands."""
    sheet = book.add_worksheet("About")
    sheet.hide_gridlines(2)
    for column, width in enumerate((34, 90, 12, 12, 40)):
        sheet.set_column(column, column, width)
    line = 0

    def write(*cells: Any, style: str = "wrapped") -> None:
        nonlocal line
        for column, cell in enumerate(cells):
            if isinstance(cell, int):
                sheet.write_number(line, column, cell, formats["count"])
            else:
                sheet.write_string(line, column, harmless(cell), formats[style])
        line += 1

    write("Technical Cooperation Warehouse", style="title")
    write("release", edition.release_id)
    write("as of", str(edition.as_of))
    write("made at", f"{edition.made_at:%Y-%m-%d %H:%M} UTC")
    write("record bases", ", ".join(_bases(marts)) or "none")
    write("licence", edition.licence)
    write("countries", DESIGNATIONS)
    line += 1
    write("Before you add anything", style="heading")
    for column, told in READ_FIRST:
        write(column, told)
    write("amounts", "Amounts ending in _usd are US dollars at the rate that the row names; what could not be converted is empty and counted, never 0.")
    line += 1
    write("Sheets", style="heading")
    write("sheet", "one row is", "rows", "on the sheet", "record bases", style="header")
    for mart in marts:
        sheet.write_url(line, 0, f"internal:'{names[mart.name]}'!A1", formats["link"], mart.name)
        sheet.write_string(line, 1, harmless(mart.table.grain), formats["wrapped"])
        sheet.write_number(line, 2, mart.rows, formats["count"])
        sheet.write_number(line, 3, written[mart.name], formats["count"] if written[mart.name] == mart.rows else formats["warning"])
        sheet.write_string(line, 4, ", ".join(mart.record_bases), formats["wrapped"])
        line += 1
    if any(written[mart.name] < mart.rows for mart in marts):
        line += 1
        write(f"Where a sheet is cut, it holds the first {MOST_SHEET_ROWS:,} rows and must not be added up.", style="warning")
        write("The whole table lies beside this workbook as csv/<table>.csv and parquet/<table>.parquet, and in techcoop.duckdb.")


def _columns(book: xlsxwriter.Workbook, formats: Mapping[str, Any], marts: Sequence[Mart], names: Mapping[str, str]) -> None:
    """The second sheet: what every column means."""
    sheet = book.add_worksheet("Columns")
    for column, width in enumerate((34, 26, 16, 20, 110)):
        sheet.set_column(column, column, width)
    for column, heading in enumerate(("sheet", "column", "type", "unit", "meaning")):
        sheet.write_string(0, column, heading, formats["header"])
    sheet.freeze_panes(1, 0)
    line = 1
    for mart in marts:
        for name, kind in mart.columns.items():
            told = mart.table.columns.get(name)
            cells = (names[mart.name], name, kind.lower(), told.unit if told else "", told.description if told else "")
            for column, cell in enumerate(cells):
                sheet.write_string(line, column, harmless(cell), formats["wrapped" if column == 4 else "text"])
            line += 1
    sheet.autofilter(0, 0, line - 1, 4)


def _sheet(book: xlsxwriter.Workbook, formats: Mapping[str, Any], mart: Mart, name: str, rows: int, widths: Sequence[int]) -> None:
    """A mart's sheet without its rows: what a row is, the header, widths and formats of the columns."""
    sheet = book.add_worksheet(name)
    cut = rows < mart.rows
    if cut:
        sheet.set_tab_color("#C00000")
    told = f"The first {rows:,} of {mart.rows:,} rows: do not add them up. The whole is in csv/{mart.name}.csv and in techcoop.duckdb. " if cut else ""
    for number, (column, kind) in enumerate(mart.columns.items()):
        sheet.set_column(number, number, max(NARROWEST, min(WIDEST, max(widths[number], len(column)) + 2)), formats[_style(column, kind)])
    sheet.write_string(0, 0, harmless(told + mart.table.grain), formats["warning" if cut else "told"])
    for number, column in enumerate(mart.columns):
        sheet.write_string(1, number, column, formats["header"])
    sheet.freeze_panes(FIRST_ROW - 1, 0)
    sheet.autofilter(FIRST_ROW - 2, 0, FIRST_ROW - 2 + max(rows, 1), len(mart.columns) - 1)


def _widths(connection: duckdb.DuckDBPyConnection, mart: Mart) -> list[int]:
    """The longest text of each column among the first rows."""
    longest = ", ".join(f'max(length(cast("{column}" as varchar)))' for column in mart.columns)
    return [width or 0 for width in connection.execute(f'select {longest} from (select * from marts."{mart.name}" limit 200)').fetchall()[0]]


def _with_rows(connection: duckdb.DuckDBPyConnection, xml: str, mart: Mart, rows: int) -> str:
    """A sheet with its rows as SpreadsheetML: cell by cell through the library, a workbook takes longer than all other exports together."""
    styles = {
        number: style
        for first, last, style in re.findall(r'<col min="(\d+)" max="(\d+)"[^>]*? style="(\d+)"', xml)
        for number in range(int(first), int(last) + 1)
    }
    cells = [(f'<c r="{xl_col_to_name(number)}', f'" s="{styles.get(number + 1, "0")}"', _content(kind)) for number, kind in enumerate(mart.columns.values())]
    values = ", ".join(_value(column, kind) for column, kind in mart.columns.items())
    found = connection.execute(f"select {values} from ({mart.select} limit {rows})").fetchall()
    written = []
    for line, row in enumerate(found, FIRST_ROW):
        written.append(f'<row r="{line}">')
        written += [f"{start}{line}{style}{content(value)}" for value, (start, style, content) in zip(row, cells, strict=True) if value is not None]
        written.append("</row>")
    last = f"{xl_col_to_name(len(mart.columns) - 1)}{FIRST_ROW - 1 + len(found)}"
    xml = re.sub(r'<dimension ref="[^"]*"', f'<dimension ref="A1:{last}"', xml)
    head, end, tail = xml.partition("</sheetData>")
    return "".join((head, *written, end, tail))


def _value(column: str, kind: str) -> str:
    """SQL for what a cell is written from; a decimal keeps its digits."""
    if kind in ("BOOLEAN", "DATE", "VARCHAR") or kind.startswith("TIMESTAMP") or "INT" in kind:
        return f'"{column}"'
    return f"cast({number_sql(column, kind)} as varchar)"


def _content(kind: str) -> Callable[[Any], str]:
    """What writes a cell of a column, from its type on."""
    if kind.startswith(("DECIMAL", "DOUBLE", "FLOAT")) or "INT" in kind:
        return _number
    return {"BOOLEAN": _boolean, "DATE": _day}.get(kind, _time if kind.startswith("TIMESTAMP") else _text)


def _number(value: object) -> str:
    return f"><v>{value}</v></c>"


def _boolean(value: bool) -> str:
    return f' t="b"><v>{int(value)}</v></c>'


def _text(value: str) -> str:
    """Text stays text, whatever it looks like."""
    value = harmless(value)[:LONGEST_TEXT]
    if TO_ESCAPE.search(value):
        value = escape(NO_CHARACTERS.sub("", value), quote=False)
    return f' t="inlineStr"><is><t xml:space="preserve">{value}</t></is></c>'


def _day(value: date) -> str:
    """Days since the last of 1899; a spreadsheet has no number for those before 1 March 1900 that all programs agree on."""
    return _number((value - date(1899, 12, 30)).days) if value >= date(1900, 3, 1) else _text(value.isoformat())


def _time(value: datetime) -> str:
    days = (value.replace(tzinfo=None) - datetime(1899, 12, 30)) / timedelta(days=1)
    return _number(days) if days >= 61 else _text(value.isoformat(" "))


def _style(column: str, kind: str) -> str:
    if kind == "DATE":
        return "date"
    if kind.startswith("TIMESTAMP"):
        return "time"
    if kind.startswith("DECIMAL"):
        scale = int(kind.rstrip(")").split(",")[1])
        if column.endswith("_pct"):
            return "tenths" if scale == 1 else "percent"
        return "money" if scale == 2 or column in ("value", "total_value", "computed_value", "difference") else "rate"
    if "INT" in kind:
        return "integer" if column.endswith("_year") else "count"
    return "text"


def _bases(marts: Sequence[Mart]) -> list[str]:
    return sorted({basis for mart in marts for basis in mart.record_bases})
