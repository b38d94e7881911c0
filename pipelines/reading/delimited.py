"""Delimited text: CSV, TSV and their cousins with semicolons or bars, in any encoding.

A file that is provably regular (valid UTF-8, quotes only around whole fields, every record with as many fields as the header) is handed to
polars as it lies on the disk and stays lazy: nothing of it is kept in memory. The proof is needed because polars fills short records with
nulls without a word and stops at long ones. It costs about a nanosecond per byte: all bytes but delimiters and line ends are deleted, and what
remains must be one pattern, repeated.

A file that is not regular is read block by block: the irregular blocks record by record with Python's csv module, which tells the ragged rows,
the others by polars, each into a Parquet part in the scratch folder.

A quote that is opened and not closed swallows the lines behind it, up to the next stray quote or to the end of the file, and what it has swallowed
may well look like one cell. A quoted cell whose lines read like records is therefore suspected, and each of its lines is accounted for by itself.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path

import polars as pl

from pipelines.reading.headers import MOST_TITLES, header_names, joined_header, width_of_table
from pipelines.reading.parts import Parts
from pipelines.shapes.errors import UnreadableDelivery
from pipelines.shapes.table import SOURCE_ROW, Glance, ReadOptions, RowFinding, Table

DELIMITERS = (",", ";", "\t", "|")
BLOCK = 4 << 20
LONGEST_RECORD = 64 << 20
# So many rows above a header are looked at for what they say of the table.
MOST_TITLE_ROWS = 50
MARK = b"\x01"  # stands for a quoted text while a block is examined
# Where white space other than the space and line ends may be: tabs, and first bytes of U+0085, U+00A0, U+1680, U+2000 to U+205F and U+3000 in UTF-8.
BLANKS = b"\t\v\f\xc2\xe1\xe2\xe3"

# Three letters in a row and more: Western languages have at most two with accents.
_WORD_BEYOND_ASCII = re.compile(rb"[\xc0-\xff]{3,}")

csv.field_size_limit(LONGEST_RECORD)

BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


def read_delimited(path: Path, name: str, options: ReadOptions, scratch: Path) -> Table:
    """Reads one delimited file.

    Args:
        path: the file, not compressed.
        name: how to call it in messages.
        options: what the mapping says; the rest is detected.
        scratch: an existing folder of its own for what must be rewritten.

    Raises:
        UnreadableDelivery: empty, not text, not in the encoding it claims, or without a usable header.
    """
    utf8, encoding, findings = _as_utf8(path, name, options.encoding, scratch)
    header = _header(utf8, name, options)
    findings += header.findings
    blocks, proof = _regularity(utf8, header)
    if blocks != "regular" and options.every_row:
        # Where the table ends is told by rows that are empty or short: they must keep their places.
        blocks = "malformed"
    if blocks == "regular":
        frame = pl.scan_csv(
            utf8,
            separator=header.delimiter,
            has_header=False,
            skip_lines=header.lines,
            schema=dict.fromkeys(header.columns, pl.String),
            row_index_name=SOURCE_ROW,
            glob=False,
        ).with_columns(pl.col(SOURCE_ROW).cast(pl.Int64) + (header.row + 1))
        if proof.has_empty_quotes:
            frame = _without_empty_texts(frame, header.columns, every_row=options.every_row)
    else:
        parts = Parts(folder=scratch, columns=header.columns, every_row=options.every_row)
        if blocks == "ragged":
            _read_blocks(utf8, header, parts)
        else:
            _read_records(utf8, header, parts)
        frame = parts.frame()
        findings += parts.findings
    columns = header.columns[header.inside]
    if len(columns) < len(header.columns) and not options.every_row:
        frame = frame.filter(pl.any_horizontal(pl.col(columns).is_not_null()))
    return Table(
        frame=frame.select(SOURCE_ROW, *columns),
        columns=columns,
        findings=tuple(findings),
        header_row=header.row,
        only_spaces=blocks == "regular" and proof.only_spaces,
        read_as=replace(options, delimiter=header.delimiter, encoding=encoding, header_row=header.row),
        cells=header.cells,
        titles=header.titles,
    )


def first_rows(path: Path, name: str, scratch: Path, most: int) -> Glance:
    """The first rows as they stand, no header supposed.

    Raises:
        UnreadableDelivery: empty, or not text.
    """
    utf8, _, _ = _as_utf8(path, name, None, scratch)
    with utf8.open(encoding="utf-8-sig", newline="") as stream:
        sample = stream.read(1 << 16)
        stream.seek(0)
        delimiter = _likeliest_delimiter(sample, utf8.suffix)
        try:
            rows = [tuple(cell.strip() for cell in cells) for cells in islice(csv.reader(stream, delimiter=delimiter), most)]
        except csv.Error:
            rows = []
    return Glance(sheet=None, rows=tuple(rows), delimiter=delimiter)


def _likeliest_delimiter(sample: str, suffix: str) -> str:
    """The delimiter of most of the first records, which need not have the width of the first: a title may stand above them."""
    scores = {delimiter: sum(sorted(line.count(delimiter) for line in sample.splitlines()[:50])[-25:]) for delimiter in DELIMITERS}
    best = max(scores, key=lambda delimiter: (scores[delimiter], delimiter == "\t" and suffix == ".tsv"))
    return best if scores[best] else _detect_delimiter(sample, suffix, None)


# -- encoding


def _as_utf8(path: Path, name: str, stated: str | None, scratch: Path) -> tuple[Path, str, list[RowFinding]]:
    """The same text in UTF-8 (the file itself if it is), the encoding it had, and a warning where that had to be guessed."""
    with path.open("rb") as stream:
        head = stream.read(1 << 16)
    if not head:
        raise UnreadableDelivery("empty_file", f"{name} is empty (0 bytes).", "Deliver the file again, with at least its header row.")
    found = next((encoding for mark, encoding in BYTE_ORDER_MARKS if head.startswith(mark)), None) or _utf16_without_mark(head)
    encoding = stated or found
    if encoding is None or codecs.lookup(encoding).name in ("utf-8", "utf-8-sig"):
        bad = _first_invalid_utf8(path)
        if bad is None:
            return path, "utf-8", []
        line, piece = bad
        if b"\0" in piece and found is None:
            raise UnreadableDelivery(
                "not_text", f"{name} is not a text file: line {line} holds NUL bytes.", "Export the table again as CSV (UTF-8), or deliver it as XLSX."
            )
        if encoding is not None:
            raise UnreadableDelivery(
                "encoding",
                f"{name} is not in {encoding}: line {line} holds {piece!r}.",
                "Save it as UTF-8, or write the true `encoding` in its mapping (Western European Windows: windows-1252, Cyrillic Windows: windows-1251).",
            )
        guessed = "windows-1251" if _is_cyrillic(path) else "windows-1252"
        target = _transcode(path, name, guessed, scratch)
        return (
            target,
            guessed,
            [
                RowFinding(
                    source_row=line,
                    column_name=None,
                    rule="encoding",
                    severity="warning",
                    value=piece.decode(guessed, "replace"),
                    remedy=f"The file is not UTF-8 and was read as {guessed}. If letters look wrong, write the true `encoding` in its mapping.",
                )
            ],
        )
    return _transcode(path, name, encoding, scratch), encoding, []


def _is_cyrillic(path: Path) -> bool:
    """Whether the bytes beyond ASCII stand in whole words of Cyrillic Windows, small letters mostly; in Western languages such letters stand alone."""
    with path.open("rb") as stream:
        head = stream.read(1 << 20)
    beyond = len(head) - len(head.translate(None, bytes(range(0xC0, 0x100))))
    words = b"".join(_WORD_BEYOND_ASCII.findall(head))
    small = len(words) - len(words.translate(None, bytes(range(0xE0, 0x100))))
    return 10 * len(words) > 8 * beyond > 0 and 2 * small > len(words)


def _utf16_without_mark(head: bytes) -> str | None:
    even, odd = head[0:4096:2], head[1:4096:2]
    if len(odd) > 1 and odd.count(0) > 0.4 * len(odd) and even.count(0) < 0.1 * len(even):
        return "utf-16-le"
    if len(odd) > 1 and even.count(0) > 0.4 * len(even) and odd.count(0) < 0.1 * len(odd):
        return "utf-16-be"
    return None


def _first_invalid_utf8(path: Path) -> tuple[int, bytes] | None:
    """Line and surroundings of the first bytes that are not UTF-8 text (or are NUL); None where all is well."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    offset = 0
    with path.open("rb") as stream:
        while block := stream.read(BLOCK):
            place = block.find(0)
            pending = len(decoder.getstate()[0])
            if place < 0 and (pending or not block.isascii()):
                try:
                    decoder.decode(block)
                except UnicodeDecodeError as error:
                    place = max(error.start - pending, 0)
            if place >= 0:
                return _line_at(path, offset + place), block[max(place - 15, 0) : place + 15]
            offset += len(block)
    unfinished = decoder.getstate()[0]
    return (_line_at(path, offset - 1), unfinished) if unfinished else None


