"""What can be seen of a table's shape before its header is known: titles above it, headers of two rows, totals below, years as columns, sheets."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from pipelines.contracts.codes import CURRENCIES
from pipelines.mapping.heads import is_year, year_of
from pipelines.mapping.vocabulary import NOTHING_SAID, SUBTOTAL, TOTAL, UNITS_SAID
from pipelines.reading.headers import joined_header
from pipelines.reading.tabular import glance
from pipelines.shapes.errors import UnreadableDelivery
from pipelines.shapes.table import Glance, letters

# So many rows are looked at; a header further down is no header.
ROWS_LOOKED_AT = 500
DEEPEST_HEADER = 40

# A number as people print it: a currency's sign or code may stand before it.
_NUMBER = re.compile(r"[(+\-\u2212\u2013]?\s*([^\W\d_]{0,3}\$?€?)\s*\d[\d\s.,'’\u00a0\u2009\u202f]*%?\)?")
# A row below the header that numbers the columns or explains them: `(1)`, `(in US$)`.
_REMARK = re.compile(r"[(\[].*[)\]]")
# A sheet of which the others are parts, or a copy of one.
_SUM_OF_SHEETS = re.compile(r"totals?\b|summary\b|all\b|overview\b|итого|всего|свод|résumé|resumen|.*\(\d\)$|.*\bcopy\b", re.IGNORECASE)
# A longer text is no sign by which the end of a table is known, nor the name of a sum.
LONGEST_SIGN = 60
LONGEST_SUM = 25
_TIME = re.compile(r"\d{1,4}[-./]\d{1,2}[-./]\d{1,4}")


@dataclass(frozen=True, kw_only=True)
class Block:
    """One of several tables with the same columns that stand one under the other.

    Attributes:
        header_row: the row of its header.
        title: what stands above it.
        total: the text of its total in the first column, empty if it has none.
        last_row: the row of its last record.
    """

    header_row: int
    title: tuple[str, str]
    total: str
    last_row: int


@dataclass(frozen=True, kw_only=True)
class Shape:
    """Where a table seems to stand.

    Attributes:
        sheet: its sheet, None where it is the only one or the format has none.
        sheets: names of sheets that have the same columns in the same rows; empty if there are not several.
        header_rows: rows of the header, as a spreadsheet shows them.
        columns: names that this header gives.
        figures: columns whose cells are numbers.
        years: those of them that are years, or name one.
        total: column and text of a row below which nothing belongs to the table.
        sums: columns and texts of such rows.
        fill_down: columns whose empty cells seem to mean the value above.
        scale: what the title or a header says that numbers must be multiplied by.
        unit_said: the text that says so.
        titles: cells above the header, such as B1, with their texts.
        beside: top left cells of tables with the same columns that stand side by side; empty if there are not several.
        asides: top left cells of tables with different columns that stand side by side, with their columns; empty if there are not several.
        first_row: the row of the first record, where remarks stand between it and the header.
        last_row: the row of the last record, where no text that stands there alone tells its end.
        stacked: tables with the same columns, one under the other; empty if there are not several.
        below: row and columns of another table that begins below this one.
        delimiter: of a delimited file.
    """

    sheet: str | None
    sheets: tuple[str, ...]
    header_rows: tuple[int, ...]
    columns: tuple[str, ...]
    figures: tuple[str, ...]
    years: tuple[str, ...]
    total: tuple[str, str] | None
    sums: tuple[tuple[str, tuple[str, ...]], ...]
    fill_down: tuple[str, ...]
    scale: int | None
    unit_said: str
    titles: tuple[tuple[str, str], ...]
    beside: tuple[str, ...] = ()
    asides: tuple[tuple[str, tuple[str, ...]], ...] = ()
    first_row: int | None = None
    last_row: int | None = None
    stacked: tuple[Block, ...] = ()
    below: tuple[int, tuple[str, ...]] | None = None
    delimiter: str | None = None

    @property
    def subtotals(self) -> str | None:
        """The first column in which rows call themselves sums of others."""
        return self.sums[0][0] if self.sums else None

    @property
    def is_plain(self) -> bool:
        """Whether nothing needs to be said: one header in the first row and one record in each row below."""
        odd = (self.beside, self.asides, self.years, self.sheets, self.total, self.sums, self.fill_down, self.scale, self.stacked, self.below)
        return self.header_rows == (1,) and not any(odd) and self.first_row is None and self.last_row is None


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
    if shape.stacked:
        rows = " and ".join(str(block.header_row) for block in shape.stacked)
        found.append(f"tables with the same columns stand one under the other, with headers in rows {rows}: `tables`, each with its `header_row`")
    elif shape.beside:
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
    if shape.asides:
        found.append(f"different tables stand side by side, at {' and '.join(cell for cell, _ in shape.asides)}: `cells_from`")
    if shape.first_row is not None:
        found.append(f"remarks seem to stand below the header: `rows: {{from: {shape.first_row}}}`")
    if shape.below:
        found.append(f"another table seems to begin in row {shape.below[0]}: an entry of its own under `tables`")
    if shape.last_row is not None:
        found.append(f"the last record seems to stand in row {shape.last_row}: `rows: {{to: {shape.last_row}}}`")
    if shape.total:
        found.append(f"the table seems to end at '{shape.total[1]}': `rows: {{until: …}}`")
    if shape.sums:
        found.append("some rows seem to be sums of others: `filter: {drop: …}`")
    if shape.scale:
        found.append(f"'{shape.unit_said}' seems to speak of {shape.scale:,}s: `scale: {shape.scale}`")
    return f"Seen in the file: {'; '.join(found)}. `techcoop map` writes a mapping that says so."


# -- header


def is_number(text: str) -> bool:
    """Whether a text is a number, and no year."""
    found = _NUMBER.fullmatch(text)
    if found is None or is_year(text):
        return False
    sign = found[1]
    return (len(sign) < 2 and not sign.isalpha()) or sign in CURRENCIES or "$" in sign


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
    """Sheets whose columns are those of the best one, in the same rows: those named by a year, if several are; else all that are no sums of others."""
    wanted = sorted(name for name in _names(best, headers[best.sheet]) if name)
    alike = [
        one.sheet
        for one in looked
        if one.sheet and headers[one.sheet] == headers[best.sheet] and sorted(name for name in _names(one, headers[one.sheet]) if name) == wanted
    ]
    years = [name for name in alike if year_of(name)]
    chosen = years if len(years) > 1 else [name for name in alike if not _SUM_OF_SHEETS.match(name)]
    return tuple(chosen) if len(chosen) > 1 else ()


# -- records


def _blocks(names: Sequence[str], records: Sequence[Sequence[str]]) -> list[range]:
    """Ranges of columns between those without a name or any cell: tables side by side. One of a single column is none."""
    empty = [place for place, name in enumerate(names) if not name and not any(place < len(row) and row[place] for row in records)]
    gaps = [-1, *empty, len(names)]
    blocks = [range(first + 1, last) for first, last in pairwise(gaps) if last > first + 1]
    return blocks if len(blocks) > 1 and all(len(block) > 1 and all(names[place] for place in block) for block in blocks) else []


def _of_glance(glanced: Glance, header_rows: tuple[int, ...], alike: tuple[str, ...], *, several: bool) -> Shape:
    names = _names(glanced, header_rows)
    rows = glanced.rows[header_rows[-1] :]
    blocks = _blocks(names, rows)
    cells = [f"{letters(glanced.first_column + block[0])}{header_rows[-1]}" for block in blocks]
    headers = [tuple(names[place] for place in block) for block in blocks]
    same = len(set(headers)) == 1
    if blocks:
        names = headers[0]
    records = [[*row, *[""] * (len(names) - len(row))][: len(names)] for row in rows]
    stacked, below = _tables_below(names, records, header_rows[-1], glanced.first_column)
    end = stacked[1].header_row - header_rows[-1] - 1 if stacked else below[0] - header_rows[-1] - 1 if below else len(records)
    records = records[:end]
    remarks = next((place for place, row in enumerate(records) if not _is_remark(row)), 0)
    total, sums, inside, last = _sums(names, records)
    titles = [
        (f"{letters(glanced.first_column + place)}{number}", cell)
        for number, row in enumerate(glanced.rows[: header_rows[-1] - 1], 1)
        for place, cell in enumerate(row)
        if cell and number not in header_rows
    ]
    texts = (*names, *(text for _, text in titles))
    scale, said = next(((factor, text) for text in texts for pattern, factor in UNITS_SAID if pattern.search(text)), (None, ""))
    figures = tuple(name for place, name in enumerate(names) if name and _are_figures([row[place] for row in inside]))
    years = tuple(name for name in names if name and year_of(name) and (name in figures or is_year(name.rpartition(" | ")[2])))
    return Shape(
        sheet=None if alike or not several else glanced.sheet,
        sheets=alike,
        header_rows=header_rows,
        columns=names,
        figures=figures,
        years=years if len(years) > 1 else (),
        total=total,
        sums=sums,
        fill_down=_fill_down(names, [row for row in inside if any(row)], years),
        scale=scale,
        unit_said=said,
        titles=tuple(titles),
        beside=tuple(cells) if same else (),
        asides=() if same else tuple(zip(cells, headers, strict=True)),
        first_row=header_rows[-1] + 1 + remarks if remarks else None,
        last_row=None if last is None or stacked else header_rows[-1] + 1 + last,
        stacked=stacked,
        below=below,
        delimiter=glanced.delimiter,
    )


def _are_figures(cells: Sequence[str]) -> bool:
    filled = [cell for cell in cells if cell and cell not in NOTHING_SAID]
    return bool(filled) and 2 * sum(map(is_number, filled)) > len(filled)


def _is_remark(row: Sequence[str]) -> bool:
    """Whether every cell of a row under a header stands in brackets: it numbers the columns or explains them."""
    return _filled(row) > 1 and all(_REMARK.fullmatch(cell) for cell in row if cell)


def _tables_below(
    names: Sequence[str], records: Sequence[Sequence[str]], header: int, first_column: int
) -> tuple[tuple[Block, ...], tuple[int, tuple[str, ...]] | None]:
    """Tables with the same header below the first, as blocks with the first one; and where else another table with a header of its own begins."""
    again = [place for place, row in enumerate(records) if list(row) == list(names)]
    if again:
        starts = [-1, *again]
        ends = [*again, len(records)]
        return tuple(_block(records, start, end, header, first_column) for start, end in zip(starts, ends, strict=True)), None
    for place, row in enumerate(records[1:-1], 1):
        filled = [cell for cell in row if cell]
        # An empty row or a title alone stands above a header, and a record below it.
        apart = _filled(records[place - 1]) < 2 and (not any(records[place - 1]) or (place > 1 and not any(records[place - 2])))
        if apart and len(filled) > 1 and not any(is_number(cell) or _TIME.search(cell) for cell in filled) and _looks_like_record(row, records[place + 1]):
            return (), (header + 1 + place, tuple(filled))
    return (), None


def _looks_like_record(header: Sequence[str], row: Sequence[str]) -> bool:
    """Whether a row fills the columns that another names, a number or a day among them."""
    return _filled(row) >= _filled(header) and any(is_number(cell) or _TIME.search(cell) for cell in row if cell)


def _block(records: Sequence[Sequence[str]], start: int, end: int, header: int, first_column: int) -> Block:
    """The block whose header stands at `start` among the records (-1: above them) and which the next header ends."""
    rows = [(place, row) for place, row in enumerate(records) if start < place < end]
    total = next((_first_text(row)[1] for _, row in rows if _is_total(row)), "")
    last = max((place for place, row in rows if _filled(row) > 1 and not _is_total(row) and any(map(is_number, row))), default=start)
    title = records[start - 1] if start > 0 and _filled(records[start - 1]) == 1 else ()
    place, text = _first_text(title)
    return Block(header_row=header + 1 + start, title=(f"{letters(first_column + place)}{header + start}", text), total=total, last_row=header + 1 + last)


def _is_total(row: Sequence[str]) -> bool:
    text = _first_text(row)[1]
    return bool(text and TOTAL.fullmatch(text) and not SUBTOTAL.fullmatch(text))


def _sum_named(row: Sequence[str]) -> tuple[int, str] | None:
    """The place and text by which a row calls itself a sum."""
    first = _first_text(row)
    if first[1] and (TOTAL.fullmatch(first[1]) or SUBTOTAL.fullmatch(first[1])):
        return first
    return next(
        ((place, cell) for place, cell in enumerate(row) if cell and len(cell) <= LONGEST_SUM and (TOTAL.fullmatch(cell) or SUBTOTAL.fullmatch(cell))), None
    )


def _sums(
    names: Sequence[str], records: Sequence[Sequence[str]]
) -> tuple[tuple[str, str] | None, tuple[tuple[str, tuple[str, ...]], ...], list[Sequence[str]], int | None]:
    """Where a text ends the table, how rows that are sums call themselves, the records that are neither, and the last of them where no text ends them."""
    named = [(place, *found) for place, row in enumerate(records) if (found := _sum_named(row)) and names[found[0]]]
    end = next(
        (one for one in named if not SUBTOTAL.fullmatch(one[2]) and not any(_filled(row) > 2 and any(map(is_number, row)) for row in records[one[0] + 1 :])),
        None,
    )
    stop = end[0] if end else _end_of_records(records)
    sums: dict[str, list[str]] = {}
    for place, column, text in named:
        if place < stop and text not in sums.setdefault(names[column], []):
            sums[names[column]].append(text)
    inside = [row for place, row in enumerate(records) if place < stop and not any(place == one for one, _, _ in named) and _filled(row) > 1]
    sign = end[1:] if end else _first_text(records[stop]) if stop < len(records) else None
    if sign is None:
        return None, _told(sums), inside, None
    is_sign = len(sign[1]) <= LONGEST_SIGN and names[sign[0]] and not any(row[sign[0]] == sign[1] for row in records[:stop])
    return (names[sign[0]], sign[1]) if is_sign else None, _told(sums), inside, None if is_sign else max(place for place in range(stop) if any(records[place]))


def _told(sums: dict[str, list[str]]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    return tuple((column, tuple(texts)) for column, texts in sums.items() if texts)


def _end_of_records(records: Sequence[Sequence[str]]) -> int:
    """The place of the first of the notes at the end: rows without numbers that fill far fewer columns than the others."""
    widths = sorted(_filled(row) for row in records if any(row))
    typical = widths[len(widths) // 2] if widths else 0
    notes = len(records)
    for place in range(len(records) - 1, 0, -1):
        row = records[place]
        if not any(row):
            continue
        if 2 * _filled(row) >= typical or any(map(is_number, row)):
            break
        notes = place
    return notes


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
