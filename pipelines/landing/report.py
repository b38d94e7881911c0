"""Deliveries given back with their offending cells marked: `techcoop check --report`.

One XLSX workbook comes back as itself (`original`). Everything else, several files too, comes back as a new workbook: what was found first, then the
rows as delivered, all of them as text, so that leading zeros and long numbers stay and no cell of a delivery acts as a formula.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

import polars as pl

from pipelines.contracts.iati import SOURCE_NAME as IATI
from pipelines.landing.check import JudgedFile, Judgement
from pipelines.landing.marks import COLOURS, HEAD_COLOUR, LONGEST_CELL, MOST_COMMENTS, MOST_ROWS, Finding, comment_on, delivered_column, worst
from pipelines.landing.original import give_back
from pipelines.reading.tabular import read
from pipelines.shapes.errors import ConfigurationError, UnreadableDelivery
from pipelines.shapes.table import SOURCE_ROW, Table

_LAST_ROW = 1_048_576
_LAST_COLUMN = 16_383
_SUMMARY = (("file", 44), ("source", 12), ("rows delivered", 22), ("would load", 24), ("quarantined", 14), ("given back", 30), ("set aside because", 30))
_COUNTS = ("source_file", "severity", "rule", "column_name", "n", "first_row", "value", "remedy")


def write_report(out: Path, judgement: Judgement) -> None:
    """One delivered XLSX workbook as it is, its cells marked; of anything else a workbook with the findings and the rows as delivered.

    Raises:
        ConfigurationError: the report would overwrite a delivery.
        OSError: it cannot be written there.
    """
    paths = {file.path for file in judgement.files}
    if any(path.exists() and out.exists() and out.samefile(path) for path in paths):
        raise ConfigurationError(f"{out}: this is the delivery itself; give the report a name of its own")
    reason = ""
    if len(paths) == 1 and judgement.files[0].source != IATI:
        reason = give_back(out, judgement)
        if reason is None:
            return
    _write_anew(out, judgement, reason)


def _write_anew(out: Path, judgement: Judgement, reason: str) -> None:
    """A workbook of its own; `reason` says why the delivered one could not be given back, empty where there is none."""
    import xlsxwriter

    with xlsxwriter.Workbook(str(out), {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}) as book:
        formats = {severity: book.add_format({"bg_color": f"#{colour}"}) for severity, colour in COLOURS.items()}
        formats["head"] = book.add_format({"bold": True, "bg_color": f"#{HEAD_COLOUR}", "text_wrap": True, "valign": "top"})
        formats["wrap"] = book.add_format({"text_wrap": True, "valign": "top"})
        _summary_sheet(book, formats, judgement, reason)
        names: set[str] = {"summary"}
        for file in judgement.files:
            sheet = book.add_worksheet(_sheet_name(file.path, names))
            _delivery_sheet(sheet, formats, file, judgement.findings.filter(pl.col("delivery_id") == file.delivery_id), bool(reason))


def _sheet_name(path: Path, taken: set[str]) -> str:
    plain = re.sub(r"[\[\]:*?/\\']", " ", path.name)[:27].strip() or "delivery"
    name, number = plain, 2
    while name.casefold() in taken:
        name, number = f"{plain} {number}", number + 1
    taken.add(name.casefold())
    return name


def _summary_sheet(book, formats: dict, judgement: Judgement, reason: str) -> None:
    sheet = book.add_worksheet("Summary")
    row = 0
    for column, (title, width) in enumerate(_SUMMARY):
        sheet.set_column(column, column, width)
        sheet.write_string(row, column, title, formats["head"])
    sheet.set_column(len(_SUMMARY), len(_SUMMARY), 90)
    for file in judgement.files:
        row += 1
        counted = (f"{number:,}" for number in (file.rows_delivered, file.rows_loaded, file.rows_quarantined))
        for column, text in enumerate((file.title, file.source, *counted, _given_back(file, reason), file.refused)):
            sheet.write_string(row, column, text[:LONGEST_CELL], formats["wrap"])
    row += 2
    for column, title in enumerate(("file", "severity", "rule", "column", "rows", "first row", "found there", "what to do")):
        sheet.write_string(row, column, title, formats["head"])
    for found in judgement.counts.iter_rows(named=True):
        row += 1
        for column, name in enumerate(_COUNTS):
            text = "" if found[name] is None else str(found[name])
            sheet.write_string(row, column, text[:LONGEST_CELL], formats[found["severity"]] if name == "severity" else formats["wrap"])


def _given_back(file: JudgedFile, reason: str) -> str:
    """What of the delivery stands in the report."""
    if reason:
        return f"Only the rows with findings, as text: {reason}."
    if file.source != IATI and file.rows_delivered > MOST_ROWS:
        return f"Only the rows with findings: the delivery has more than {MOST_ROWS:,} rows."
    return ""


def _delivery_sheet(sheet, formats: dict, file: JudgedFile, findings: pl.DataFrame, only_marked: bool) -> None:
    sheet.ignore_errors({"number_stored_as_text": "A1:XFD1048576"})
    if file.source == IATI:
        _findings_sheet(sheet, formats, findings)
        return
    with tempfile.TemporaryDirectory(prefix="techcoop-report-") as scratch:
        try:
            table = read(file.path, file.mapping.read_options if file.mapping else None, scratch=Path(scratch))
        except (UnreadableDelivery, OSError):
            sheet.write_string(0, 0, file.refused[:LONGEST_CELL], formats["critical"])
            return
        _write_table(sheet, formats, file, table, findings, only_marked)


def _findings_sheet(sheet, formats: dict, findings: pl.DataFrame) -> None:
    """What a file that is no table gets instead of itself: every finding, with the number of the element that it is about."""
    columns = ("table_name", "source_row", "column_name", "severity", "rule", "value", "remedy")
    for place, column in enumerate(columns):
        sheet.set_column(place, place, 60 if column == "remedy" else 22)
        sheet.write_string(0, place, column, formats["head"])
    for number, found in enumerate(findings.iter_rows(named=True), start=1):
        for place, column in enumerate(columns):
            text = "" if found[column] is None else str(found[column])
            sheet.write_string(number, place, text, formats[found["severity"]] if column == "severity" else formats["wrap"])
    sheet.freeze_panes(1, 0)


def _write_table(sheet, formats: dict, file: JudgedFile, table: Table, findings: pl.DataFrame, only_marked: bool) -> None:
    told: dict[int, list[Finding]] = {}
    for finding in findings.filter(pl.col("source_row").is_not_null()).iter_rows(named=True):
        told.setdefault(finding["source_row"], []).append(finding)
    # A format without a header (Parquet, JSON Lines) counts records from 1; here the header takes the first line.
    shift = 0 if table.header_row else 1
    header = max(table.header_row, 1)
    frame = table.frame
    if only_marked or frame.select(pl.len()).collect(engine="streaming").item() > MOST_ROWS:
        frame = frame.filter(pl.col(SOURCE_ROW).is_in(list(told)))
    lost = {finding.source_row: finding for finding in table.findings if finding.severity == "error"}
    rows = {row[0]: row[1:] for row in frame.select(SOURCE_ROW, *table.columns).collect(engine="streaming").iter_rows()}
    if file.refused:
        sheet.write_string(0, min(len(table.columns), _LAST_COLUMN), file.refused[:LONGEST_CELL], formats["critical"])
    header_told = told.pop(header, []) if not shift else []
    lines: list[tuple[int, Sequence[str | None], list[Finding]]] = [(header, table.columns, header_told)]
    for number in sorted({*rows, *lost, *told}):
        cells = rows.get(number) or ((lost[number].value,) if number in lost else ())
        lines.append((number + shift, cells, told.get(number, [])))
    comments = MOST_COMMENTS
    for number, cells, findings_of_row in lines:
        if number <= _LAST_ROW:
            marks = _marks_of_row(findings_of_row, cells, file, table.columns)
            comments -= _write_line(sheet, number - 1, cells, marks, comments, formats, formats["head"] if number == header else None)
    sheet.freeze_panes(header, 0)


def _marks_of_row(findings: Sequence[Finding], cells: Sequence[str | None], file: JudgedFile, columns: Sequence[str]) -> dict[int, list[Finding]]:
    """Findings by the place of the column that shows them; the first shows those of the whole row."""
    texts = dict(zip(columns, cells, strict=False))
    marks: dict[int, list[Finding]] = {}
    for finding in findings:
        column = delivered_column(finding, file.mapping, columns, lambda name: bool(texts.get(name)))
        marks.setdefault(columns.index(column) if column else 0, []).append(finding)
    return marks


def _write_line(sheet, row: int, cells: Sequence[str | None], marks: Mapping[int, Sequence[Finding]], comments: int, formats: Mapping, plain: object) -> int:
    """One row; returns how many of the comments that were left it took."""
    taken = 0
    for column in sorted({*range(len(cells)), *marks}):
        text = (cells[column] or "" if column < len(cells) else "")[:LONGEST_CELL]
        if column in marks:
            sheet.write_string(row, column, text, formats[worst(marks[column])])
            if taken < comments:
                sheet.write_comment(row, column, comment_on(marks[column]), {"x_scale": 3, "y_scale": 1 + len(marks[column]) / 2})
                taken += 1
        elif text:
            sheet.write_string(row, column, text, *([plain] if plain else []))
    return taken