def _line_at(path: Path, offset: int) -> int:
    lines = 1
    with path.open("rb") as stream:
        while offset > 0 and (block := stream.read(min(BLOCK, offset))):
            lines += block.count(b"\n") or block.count(b"\r")  # old Macs end lines with a return alone
            offset -= len(block)
    return lines


def _transcode(path: Path, name: str, encoding: str, scratch: Path) -> Path:
    target = scratch / "utf8.csv"
    decoder = codecs.getincrementaldecoder(encoding)()
    lines = 1
    with path.open("rb") as stream, target.open("wb") as out:
        while True:
            block = stream.read(BLOCK)
            try:
                text = decoder.decode(block, final=not block)
            except UnicodeError as error:
                raise UnreadableDelivery(
                    "encoding",
                    f"{name} cannot be read as {encoding}: near line {lines}, {error}.",
                    "Save it as UTF-8, or write the true `encoding` in its mapping.",
                ) from error
            if "\0" in text:
                raise UnreadableDelivery(
                    "not_text", f"{name} holds NUL characters near line {lines}.", "Export the table again as CSV (UTF-8), or deliver it as XLSX."
                )
            lines += text.count("\n")
            out.write(text.encode())
            if not block:
                return target


# -- header


@dataclass(frozen=True, kw_only=True)
class _Header:
    delimiter: str
    row: int  # as a spreadsheet counts
    lines: int  # physical lines up to and including it
    has_bare_returns: bool  # whether one of them ends as on old Macs
    columns: tuple[str, ...]
    inside: slice  # which of the columns are the table's
    has_spaced_delimiters: bool = False  # `a, b, c`: each delimiter of the header is followed by a space
    findings: tuple[RowFinding, ...] = ()
    titles: tuple[str, ...] = ()
    cells: dict[str, str] = field(default_factory=dict)


