"""The start of a mapping file: what can be seen in a delivery, written down for a clerk to correct."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from difflib import SequenceMatcher, get_close_matches
from functools import lru_cache
from pathlib import Path

import polars as pl

from pipelines import settings
from pipelines.contracts import SOURCES, Source, column_metadata, contract_columns, required_columns
from pipelines.contracts.names import Names
from pipelines.contracts.place_names import known_names
from pipelines.contracts.seeds import read_seed
from pipelines.mapping.heads import CODED, Long, codes_of, long_by_codes, long_by_years, year_of
from pipelines.mapping.shape import Shape, shape_of
from pipelines.mapping.values import NumberStyle, date_format, parse_date, parse_number
from pipelines.mapping.vocabulary import CURRENCIES_SAID, MEASURES_SAID, NOTHING_SAID, OTHER_NAMES, SEPARATORS, code_said, normal, without_unit
from pipelines.reading.tabular import read
from pipelines.shapes.table import SOURCE_ROW, ReadOptions, Table

SAMPLE_ROWS = 5000
MOST_VALUES = 20
ALIKE = 0.8
MOST_SOURCES = 5
# Formats between which a text alone may leave open which is meant stand together: at most one of them is proposed.
DATE_GUESSES = (
    ("DD.MM.YYYY",),
    ("DD/MM/YYYY", "MM/DD/YYYY"),
    ("DD-MM-YYYY", "MM-DD-YYYY"),
    ("D MMM YYYY", "D MMMM YYYY"),
    ("D-MMM-YYYY",),
    ("D-MMM-YY",),
    ("MMM D, YYYY", "MMMM D, YYYY"),
    ("YYYY/MM/DD",),
    ("DD.MM.YY",),
    ("DD/MM/YY", "MM/DD/YY"),
)


def start_of_mapping(path: Path, source: str, contract: Source | None = None) -> str:
    """The commented start of a mapping for a delivery of `source`, as YAML that loads as it is.

    Args:
        path: the delivery.
        source: name of its source.
        contract: the source's contract; looked up by name unless given.

    Raises:
        UnreadableDelivery: the file cannot be read.
        KeyError: no such source.
    """
    contract = contract or SOURCES[source]
    shape = shape_of(path)
    table = read(path, _as_shaped(shape))
    sample = _records(table, shape).head(SAMPLE_ROWS).select(pl.exclude(SOURCE_ROW)).collect()
    long = _long(shape, table.columns, contract)
    sample, columns = _made_long(sample, long) if long else (sample, table.columns)
    names = contract_columns(contract)
    found = _found(columns, names, long)
    title = " ".join(path.name.split())
    # Texts of the delivery may hold line breaks; in comments they would end the comment.
    return "\n".join(
        " ".join(line.splitlines())
        for line in [
            f"# How {title} becomes rows of `{source}`: {contract.grain}.",
            f"# Save it beside the file as {title}.mapping.yml. Lines that begin with # say nothing to the machine.",
            "# Correct the rest, then try: techcoop check FILE",
            "",
            *_file_lines(table, shape),
            *_row_lines(shape, [str(one.column_name) for one in table.findings if one.rule == "merged_cells"], contract, found),
            *_long_lines(long),
            *_missing_lines(sample, contract, found),
            *_number_lines(sample, contract, found),
            *_date_lines(sample, contract, found),
            "",
            *_column_lines(sample, contract, found, shape),
            *_key_lines(sample, contract, found),
            "",
            *_constant_lines(path, contract, found, shape, table.columns),
            "",
            *_rest_lines(columns, found, long),
            "",
        ]
    )


def likely_sources(path: Path) -> str:
    """Which sources the columns of a file fit, the best first, with the reason; for whoever does not know.

    Raises:
        UnreadableDelivery: the file cannot be read.
    """
    shape = shape_of(path)
    table = read(path, _as_shaped(shape))
    lines = []
    for name, contract in SOURCES.items():
        long = _long(shape, table.columns, contract)
        columns = [one for one in table.columns if not long or one not in long.on] + (list(long.made) if long else [])
        required = required_columns(contract)
        found = _found(columns, contract_columns(contract), long)
        met = [column for column in required if column in found]
        if found:
            missing = [column for column in required if column not in found]
            told = f"{', '.join(f'{ours} ({theirs})' for ours, theirs in found.items())}; of its required columns {len(met)} of {len(required)}"
            lines.append((len(found) + len(met) - len(missing) / 2, f"{name}: {told}" + (f", without {', '.join(missing)}" if missing else "")))
    best = [told for _, told in sorted(lines, key=lambda line: -line[0])[:MOST_SOURCES]]
    if not best:
        return f"No source has columns like those of {path.name}: {', '.join(table.columns)}. Say which it is with --source NAME.\n"
    heading = f"Sources whose columns are like those of {path.name}, the likeliest first; write a mapping with --source NAME:"
    return "\n".join([heading, *(f"  {line}" for line in best), ""])


def _long(shape: Shape | None, columns: Sequence[str], contract: Source) -> Long | None:
    """How rows are made of columns that name years, or else codes of the contract; None where there are no such columns."""
    if shape is None:
        return None
    return long_by_years(shape.years, columns, contract) or long_by_codes(columns, [name for name in shape.figures if name in columns], contract)


def _made_long(sample: pl.DataFrame, long: Long) -> tuple[pl.DataFrame, tuple[str, ...]]:
    rest = [name for name in sample.columns if name not in long.on]
    made = sample.unpivot(on=list(long.on), index=rest, variable_name=long.variable, value_name=long.value)
    if long.groups:
        parts = {name: long.parts(name) for name in long.on}
        made = made.with_columns(
            pl.col(long.variable).replace_strict({name: said[group] for name, said in parts.items()}, return_dtype=pl.String).alias(group)
            for group in long.groups
        )
    return made, (*rest, *long.made)


def _found(columns: Sequence[str], names: Sequence[str], long: Long | None) -> dict[str, str]:
    """Contract column to delivered column; what rows are made of fills the columns that it speaks of."""
    fixed = {ours: theirs for ours, theirs in long.roles if ours in names} if long else {}
    made = set(long.made) if long else set()
    others = matches([name for name in columns if name not in made], [name for name in names if name not in fixed])
    both = fixed | others
    return {ours: both[ours] for ours in names if ours in both}


def _as_shaped(shape: Shape | None) -> ReadOptions:
    """How a file of this shape is read."""
    if shape is None or (shape.header_rows == (1,) and shape.is_plain):
        return ReadOptions(sheet=shape.sheets[0] if shape and shape.sheets else None)
    return ReadOptions(
        sheet=shape.sheets[0] if shape.sheets else shape.sheet,
        header_row=shape.header_rows[-1],
        upper_header_rows=shape.header_rows[:-1],
        first_column=_column_of(shape.beside[0] if shape.beside else shape.asides[0][0]) if shape.beside or shape.asides else None,
        every_row=True,
        delimiter=shape.delimiter,
    )


def _column_of(cell: str) -> int:
    """The column of a cell such as C5, from 0."""
    place = 0
    for letter in cell.rstrip("0123456789"):
        place = 26 * place + ord(letter) - 64
    return place - 1


def _records(table: Table, shape: Shape | None) -> pl.LazyFrame:
    """The rows that are records as far as can be seen: those within the table, less sums and empty rows."""
    frame = table.frame.filter(pl.any_horizontal(pl.col(name).is_not_null() for name in table.columns))
    if shape is None:
        return frame
    last = shape.stacked[0].last_row if shape.stacked else shape.last_row
    if last is not None:
        frame = frame.filter(pl.col(SOURCE_ROW) <= last)
    if shape.first_row is not None:
        frame = frame.filter(pl.col(SOURCE_ROW) >= shape.first_row)
    if shape.total and shape.total[0] in table.columns:
        frame = frame.filter((pl.col(shape.total[0]).fill_null("") == shape.total[1]).cast(pl.Int32).cum_sum() == 0)
    for column, texts in shape.sums:
        if column in table.columns:
            frame = frame.filter(~pl.col(column).fill_null("").is_in(texts))
    return frame


def matches(delivered: Sequence[str], contract: Sequence[str]) -> dict[str, str]:
    """Contract column to the delivered column that is most likely meant; each delivered column at most once."""
    scored = sorted(
        ((_likeness(theirs, ours), -place, -order, ours, theirs) for place, ours in enumerate(contract) for order, theirs in enumerate(delivered)), reverse=True
    )
    found: dict[str, str] = {}
    for score, _, _, ours, theirs in scored:
        if score >= ALIKE and ours not in found and theirs not in found.values():
            found[ours] = theirs
    return {ours: found[ours] for ours in contract if ours in found}


def _likeness(theirs: str, ours: str) -> float:
    """How much two names are alike, 0 to 1; what stands in brackets is mostly a unit."""
    if without_unit(theirs) != theirs:
        return max(_likeness(without_unit(theirs), ours) - 0.01, 0)
    theirs, plain = normal(theirs), normal(ours)
    if theirs == plain:
        return 1.0
    if theirs in OTHER_NAMES.get(ours, ()):
        return 0.95 - 0.01 * OTHER_NAMES[ours].index(theirs)
    return 0.9 * SequenceMatcher(None, theirs, plain).ratio()


def _plain(text: str) -> str:
    """A text as YAML, in quotes only where it needs them."""
    if re.fullmatch(r"[^\W_][\w /%.()-]*", text) and text == text.strip():
        return text
    return json.dumps(text, ensure_ascii=False)


def _quoted(text: str) -> str:
    """A text within braces, where commas and brackets would end it."""
    return text if re.fullmatch(r"[^\W_][\w .-]*", text) and text == text.strip() else json.dumps(text, ensure_ascii=False)


def _file_lines(table: Table, shape: Shape | None) -> Iterator[str]:
    yield "# The file was read like this; without these lines it is detected again each time."
    said = table.read_as
    if said.delimiter is not None:
        yield "delimiter: tab" if said.delimiter == "\t" else f'delimiter: "{said.delimiter}"'
    if said.encoding is not None:
        yield f"encoding: {said.encoding}"
    if shape and shape.sheets:
        names = "|".join(re.escape(name).replace(r"\ ", " ") for name in shape.sheets)
        pattern = r"20\d\d" if all(re.fullmatch(r"20\d\d", name) for name in shape.sheets) else names
        yield f"# The sheets {', '.join(shape.sheets)} have the same columns: each that matches is read; take out what repeats or sums the others."
        yield f"sheet: {{matches: {json.dumps(pattern, ensure_ascii=False)}}}"
    elif said.sheet is not None:
        yield f"sheet: {_plain(str(said.sheet))}"
    if said.upper_header_rows:
        yield "# The header stands in several rows: upper cells reach to the right, the texts are joined by ` | `."
        yield f"header_row: [{', '.join(map(str, (*said.upper_header_rows, said.header_row)))}]"
    elif said.header_row is not None and not (shape and (shape.beside or shape.asides or shape.stacked or (shape.sheets and said.header_row == 1))):
        if said.header_row > 1:
            yield f"# The rows above row {said.header_row} are titles."
        yield f"header_row: {said.header_row}"
    for finding in [one for one in table.findings if one.rule not in ("ragged_row", "merged_cells")][:5]:
        yield f"# {finding.severity} in row {finding.source_row}: {finding.rule}. {finding.remedy}"


def _row_lines(shape: Shape | None, merged: Sequence[str], contract: Source, found: dict[str, str]) -> Iterator[str]:
    """Several tables on a sheet, where a table begins and ends, which rows are sums, and which empty cells mean the value above."""
    if shape is None:
        return
    if shape.beside:
        yield "# Tables with the same columns stand side by side; say under each what its header does not, such as constants: {fiscal_year: 2022}."
        yield "tables:"
        yield from (f"  - {{cells_from: {cell}}}" for cell in shape.beside)
    for cell, columns in shape.asides[1:]:
        told = f"at {cell} ({', '.join(columns)})"
        yield f"# Another table stands beside this one, {told}: if it is to be read, say both under `tables`, each with its `cells_from`."
    if shape.asides:
        yield f"cells_from: {shape.asides[0][0]}"
    yield from _stacked_lines(shape, contract, found)
    if shape.below:
        named = ", ".join(shape.below[1])
        yield f"# In row {shape.below[0]} another table seems to begin ({named}): if it is to be read, say both under `tables`, each with its `header_row`."
    yield from _limit_lines(shape)
    if shape.sums:
        yield "# These rows seem to be sums of others."
        yield f"filter: {{drop: [{', '.join(_drop_of(column, texts) for column, texts in shape.sums)}]}}"
    fill_down = [name for name in shape.columns if name in shape.fill_down or name in merged]
    if fill_down:
        yield "# Empty cells of these columns seem to mean the value above."
        yield f"fill_down: [{', '.join(_quoted(name) for name in fill_down)}]"


def _limit_lines(shape: Shape) -> Iterator[str]:
    """Between which rows the records stand."""
    limits = []
    if shape.first_row is not None:
        yield f"# The records begin in row {shape.first_row}: what stands between them and the header explains the columns."
        limits.append(f"from: {shape.first_row}")
    if shape.total and not shape.stacked:
        yield "# The table seems to end here: this row and what stands below it are no records."
        limits.append(f"until: {{{_quoted(shape.total[0])}: {_quoted(shape.total[1])}}}")
    if shape.last_row is not None:
        yield f"# The last record seems to stand in row {shape.last_row}: correct this where the next delivery has more rows."
        limits.append(f"to: {shape.last_row}")
    if limits:
        yield f"rows: {{{', '.join(limits)}}}"


def _drop_of(column: str, texts: Sequence[str]) -> str:
    usual = r"(?i)(sub-?|grand )?totals?.*"
    if all(re.fullmatch(usual, text) for text in texts):
        return f'{{{_quoted(column)}: {{matches: "{usual}"}}}}'
    return f"{{{_quoted(column)}: [{', '.join(_quoted(text) for text in texts)}]}}"


def _stacked_lines(shape: Shape, contract: Source, found: dict[str, str]) -> Iterator[str]:
    """An entry for each of the tables that stand one under the other, with what its title says."""
    if not shape.stacked:
        return
    yield "# Tables with the same columns stand one under the other; say under each what its title does, such as constants: {fiscal_year: 2022}."
    yield "tables:"
    for place, block in enumerate(shape.stacked):
        title = shape.titles[-1] if place == 0 and shape.titles else block.title
        first = next((name for name in shape.columns if name), "")
        rows = f"until: {{{_quoted(first)}: {_quoted(block.total)}}}" if block.total else f"to: {block.last_row}"
        said = _said_by_title(title, contract, found)
        constants = f", constants: {{{', '.join(f'{name}: {value}' for name, value in said.items())}}}" if said else ""
        if title[1]:
            yield f"  # {' '.join(title[1].split())}"
        yield f"  - {{header_row: {block.header_row}, rows: {{{rows}}}{constants}}}"


def _said_by_title(title: tuple[str, str], contract: Source, found: dict[str, str]) -> dict[str, str]:
    """What the title of one table says of its rows and its columns do not: the year, and codes."""
    said = {}
    words = normal(title[1]).split()
    for name in CODED:
        if name in contract_columns(contract) and name not in found:
            phrases = (" ".join(words[start:end]) for length in (4, 3, 2, 1) for start in range(len(words)) if (end := start + length) <= len(words))
            code = next((code for phrase in phrases if (code := code_said(phrase, name, codes_of(contract, name)))), None)
            if code:
                said[name] = code
    year = year_of(title[1])
    if year and "fiscal_year" in contract_columns(contract) and "fiscal_year" not in found:
        said["fiscal_year"] = f'"{year}"'
    return said


def _long_lines(long: Long | None) -> Iterator[str]:
    if long is None:
        return
    yield f"# {long.said} stand as columns: each of their cells becomes a row, `_source_column` says of which column."
    yield "unpivot:"
    on = json.dumps(long.matched, ensure_ascii=False) if long.matched else ""
    yield f"  on: {{matches: {on}}}" if on else f"  on: [{', '.join(_quoted(name) for name in long.on)}]"
    yield f"  variable_name: {long.variable}"
    yield f"  value_name: {long.value}"
    if long.pattern:
        yield f"  variable: {{pattern: {json.dumps(long.pattern, ensure_ascii=False)}}}"


def _missing_lines(sample: pl.DataFrame, contract: Source, found: dict[str, str]) -> Iterator[str]:
    """Words that stand for nothing in columns of numbers and dates."""
    texts = set(_texts_of(sample, contract, found, ("money", "number", "rate", "date")).unique())
    words = [word for word in NOTHING_SAID if word in texts]
    if words:
        yield "# These stand where there is no value."
        yield f"missing: [{', '.join(json.dumps(word, ensure_ascii=False) for word in words)}]"


def _texts_of(sample: pl.DataFrame, contract: Source, found: dict[str, str], kinds: Sequence[str]) -> pl.Series:
    """All sampled texts of the matched columns of some kinds."""
    columns = [theirs for ours, theirs in found.items() if column_metadata(contract, ours)["kind"] in kinds]
    return pl.concat([pl.Series("text", [], dtype=pl.String), *(sample[column].rename("text") for column in columns)]).drop_nulls().str.strip_chars()


def _number_lines(sample: pl.DataFrame, contract: Source, found: dict[str, str]) -> Iterator[str]:
    """The style that the texts prove; where they only hint at one, a question."""
    texts = _texts_of(sample, contract, found, ("money", "number", "rate"))
    spaces = "[ \u00a0\u2009\u202f]"
    proofs = {
        (",", "."): r"\d\.\d{3},\d|\d\.\d{3}\.\d{3}|^\D*\d+,(\d{1,2}|\d{4,})\D*$",
        (".", ","): r"\d,\d{3}\.\d|\d,\d{3},\d{3}",
        (",", " "): rf"\d{spaces}\d{{3}},\d",
        (".", " "): rf"\d{spaces}\d{{3}}(\.\d|{spaces}\d{{3}}|$)",
        (".", "'"): r"\d['’]\d{3}",
    }
    counts = {style: int(texts.str.contains(pattern).sum()) for style, pattern in proofs.items()}
    for decimal, thousands in ((".", ","), (",", ".")):
        # Each alone could mean two things; together they do not: 1,234 beside 10.50.
        groups = int(texts.str.contains(rf"\d{re.escape(thousands)}\d{{3}}(\D|$)").sum())
        if groups and texts.str.contains(rf"\d{re.escape(decimal)}\d{{1,2}}\D*$").any():
            counts[decimal, thousands] = max(counts[decimal, thousands], groups)
    style, count = max(counts.items(), key=lambda item: item[1])
    if counts[",", " "]:
        style, count = (",", " "), counts[",", " "]
    marks = _marks(texts, NumberStyle(decimal=style[0], thousands=style[1]) if count else NumberStyle())
    more = "".join(f", {mark}: true" for mark in marks)
    if count:
        yield f"# {count} of {len(texts)} sampled numbers are written like this."
        yield f'numbers: {{decimal: "{style[0]}", thousands: "{style[1]}"{more}}}'
        return
    if marks:
        yield "# Signs of currencies, footnotes or percent stand beside numbers."
        yield f'numbers: {{decimal: "."{more}}}'
        return
    doubtful = texts.filter(texts.str.contains(r"^\D*\d{1,3}[.,]\d{3}\D*$"))
    if len(doubtful):
        yield f"# Is {_plain(doubtful[0])} more or less than ten? It is refused until one of these lines says how numbers are written:"
        yield '# numbers: {decimal: ".", thousands: ","}'
        yield '# numbers: {decimal: ",", thousands: "."}'


def _marks(texts: pl.Series, style: NumberStyle) -> list[str]:
    """Words of what stands beside numbers and makes them unreadable as long as nothing is said of it."""
    frame = texts.to_frame("text")
    unread = frame.filter(parse_number(pl.col("text"), style).is_null())["text"]
    found: list[str] = []
    for mark in ("currency_signs", "footnotes", "percent"):
        read = {*found, mark}
        with_mark = replace(style, currency_signs="currency_signs" in read, footnotes="footnotes" in read, percent="percent" in read)
        still = unread.to_frame().filter(parse_number(pl.col("text"), with_mark).is_null())["text"]
        if len(still) < len(unread):
            found.append(mark)
            unread = still
    return found


def _date_lines(sample: pl.DataFrame, contract: Source, found: dict[str, str]) -> Iterator[str]:
    """The formats that the texts prove, as few as read them all; where a text fits several, a question."""
    texts = _texts_of(sample, contract, found, ("date",)).to_frame("text").unique(maintain_order=True)
    texts = texts.filter(parse_date(pl.col("text")).is_null() & ~pl.col("text").is_in(NOTHING_SAID))
    if not len(texts):
        return
    first_day = pl.date(1900, 1, 1)
    chosen: list[str] = []
    doubtful: tuple[str, ...] = ()
    rest = texts
    for family in DATE_GUESSES:
        fits = {words: rest.filter(parse_date(pl.col("text"), [date_format(words)]) >= first_day) for words in family}
        best = max(len(read) for read in fits.values())
        if not best:
            continue
        likeliest = [words for words in family if len(fits[words]) == best]
        meant = {words: tuple(rest.select(parse_date(pl.col("text"), [date_format(words)])).to_series()) for words in likeliest}
        if len(set(meant.values())) > 1:
            doubtful = doubtful or tuple(likeliest)
        else:
            chosen.append(likeliest[0])
        rest = rest.join(fits[likeliest[0]], on="text", how="anti", maintain_order="left")
    if len(rest):
        yield f"# Dates such as {_plain(rest['text'][0])} are not understood; correct them, or write their format, for example:"
        yield "# dates: [DD.MM.YYYY]"
    if doubtful:
        yield f"# Dates such as {_plain(texts['text'][0])} fit more than one format; keep the right line:"
        yield from (f"# dates: {_listed([*chosen, words])}" for words in doubtful)
    elif chosen:
        yield f"# {len(texts) - len(rest)} of {len(texts)} different sampled dates that are not ISO are written like this."
        yield f"dates: {_listed(chosen)}"


def _listed(formats: Sequence[str]) -> str:
    """Formats of dates as YAML; one with a comma needs quotation marks."""
    return f"[{', '.join(json.dumps(words) if ',' in words else words for words in formats)}]"


def _said_of_all(path: Path, shape: Shape | None, columns: Sequence[str], name: str) -> tuple[str, str]:
    """What titles and header say of a column that is the same in every row: its YAML, and the text that says so."""
    texts = [*columns, *(text for _, text in shape.titles)] if shape else list(columns)
    if name == "book":
        words = re.sub(r"[^a-z0-9]+", "_", path.name.partition(".")[0].casefold()).strip("_")
        return words or "delivery", f"{path.name}: nothing is ever added across books; programme_budget, financial_statements, …, or a word of your own"
    if name == "currency":
        return next(((code, text) for text in texts for pattern, code in CURRENCIES_SAID if re.search(pattern, text)), ("", ""))
    if name == "measure":
        return next(((code, text) for text in texts for word, code in MEASURES_SAID.items() if word in text.casefold()), ("", ""))
    if name == "entity" and shape:
        if shape.sheets and all(_entity_of(sheet) for sheet in shape.sheets):
            return "{sheet_name: true}", ", ".join(shape.sheets)
        return next(((code, text) for text in texts[len(columns) :] if (code := _entity_of(text))), ("", ""))
    if name == "fiscal_year" and shape:
        years = [(cell, text, found) for cell, text in shape.titles if (found := re.findall(r"\b(?:19|20)\d\d\b", text))]
        cell, text, found = next((one for one in years if len(one[2]) == 1), ("", "", []))
        if found:
            before, _, behind = text.partition(found[0])
            start, end = (".*" if part else "" for part in (before, behind))
            return f'{{cell: {cell}, pattern: "{start}(\\\\d{{4}}){end}"}}', text
    return "", ""


@lru_cache
def _entities() -> Names:
    named = [(row["name"], row["entity"]) for seed in ("entities", "entity_names") for row in read_seed(settings.SEEDS, seed)]
    return Names([*named, *((row["entity"], row["entity"]) for row in read_seed(settings.SEEDS, "entities"))])


def _entity_of(text: str) -> str:
    """The code of the one entity whose name or code a text is; empty if it is none."""
    codes = _entities().codes(text)
    return codes[0] if len(codes) == 1 else ""


def _scale_of(contract: Source, ours: str, shape: Shape | None) -> str:
    """The scale of a column of money, where the file speaks of thousands or millions; else nothing."""
    return f"scale: {shape.scale}" if shape and shape.scale and column_metadata(contract, ours)["kind"] == "money" else ""


def _list_of(sample: pl.DataFrame, contract: Source, ours: str, theirs: str) -> str:
    """The separators of a list, where the texts of a column hold any."""
    if column_metadata(contract, ours)["kind"] != "split":
        return ""
    texts = [text for text in sample[theirs].drop_nulls().unique().to_list() if "|" not in text and text.casefold().strip() not in known_names()]
    met = [separator for separator in SEPARATORS if any(separator in text for text in texts)]
    return f"list: [{', '.join(json.dumps(separator) for separator in met)}]" if met else ""


def _key_lines(sample: pl.DataFrame, contract: Source, found: dict[str, str]) -> Iterator[str]:
    """A column that could be the key, where the delivery has none of that name."""
    if len(contract.key) != 1 or contract.key[0] in found or not len(sample):
        return
    unique = [name for name in sample.columns if name not in found.values() and sample[name].null_count() == 0 and sample[name].is_unique().all()]
    if unique:
        yield f"  # The values of {_plain(unique[0])} are all different, so that it may be the key:"
        yield f"  {contract.key[0]}: {_plain(unique[0])}"
    elif sample.columns:
        yield "  # No column has a value of its own in each row; the rows can be numbered, as long as the file stays as it is:"
        yield f"  # {contract.key[0]}: {{from: {_plain(sample.columns[0])}, numbered: true}}"


def _column_lines(sample: pl.DataFrame, contract: Source, found: dict[str, str], shape: Shape | None) -> Iterator[str]:
    required = required_columns(contract)
    yield "# contract column: column of the delivery"
    yield "columns:"
    for ours, theirs in found.items():
        metadata = column_metadata(contract, ours)
        need = "required; " if ours in required else ""
        yield f"  # {need}{metadata['description']}"
        listed = codes_of(contract, ours)
        values = sample[theirs].drop_nulls().str.strip_chars().unique().sort().to_list() if listed else []
        strange = [value for value in values if value not in listed]
        in_headers = theirs in ("head", "group")
        more = _scale_of(contract, ours, shape) or _list_of(sample, contract, ours, theirs)
        if any(re.fullmatch(r"(?:19|20)\d\d[-–]\d\d", str(value)) for value in sample[theirs].unique()) and metadata["kind"] == "fiscal_year":
            yield from _short_period_lines(ours, theirs)
            continue
        if more.startswith("scale"):
            yield f"  # '{shape.unit_said}' speaks of {shape.scale:,}s" if shape else "  # thousands"
        if not strange:
            yield f"  {ours}: {{from: {_quoted(theirs)}, {more}}}" if more else f"  {ours}: {_plain(theirs)}"
            continue
        yield f"  {ours}:"
        yield f"    from: {_plain(theirs)}"
        yield f"    # their value: one of {', '.join(listed)}"
        yield "    values:"
        codes = {normal(code): code for code in listed}
        for value in strange[:MOST_VALUES]:
            near = code_said(value, ours, listed, inside=in_headers) or next((codes[word] for word in get_close_matches(normal(value), codes, 1, ALIKE)), None)
            yield f"      {_plain(value)}: {near}" if near else f"      # {_plain(value)}: "
        if len(strange) > MOST_VALUES:
            yield f"      # … and {len(strange) - MOST_VALUES} more"
    missing = [name for name in required if name not in found]
    if missing:
        yield "  # Required, and not found among the columns of the delivery: name the column here, or give one text for all rows under constants."
    for name in missing:
        yield f"  # {name}:  # {column_metadata(contract, name)['description']}"


def _short_period_lines(ours: str, theirs: str) -> Iterator[str]:
    """The question that `2018-19` asks: documents of the United Nations write biennia so in some editions and financial years in others."""
    yield "  # Is 2018-19 the biennium 2018-2019 or the year from July 2018 to June 2019? It is refused until one of these lines says so:"
    for separator in ("-", "/"):
        pattern = json.dumps(r"^(\d\d)(\d\d)[-–](\d\d)$")
        yield f'  # {ours}: {{from: {_quoted(theirs)}, replace: [[{pattern}, "${{1}}${{2}}{separator}${{1}}${{3}}"]]}}'


def _constant_lines(path: Path, contract: Source, found: dict[str, str], shape: Shape | None, columns: Sequence[str]) -> Iterator[str]:
    yield "# The same text in every row, where the delivery itself does not say it."
    yield "constants:"
    if shape and shape.sheets and "fiscal_year" in contract_columns(contract) and "fiscal_year" not in found and all(map(year_of, shape.sheets)):
        whole = all(re.fullmatch(r"\d{4}", name) for name in shape.sheets)
        yield "  # the year stands in the sheet's name"
        yield "  fiscal_year: {sheet_name: true}" if whole else '  fiscal_year: {sheet_name: ".*((?:19|20)\\\\d\\\\d).*"}'
        found = {**found, "fiscal_year": ""}
    for name in (*(name for name in required_columns(contract) if name not in found), "record_basis", "source_symbol", "source_address"):
        proposed, text = _said_of_all(path, shape, columns, name) if name not in found else ("", "")
        if proposed:
            yield f"  # {text}" if name == "book" else f"  # '{text}' seems to say so"
            yield f"  {name}: {proposed}"
        elif name not in found:
            metadata = column_metadata(contract, name)
            listed = codes_of(contract, name)
            codes = f" One of {', '.join(listed)}." if listed else ""
            yield f"  # {name}: {metadata['default'] or ''}  # {metadata['description']}.{codes}"


def _rest_lines(columns: Sequence[str], found: dict[str, str], long: Long | None) -> Iterator[str]:
    made = {long.variable, long.value, *long.groups} if long else set()
    rest = [name for name in columns if name not in found.values() and name not in made]
    if not rest:
        yield "# Every column of the delivery is used."
        return
    yield "# Columns that match nothing: use them above, or take away the # to say that nobody needs them."
    yield f"# ignore: [{', '.join(_plain(name) for name in rest)}]"
