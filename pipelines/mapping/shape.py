"""What can be seen of a table's shape before its header is known: titles above it, headers of two rows, totals below, years as columns, sheets."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from pipelines.reading.headers import joined_header
from pipelines.reading.tabular import glance
from pipelines.shapes.errors import UnreadableDelivery
from pipelines.shapes.table import Glance, letters

# So many rows are looked at; a header further down is no header.
ROWS_LOOKED_AT = 500
DEEPEST_HEADER = 40

YEAR = r"(?:FY ?)?(?:19|20)\d\d(?:[-/](?:19|20)?\d\d)?"
_YEAR = re.compile(YEAR)
_NUMBER = re.compile(r"[(+\-\u2212\u2013]?\s*[^\W\d_]{0,3}\$?€?\s*\d[\d\s.,'’\u00a0\u202f]*%?\)?")
_TOTAL = re.compile(r"(?:grand |over)?totals?\b.*|sum\b.*|итого\b.*|всего\b.*|gesamt\b.*|summe\b.*", re.IGNORECASE)
_SUBTOTAL = re.compile(r"sub-?\s?totals?\b.*|.*\bsub-?total\b.*", re.IGNORECASE)
_UNITS = (
    (re.compile(r"\bmillions?\b|\bmio\b|\bмлн\b", re.IGNORECASE), 1_000_000),
    (re.compile(r"\bthousands?\b|['’]000\b|\b000s\b|\bmilliers\b|\bmiles de\b|\bтыс", re.IGNORECASE), 1_000),
)


@dataclass(frozen=True, kw_only=True)
class Shape:
    """Where a table seems to stand.

    Attributes:
        sheet: its sheet, None where it is the only one or the format has none.
        sheets: names of sheets that have the same columns, a year each; empty if there are not several.
        header_rows: rows of the header, as a spreadsheet shows them.
        columns: names that this header gives.
        years: columns that are years, or end in one.
        total: column and text of a row below which nothing belongs to the table.
        subtotals: column and whether rows within it are sums of others.
        fill_down: columns whose empty cells seem to mean the value above.
        scale: what the title or a header says that numbers must be multiplied by.
        unit_said: the text that says so.
        titles: cells above the header, such as B1, with their texts.
        beside: top left cells of tables with the same columns that stand side by side; empty if there are not several.
    """

    sheet: str | None
    sheets: tuple[str, ...]
    header_rows: tuple[int, ...]
    columns: tuple[str, ...]
    years: tuple[str, ...]
    total: tuple[str, str] | None
    subtotals: str | None
    fill_down: tuple[str, ...]
    scale: int | None
    unit_said: str
    titles: tuple[tuple[str, str], ...]
    beside: tuple[str, ...] = ()

    @property
    def is_plain(self) -> bool:
        """Whether nothing needs to be said: one header in the first row and one record in each row below."""
        return self.header_rows == (1,) and not (self.beside or self.years or self.sheets or self.total or self.subtotals or self.fill_down or self.scale)


def shape_of(path: Path) -> Shape | None:
    """The shape of a workbook or delimited file; None where nothing can be seen of it.

    Raises:
        UnreadableDelivery: the file cannot be read.
    """
    glances = [one for one in glance(path, ROWS_LOOKED_AT) if any(any(row) for row in one.rows)]
    headers = {one.sheet: rows for one in glances if (rows := _header_rows(one.rows))}
    looked = [one for one in glances if one.sheet in headers]
    if not looked:
        return None
    best = max(looked, key=lambda one: _filled_rows(one, headers[one.sheet]))
    alike = _sheets_alike(looked, headers, best)
    return _of_glance(best, headers[best.sheet], alike, several=len(glances) > 1)


def hint(path: Path) -> str:
    """One sentence for a delivery that does not load, empty where its shape is plain: what a mapping could say of it."""
    try:
        shape = shape_of(path)
    except (UnreadableDelivery, OSError):
        return ""
    if shape is None or shape.is_plain:
        return ""
    found = []
    if shape.beside:
        found.append(f"tables with the same columns stand side by side, at {' and '.join(shape.beside)}: `tables`, each with its `cells_from`")
    elif shape.header_rows != (1,):
        row = shape.header_rows[0] if len(shape.header_rows) == 1 else list(shape.header_rows)
        found.append(f"the header seems to be in row {' and '.join(map(str, shape.header_rows))}: `header_row: {row}`")
    if shape.sheets:
        found.append(f"the sheets {', '.join(shape.sheets)} have the same columns: `sheet: {{matches: …}}`")
    if shape.years:
        found.append("years seem to stand as columns: `unpivot`")
    if shape.fill_down:
        found.append(f"empty cells seem to mean the value above: `fill_down: [{', '.join(shape.fill_down)}]`")
    if shape.total:
        found.append(f"the table seems to end at '{shape.total[1]}': `rows: {{until: …}}`")
    if shape.subtotals:
        found.append("some rows seem to be sums of others: `filter: {drop: …}`")
    if shape.scale:
        found.append(f"'{shape.unit_said}' seems to speak of {shape.scale:,}s: `scale: {shape.scale}`")
    return f"Seen in the file: {'; '.join(found)}. `techcoop map` writes a mapping that says so."


# -- header


def is_number(text: str) -> bool:
    """Whether a text is a number, and no year."""
    return bool(_NUMBER.fullmatch(text)) and not _YEAR.fullmatch(text)


def _filled(row: Sequence[str]) -> int:
    return sum(1 for cell in row if cell)


def _header_rows(rows: Sequence[Sequence[str]]) -> tuple[int, ...]:
    """The rows of the header: the first that names about as many columns as the rows below it fill, without being numbers itself."""
    widths = Counter(_filled(row) for row in rows if _filled(row) > 1)
    if not widths:
        return ()
    # The width that most rows have; of equals the larger.
    typical = max(widths, key=lambda width: (widths[width] * width, width))
    for place, row in enumerate(rows[:DEEPEST_HEADER]):
        if _filled(row) < 2 or any(is_number(cell) for cell in row if cell):
            continue
        below = rows[place + 1] if place + 1 < len(rows) else ()
        if _is_upper_header(row, below, rows[place + 2] if place + 2 < len(rows) else ()):
            return (place + 1, place + 2)
        if 2 * _filled(row) > typical:
            return (place + 1,)
    return ()


def _is_upper_header(row: Sequence[str], below: Sequence[str], first: Sequence[str]) -> bool:
    """Whether the next row names the columns within those that this one names: it fills what this one leaves empty, and holds no record."""
    if _filled(below) < 2 or any(is_number(cell) for cell in below if cell) or not any(is_number(cell) for cell in first):
        return False
    gaps = [place for place, cell in enumerate(below) if cell and (place >= len(row) or not row[place])]
    is_complete = all(cell or (place < len(row) and row[place]) for place, cell in enumerate(below))
    return bool(gaps) and is_complete and not below[0]


def _names(glanced: Glance, header_rows: Sequence[int]) -> tuple[str, ...]:
    named = [glanced.rows[row - 1] for row in header_rows]
    width = max(map(len, named))
    return tuple(joined_header([[*row, *[""] * (width - len(row))] for row in named]))


def _filled_rows(glanced: Glance, header_rows: Sequence[int]) -> int:
    return sum(1 for row in glanced.rows[header_rows[-1] :] if _filled(row) > 1)


def _sheets_alike(looked: Sequence[Glance], headers: dict[str | None, tuple[int, ...]], best: Glance) -> tuple[str, ...]:
    """Sheets named by a year whose columns are those of the best one."""
    wanted = sorted(name for name in _names(best, headers[best.sheet]) if name)
    alike = [
        one.sheet for one in looked if one.sheet and _YEAR.search(one.sheet) and sorted(name for name in _names(one, headers[one.sheet]) if name) == wanted
    ]
    return tuple(alike) if len(alike) > 1 else ()


# -- records


def _blocks(names: Sequence[str]) -> list[range]:
    """Ranges of columns between those without a name, where each has the same names: tables side by side."""
    gaps = [-1, *(place for place, name in enumerate(names) if not name), len(names)]
    blocks = [range(first + 1, last) for first, last in pairwise(gaps) if last > first + 1]
    headers = [[names[place] for place in block] for block in blocks]
    return blocks if len(blocks) > 1 and all(header == headers[0] for header in headers) else []


def _of_glance(glanced: Glance, header_rows: tuple[int, ...], alike: tuple[str, ...], *, several: bool) -> Shape:
    names = _names(glanced, header_rows)
    blocks = _blocks(names)
    if blocks:
        names = tuple(names[place] for place in blocks[0])
    records = [[*row, *[""] * (len(names) - len(row))][: len(names)] for row in glanced.rows[header_rows[-1] :]]
    total, subtotals, inside = _sums(names, records)
    titles = [
        (f"{letters(glanced.first_column + place)}{number}", cell)
        for number, row in enumerate(glanced.rows[: header_rows[-1] - 1], 1)
        for place, cell in enumerate(row)
        if cell and number not in header_rows
    ]
    texts = (*names, *(text for _, text in titles))
    scale, said = next(((factor, text) for text in texts for pattern, factor in _UNITS if pattern.search(text)), (None, ""))
    years = tuple(name for name in names if _YEAR.fullmatch(name.rpartition(" | ")[2]))
    return Shape(
        sheet=None if alike or not several else glanced.sheet,
        sheets=alike,
        header_rows=header_rows,
        columns=names,
        years=years if len(years) > 1 else (),
        total=total,
        subtotals=subtotals,
        fill_down=_fill_down(names, inside, years),
        scale=scale,
        unit_said=said,
        titles=tuple(titles),
        beside=tuple(f"{letters(glanced.first_column + block[0])}{header_rows[-1]}" for block in blocks),
    )


def _sums(names: Sequence[str], records: Sequence[Sequence[str]]) -> tuple[tuple[str, str] | None, str | None, list[Sequence[str]]]:
    """Where a total ends the table, in which column sums of others are named, and the records that are neither."""
    marked = [(place, *_first_text(row)) for place, row in enumerate(records)]
    totals = [(place, column, text) for place, column, text in marked if text and _TOTAL.fullmatch(text) and not _SUBTOTAL.fullmatch(text)]
    subtotals = [(place, column) for place, column, text in marked if text and _SUBTOTAL.fullmatch(text)]
    end = next((one for one in totals if not any(_filled(row) > 2 and any(map(is_number, row)) for row in records[one[0] + 1 :])), None)
    # Totals that other records follow are sums between them.
    between = [(place, column) for place, column, _ in totals if end is None or place < end[0]] + subtotals
    sums = {place for place, _ in between}
    inside = [row for place, row in enumerate(records) if place not in sums and (end is None or place < end[0]) and _filled(row) > 1]
    return (names[end[1]], end[2]) if end else None, names[between[0][1]] if between else None, inside


def _first_text(row: Sequence[str]) -> tuple[int, str]:
    return next(((place, cell) for place, cell in enumerate(row) if cell), (0, ""))


def _fill_down(names: Sequence[str], records: Sequence[Sequence[str]], years: Sequence[str]) -> tuple[str, ...]:
    """The first columns that are filled in the first record and empty in some below it, while those to their right are filled."""
    found = []
    for place, name in enumerate(names):
        cells = [row[place] for row in records]
        empty = [number for number, cell in enumerate(cells) if not cell]
        if not name or name in years or not cells or not empty or empty[0] == 0 or any(is_number(cell) for cell in cells):
            break
        if not all(any(records[number][place + 1 :]) for number in empty):
            break
        found.append(name)
    return tuple(found)