def _header(utf8: Path, name: str, options: ReadOptions) -> _Header:
    with utf8.open(encoding="utf-8-sig", newline="") as stream:
        first = stream.readline(LONGEST_RECORD)
        # Excel's own way of naming the delimiter
        hint = first.strip("\r\n").casefold()
        named = hint[4:] if hint.startswith("sep=") and len(hint) == 5 else None
        stream.seek(0)
        sample = stream.read(1 << 16)
        delimiter = options.delimiter or named or _detect_delimiter(sample, utf8.suffix, options.header_row)
        stream.seek(0)
        reader = csv.reader(stream, delimiter=delimiter, strict=True)
        wanted = options.header_row
        above: dict[int, list[str]] = {}
        try:
            for row, cells in enumerate(reader, 1):
                if row <= MOST_TITLE_ROWS or row in options.upper_header_rows:
                    above[row] = cells
                if wanted is None and named is not None and row == 1:
                    continue
                if row == wanted or (wanted is None and any(cell.strip() for cell in cells)):
                    break
            else:
                if wanted is None:
                    raise UnreadableDelivery("empty_file", f"{name} holds nothing but empty lines.", "Deliver the file again, with at least its header row.")
                raise UnreadableDelivery("missing_header", f"{name} has no row {wanted}.", "Say with `header_row` which row holds the column names.")
        except csv.Error as error:
            raise UnreadableDelivery(
                "unreadable_header",
                f"{name}: the header near line {reader.line_num} cannot be read ({error}).",
                "Close every double quote, and say with `header_row` which row holds the column names.",
            ) from error
        lines = reader.line_num
        stream.seek(0)
        has_bare_returns = any(stream.readline(LONGEST_RECORD).endswith("\r") for _ in range(lines))
    if cells and cells[0].lstrip().casefold().startswith(("<!doctype", "<html", "<?xml")):
        raise UnreadableDelivery("not_a_table", f"{name} is a web page or XML, not a table.", "Deliver the table itself, as CSV or XLSX.")
    titles = [cell.strip() for one in range(1, row) if one not in options.upper_header_rows for cell in above.get(one, ()) if cell.strip()]
    columns, inside = _columns(cells, row, [above.get(one, []) for one in options.upper_header_rows], options.first_column, name)
    return _Header(
        delimiter=delimiter,
        row=row,
        lines=lines,
        has_bare_returns=has_bare_returns,
        columns=columns,
        inside=inside,
        has_spaced_delimiters=all(cell.startswith(" ") for cell in cells[1:]),
        titles=tuple(titles[:MOST_TITLES]),
        cells=_cells(utf8, delimiter, options.cells),
    )


def _columns(cells: list[str], row: int, uppers: list[list[str]], first: int | None, name: str) -> tuple[tuple[str, ...], slice]:
    """Names of all columns, and which of them are the table's; those beside it have names that no header has."""
    names = joined_header([*uppers, cells]) if uppers else cells
    if not any(cell.strip() for cell in names):
        raise UnreadableDelivery("missing_header", f"{name}: row {row} is empty.", "Say with `header_row` which row holds the column names.")
    if first is None:
        return header_names(names, row), slice(0, len(names))
    inside = slice(first, first + width_of_table(names, first))
    own = header_names(names[inside], row)
    beside = [f"\0{place}" for place in range(len(names))]
    return (*beside[:first], *own, *beside[inside.stop :]), inside


def _cells(utf8: Path, delimiter: str, wanted: Sequence[str]) -> dict[str, str]:
    """Texts of the wanted cells (`R2C1`); '' where there is none."""
    places = {cell: (int(cell[1 : cell.index("C")]), int(cell[cell.index("C") + 1 :])) for cell in wanted}
    found = dict.fromkeys(wanted, "")
    if not places:
        return found
    last = max(row for row, _ in places.values())
    with utf8.open(encoding="utf-8-sig", newline="") as stream:
        try:
            for number, cells in enumerate(csv.reader(stream, delimiter=delimiter), 1):
                found |= {cell: cells[column] for cell, (row, column) in places.items() if row == number and column < len(cells)}
                if number >= last:
                    break
        except csv.Error as error:
            raise UnreadableDelivery("unreadable_header", f"The cells that the mapping names cannot be read ({error}).", "Close every double quote.") from error
    return found


def _detect_delimiter(sample: str, suffix: str, header_row: int | None) -> str:
    """The delimiter under which most of the first records have as many fields (more than one) as the header; a tab first in a .tsv."""
    candidates = ("\t", ",", ";", "|") if suffix == ".tsv" else DELIMITERS
    best, best_score = candidates[0], (0.0, 0)
    lines = io.StringIO(sample, newline="")
    for candidate in candidates:
        lines.seek(0)
        widths: list[int] = []
        try:
            for number, cells in enumerate(csv.reader(lines, delimiter=candidate), 1):
                if number >= (header_row or 1) and any(cells):
                    widths.append(len(cells))
                if len(widths) == 50:
                    break
        except csv.Error:
            continue
        if len(widths) > 2 and len(sample) >= 1 << 16:
            widths.pop()  # the sample may end inside a record
        if widths and widths[0] > 1:
            score = (sum(width == widths[0] for width in widths) / len(widths), widths[0])
            if score > best_score:
                best, best_score = candidate, score
    return best


# -- regularity


def _blocks(utf8: Path, skip_lines: int) -> Iterator[bytes]:
    """The records after the header in blocks that end at the end of a record.

    A line end inside quotes ends no record: a cut is made where the number of quotes so far is even. The last block may lack its line end;
    a record that does not end within 64 MiB comes as one block with an odd number of quotes or without a line end.
    """
    with utf8.open("rb") as stream:
        for _ in range(skip_lines):
            stream.readline()
        kept = b""
        while block := stream.read(BLOCK):
            block = kept + block
            end = block.rfind(b"\n")
            if end >= 0 and b'"' in block and block.count(b'"', 0, end) % 2:
                end = block.rfind(b"\n", 0, block.rfind(b'"', 0, end))
            if end < 0 and len(block) > LONGEST_RECORD:
                end = len(block) - 1
            if end >= 0:
                yield block[: end + 1]
            kept = block[end + 1 :]
        if kept:
            yield kept


class _Lines:
    """Says of a quoted text of several lines whether these are records that a quote has swallowed.

    Lines are told by their delimiters: a record has as many as the header. In prose a delimiter is followed by a space, so that one which is does
    not count, unless the header is written so itself.
    """

    def __init__(self, header: _Header) -> None:
        self.delimiter = header.delimiter
        self.fewest = len(header.columns) - 1
        self.counts_spaced = header.has_spaced_delimiters

    def _is_record(self, line: str) -> bool:
        spaced = 0 if self.counts_spaced else line.count(f"{self.delimiter} ")
        return line.count(self.delimiter) - spaced == self.fewest

    def are_swallowed(self, lines: Sequence[str]) -> bool:
        """Whether the lines of one record, as they stand in the file, are several records.

        Of three and more, the lines between the first and the last decide, which are whole lines of the text; of two, both must be records.
        """
        if len(lines) < 2 or not self.fewest:
            return False
        inner = [line for line in lines[1:-1] if line.strip()]
        if not inner:
            return self._is_record(lines[0]) and self._is_record(lines[-1])
        return 2 * sum(map(self._is_record, inner)) > len(inner)


class _Proof:
    """Says of a block whether each of its records has exactly the expected number of fields.

    Attributes:
        has_empty_quotes: whether regular blocks held `""`, which may be an empty text or a quote in one.
        only_spaces: whether no cell of the regular blocks holds white space other than the space.
    """

    def __init__(self, header: _Header) -> None:
        self.lines = _Lines(header)
        self.delimiter = header.delimiter.encode()
        self.blanks = bytes(byte for byte in BLANKS if byte not in self.delimiter)
        self.others = bytes(byte for byte in range(256) if byte not in self.delimiter + b"\n" + self.blanks)
        self.fields = len(header.columns)
        self.record = self.delimiter * (self.fields - 1) + b"\n"
        self.pattern = b""
        self.has_empty_quotes = False
        self.only_spaces = True

    def outside_quotes(self, block: bytes) -> bytes | None:
        """The block with `MARK` in place of every quoted field; None where a quote stands anywhere but around a whole field."""
        if b'"' not in block:
            return None if MARK in block else block
        pieces = block.split(b'"')
        if len(pieces) % 2 == 0 or MARK in block:
            return None
        text = MARK.join(pieces[::2])
        while MARK + MARK in text:  # a doubled quote
            text = text.replace(MARK + MARK, MARK)
        marks = text.count(MARK)
        before = text.count(self.delimiter + MARK) + text.count(b"\n" + MARK) + text.startswith(MARK)
        after = text.count(MARK + self.delimiter) + text.count(MARK + b"\n") + text.count(MARK + b"\r\n") + text.endswith(MARK)
        return text if before == after == marks else None

    def judge(self, block: bytes) -> str:
        """`regular`, `ragged` (but cut rightly into records and fields) or `malformed`."""
        text = self.outside_quotes(block)
        if text is None or (b"\r" in text and text.count(b"\r") != text.count(b"\r\n")) or self.has_swallowed(block, text):
            return "malformed"
        if self.fields == 1:
            return "ragged"  # an empty line and an empty value look alike here
        kept = text.translate(None, self.others)
        structure = kept.translate(None, self.blanks)
        has_blanks = len(structure) < len(kept)
        if not text.endswith(b"\n"):
            structure += b"\n"
        records, rest = divmod(len(structure), self.fields)
        if len(self.pattern) < len(structure):
            self.pattern = self.record * records
        if rest or not self.pattern.startswith(structure) or self.has_empty_record(text):
            return "ragged"
        self.only_spaces = self.only_spaces and not has_blanks
        if b'"' in block:
            self.has_empty_quotes |= b'""' in block
            self.only_spaces = self.only_spaces and not self.has_blanks_in_quotes(block, records - (not text.endswith(b"\n")))
        return "regular"

    def has_swallowed(self, block: bytes, text: bytes) -> bool:
        """Whether a record of several lines is several records; a block without a line end in quotes is not looked at."""
        if self.fields == 1 or (block.count(b"\n") == text.count(b"\n") and block.count(b"\r") == text.count(b"\r")):
            return False
        lines = block.replace(b"\r\n", b"\n").replace(b"\r", b"\n").split(b"\n")
        opened = None
        for place, line in enumerate(lines):
            if b'"' not in line or not line.count(b'"') % 2:
                continue
            if opened is None:
                opened = place
                continue
            if self.lines.are_swallowed([one.decode() for one in lines[opened : place + 1]]):
                return True
            opened = None
        return False

    def has_blanks_in_quotes(self, block: bytes, line_ends: int) -> bool:
        """Whether a quoted text may hold white space other than the space; a line end in it is one more than end the records."""
        return any(bytes([blank]) in block for blank in BLANKS) or block.count(b"\n") != line_ends or block.count(b"\r") != block.count(b"\r\n")

    def has_empty_record(self, text: bytes) -> bool:
        """Whether a record is nothing but delimiters. Quoted texts count as filled here: `has_empty_quotes` says that some may not be."""
        empty = self.record[:-1]
        if text.startswith((self.record, empty + b"\r\n")) or text == empty:
            return True
        if b"\n" + empty not in text:
            return False
        return text.endswith(b"\n" + empty) or b"\n" + self.record in text or b"\n" + empty + b"\r\n" in text


def _regularity(utf8: Path, header: _Header) -> tuple[str, _Proof]:
    """The worst verdict on any block, and what else a regular file has shown of itself."""
    proof = _Proof(header)
    if header.has_bare_returns:
        return "malformed", proof
    verdict = "regular"
    for block in _blocks(utf8, header.lines):
        judged = proof.judge(block)
        if judged == "malformed":
            return judged, proof
        if judged == "ragged":
            verdict = judged
    return verdict, proof


def _without_empty_texts(frame: pl.LazyFrame, columns: tuple[str, ...], *, every_row: bool = False) -> pl.LazyFrame:
    """Polars keeps a quoted empty field as an empty text: here it is NULL, and a record of nothing else is none."""
    texts = pl.col(columns)
    frame = frame.with_columns(pl.when(texts != "").then(texts))
    return frame if every_row else frame.filter(pl.any_horizontal(texts.is_not_null()))


# -- the careful way


def _read_blocks(utf8: Path, header: _Header, parts: Parts) -> None:
    """Well quoted, but some records are ragged or empty: only the blocks that hold such records go through Python."""
    proof = _Proof(header)
    number = header.row
    for block in _blocks(utf8, header.lines):
        if proof.judge(block) == "regular":
            parts.flush()
            frame = pl.read_csv(
                block,
                separator=header.delimiter,
                has_header=False,
                schema=dict.fromkeys(header.columns, pl.String),
                row_index_name=SOURCE_ROW,
                row_index_offset=0,
            )
            height = frame.height
            frame = frame.with_columns(pl.col(SOURCE_ROW).cast(pl.Int64) + (number + 1))
            parts.write(_without_empty_texts(frame.lazy(), header.columns).collect())
            number += height
        else:
            for cells in csv.reader(io.StringIO(block.decode(), newline=""), delimiter=header.delimiter):
                number += 1
                parts.add(number, cells)


def _read_records(utf8: Path, header: _Header, parts: Parts) -> None:
    """Quotes or line ends are out of order: record by record, and of a quote that swallows lines each line is told by itself."""
    judged = _Lines(header)
    with utf8.open(encoding="utf-8-sig", newline="") as stream:
        for _ in range(header.lines):
            stream.readline()
        taken: list[str] = []
        reader = csv.reader(_keeping(stream, taken), delimiter=header.delimiter, strict=True)
        number = header.row
        while True:
            taken.clear()
            number += 1
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error:
                cells = None
            if cells is not None and not judged.are_swallowed(taken):
                parts.add(number, cells)
            elif len(taken) > 1:
                number = _tell_swallowed(parts, number, taken)
            else:
                parts.findings.append(
                    RowFinding(
                        source_row=number,
                        column_name=None,
                        rule="malformed_quote",
                        severity="error",
                        value=_shown(taken[0]),
                        remedy='Close every double quote, and double those that belong to the text itself ("the ""green"" bridge").',
                    )
                )


def _keeping(stream: Iterable[str], taken: list[str]) -> Iterator[str]:
    """The lines of a stream, each of which is noted when it is taken."""
    for line in stream:
        taken.append(line)
        yield line


def _shown(line: str) -> str:
    text = line.rstrip("\r\n")
    return text if len(text) <= 200 else text[:199] + "…"


def _tell_swallowed(parts: Parts, number: int, lines: Sequence[str]) -> int:
    """One finding for each line between a stray quote and the next one, and the number of the last; empty lines are no records."""
    remedy = (
        f"A double quote opened in row {number} is not closed in its line and takes {len(lines) - 1:,} more with it: close it, "
        "or double every quote that belongs to the text itself."
    )
    for place, line in enumerate(lines):
        if line.strip():
            shown = line.rstrip("\r\n")
            shown = shown if len(shown) <= 200 else shown[:199] + "…"
            parts.findings.append(RowFinding(source_row=number + place, column_name=None, rule="unclosed_quote", severity="error", value=shown, remedy=remedy))
    return number + len(lines) - 1
