"""The start of a mapping file: what can be seen in a delivery, written down for a clerk to correct."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher, get_close_matches
from pathlib import Path

import polars as pl

from pipelines.contracts import SOURCES, Source, column_metadata, contract_columns, required_columns
from pipelines.contracts.codes import funding_sources
from pipelines.contracts.place_names import known_names
from pipelines.mapping.shape import Shape, shape_of
from pipelines.mapping.values import NumberStyle, date_format, parse_date, parse_number
from pipelines.reading.tabular import read
from pipelines.shapes.table import SOURCE_ROW, ReadOptions, Table

SAMPLE_ROWS = 5000
MOST_VALUES = 20
ALIKE = 0.8
# What titles and headers say of all rows.
CURRENCIES_SAID = (
    (r"US\$|\bUSD\b|United States dollars?|US dollars?", "USD"),
    (r"€|\bEUR\b|\b[Ee]uros?\b", "EUR"),
    (r"\bCHF\b|Swiss francs?", "CHF"),
)
MEASURES_SAID = {
    "final appropriation": "final_appropriation",
    "revised appropriation": "revised_appropriation",
    "appropriation": "appropriation",
    "expenditure": "expenditure",
    "estimate": "estimate",
    "allotment": "allotment",
    "commitment": "commitment",
    "expense": "expense",
}
# How tables of the United Nations abbreviate sources of funds.
SHORT_FORMS = {
    "xb": "extrabudgetary",
    "rb": "regular_budget",
    "voluntary": "extrabudgetary",
    "assessed": "regular_budget",
    "da": "development_account",
    "trust funds": "trust_fund",
}
MOST_SOURCES = 5
# Between the entries of lists in one cell.
SEPARATORS = (";", ",", "/", " and ", " et ", " y ", " и ", "&", "\n")

# What deliverers call these columns, as normalised words.
OTHER_NAMES = {
    "entity": ("agency", "organization", "organisation", "department", "reporting entity"),
    "fiscal_year": ("year", "calendar year", "financial year", "budget year"),
    "amount": ("value", "amount usd", "total", "expenditure", "expenses"),
    "funding_source": ("source type", "source of funds", "funding type", "fund type"),
    "budget_section": ("section", "section id", "budget section"),
    "recipients": ("country", "countries", "beneficiary", "beneficiaries", "beneficiary countries", "recipient country"),
    "title": ("project title", "project name", "name"),
    "project_id": ("project", "project number", "project code", "project no"),
    "start_date": ("start", "date from", "from date", "begin"),
    "end_date": ("end", "date to", "to date"),
    "transaction_date": ("date", "posting date", "value date"),
    "subprogramme": ("division", "programme", "subprogram"),
    "fund_name": ("fund", "trust fund"),
}
DATE_GUESSES = ("DD.MM.YYYY", "DD/MM/YYYY", "MM/DD/YYYY", "DD-MM-YYYY", "D MMM YYYY", "D MMMM YYYY", "DD.MM.YY", "DD/MM/YY")


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
    long = _long(shape, table.columns)
    sample, columns = _made_long(sample, long) if long else (sample, table.columns)
    names = contract_columns(contract)
    found = _found(columns, names, long)
    title = " ".join(path.name.split())
    return "\n".join(
        [
            f"# How {title} becomes rows of `{source}`: {contract.grain}.",
            f"# Save it beside the file as {title}.mapping.yml. Lines that begin with # say nothing to the machine.",
            "# Correct the rest, then try: techcoop check FILE",
            "",
            *_file_lines(table, shape),
            *_row_lines(shape),
            *_long_lines(long),
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
    long = _long(shape, table.columns)
    columns = [name for name in table.columns if not long or name not in long.on] + ([long.variable, *long.groups, long.value] if long else [])
    lines = []
    for name, contract in SOURCES.items():
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


@dataclass(frozen=True, kw_only=True)
class Long:
    """The columns that a proposal makes rows of, and how the made columns are called.

    Attributes:
        on: the delivered columns, years each, perhaps with what stands above them.
        pattern: what their names match.
        variable: the column of the header's text.
        groups: columns of its parts, where it says two things.
        value: the column of the cell.
    """

    on: tuple[str, ...]
    pattern: str
    variable: str
    groups: tuple[str, ...]
    value: str


def _long(shape: Shape | None, columns: Sequence[str]) -> Long | None:
    on = tuple(name for name in shape.years if name in columns) if shape else ()
    if len(on) < 2:
        return None
    if all(" | " in name for name in on):
        return Long(on=on, pattern=r".+ \\| (?:FY ?)?\\d{4}.*", variable="head", groups=("group", "year"), value="value")
    return Long(on=on, pattern=r"(?:FY ?)?\\d{4}.*", variable="year", groups=(), value="value")


def _made_long(sample: pl.DataFrame, long: Long) -> tuple[pl.DataFrame, tuple[str, ...]]:
    rest = [name for name in sample.columns if name not in long.on]
    made = sample.unpivot(on=list(long.on), index=rest, variable_name=long.variable, value_name=long.value)
    if long.groups:
        parts = pl.col(long.variable).str.extract_groups(r"^(?<group>.+) \| (?<year>.+)$")
        made = made.with_columns(parts.struct.field("group"), parts.struct.field("year"))
    return made, (*rest, *long.groups, *([] if long.groups else [long.variable]), long.value)


def _found(columns: Sequence[str], names: Sequence[str], long: Long | None) -> dict[str, str]:
    """Contract column to delivered column; what rows are made of is a year and an amount, and what stands above the years perhaps a funding source."""
    if long is None:
        return matches(columns, names)
    made = {"fiscal_year": "year", "period": "year", "amount": long.value, "value": long.value}
    fixed = {ours: theirs for ours, theirs in made.items() if ours in names}
    if "amount" in fixed:
        fixed.pop("value", None)
    if "group" in long.groups and "funding_source" in names:
        fixed["funding_source"] = "group"
    others = matches([name for name in columns if name not in fixed.values()], [name for name in names if name not in fixed])
    both = fixed | others
    return {ours: both[ours] for ours in names if ours in both}


def _as_shaped(shape: Shape | None) -> ReadOptions:
    """How a file of this shape is read."""
    if shape is None or (shape.header_rows == (1,) and not shape.beside):
        return ReadOptions(sheet=shape.sheets[0] if shape and shape.sheets else None)
    return ReadOptions(
        sheet=shape.sheets[0] if shape.sheets else shape.sheet,
        header_row=shape.header_rows[-1],
        upper_header_rows=shape.header_rows[:-1],
        first_column=0 if shape.beside else None,
        every_row=True,
    )


def _records(table: Table, shape: Shape | None) -> pl.LazyFrame:
    """The rows that are records as far as can be seen: those above a total, less sums and empty rows."""
    frame = table.frame.filter(pl.any_horizontal(pl.col(name).is_not_null() for name in table.columns))
    if shape is None:
        return frame
    for column, is_end in ((shape.total[0] if shape.total else None, True), (shape.subtotals, False)):
        if column in table.columns:
            text = pl.col(column).fill_null("")
            pattern = re.escape(shape.total[1]) if is_end and shape.total else r"(?i)(sub-?\s?|grand )?totals?\b.*"
            broken = text.str.contains(rf"^(?:{pattern})$")
            frame = frame.filter(broken.cast(pl.Int32).cum_sum() == 0 if is_end else ~broken)
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


def _normal(name: str) -> str:
    return " ".join(re.findall(r"[^\W_]+", re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name).casefold()))


def _likeness(theirs: str, ours: str) -> float:
    """How much two names are alike, 0 to 1; what stands in brackets is mostly a unit."""
    without_unit = re.sub(r"\s*[(\[].*[)\]]\s*$", "", theirs)
    if without_unit and without_unit != theirs:
        return max(_likeness(without_unit, ours) - 0.01, 0)
    theirs, plain = _normal(theirs), _normal(ours)
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
        years = "|".join(re.escape(name) for name in shape.sheets)
        pattern = "20\\\\d\\\\d" if all(re.fullmatch(r"20\d\d", name) for name in shape.sheets) else years.replace("\\", "\\\\")
        yield f"# The sheets {', '.join(shape.sheets)} have the same columns: each that matches is read."
        yield f'sheet: {{matches: "{pattern}"}}'
    elif said.sheet is not None:
        yield f"sheet: {_plain(str(said.sheet))}"
    if said.upper_header_rows:
        yield "# The header stands in several rows: upper cells reach to the right, the texts are joined by ` | `."
        yield f"header_row: [{', '.join(map(str, (*said.upper_header_rows, said.header_row)))}]"
    elif said.header_row is not None and not (shape and (shape.sheets or shape.beside)):
        if said.header_row > 1:
            yield f"# The rows above row {said.header_row} are titles."
        yield f"header_row: {said.header_row}"
    for finding in [one for one in table.findings if one.rule != "ragged_row"][:5]:
        yield f"# {finding.severity} in row {finding.source_row}: {finding.rule}. {finding.remedy}"


def _row_lines(shape: Shape | None) -> Iterator[str]:
    """Tables side by side, where a table ends, which rows are sums, and which empty cells mean the value above."""
    if shape and shape.beside:
        yield "# Tables with the same columns stand side by side; say under each what its header does not, such as constants: {fiscal_year: 2022}."
        yield "tables:"
        yield from (f"  - {{cells_from: {cell}}}" for cell in shape.beside)
    if shape and shape.total:
        yield "# The table seems to end here: this row and what stands below it are no records."
        yield f"rows: {{until: {{{_plain(shape.total[0])}: {_plain(shape.total[1])}}}}}"
    if shape and shape.subtotals:
        yield "# These rows seem to be sums of others."
        yield f'filter: {{drop: {{{_plain(shape.subtotals)}: {{matches: "(?i)(sub-?|grand )?totals?.*"}}}}}}'
    if shape and shape.fill_down:
        yield "# Empty cells of these columns seem to mean the value above."
        yield f"fill_down: [{', '.join(_plain(name) for name in shape.fill_down)}]"


def _long_lines(long: Long | None) -> Iterator[str]:
    if long is None:
        return
    yield "# Years stand as columns: each of their cells becomes a row, `_source_column` says of which column."
    yield "unpivot:"
    yield f'  on: {{matches: "{long.pattern}"}}'
    yield f"  variable_name: {long.variable}"
    yield f"  value_name: {long.value}"
    if long.groups:
        yield '  variable: {pattern: "(?P<group>.+) \\\\| (?P<year>.+)"}'


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
    texts = _texts_of(sample, contract, found, ("date",))
    texts = texts.filter(texts.to_frame().select(parse_date(pl.col("text")).is_null()).to_series())
    if not len(texts):
        return
    fits = {words: int(texts.to_frame().select(parse_date(pl.col("text"), [date_format(words)]).is_not_null().sum()).item()) for words in DATE_GUESSES}
    most = max(fits.values())
    best = [words for words in DATE_GUESSES if fits[words] == most]
    if not most:
        yield f"# Dates such as {_plain(texts[0])} are not understood; write their format, for example:"
        yield "# dates: [DD.MM.YYYY]"
    elif len(best) == 1:
        yield f"# {most} of {len(texts)} sampled dates that are not ISO are written like this."
        yield f"dates: [{best[0]}]"
    else:
        yield f"# Dates such as {_plain(texts[0])} fit more than one format; keep the right line:"
        yield from (f"# dates: [{words}]" for words in best)


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
    if name == "fiscal_year" and shape:
        years = [(cell, text, found) for cell, text in shape.titles if (found := re.findall(r"\b(?:19|20)\d\d\b", text))]
        cell, text, found = next((one for one in years if len(one[2]) == 1), ("", "", []))
        if found:
            before, _, behind = text.partition(found[0])
            start, end = (".*" if part else "" for part in (before, behind))
            return f'{{cell: {cell}, pattern: "{start}(\\\\d{{4}}){end}"}}', text
    return "", ""


def _codes(contract: Source, column: str) -> Sequence[str]:
    return funding_sources() if column == "funding_source" else column_metadata(contract, column)["codes"]


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
        listed = _codes(contract, ours)
        values = sample[theirs].drop_nulls().str.strip_chars().unique().sort().to_list() if listed else []
        strange = [value for value in values if value not in listed]
        more = _scale_of(contract, ours, shape) or _list_of(sample, contract, ours, theirs)
        if more.startswith("scale"):
            yield f"  # '{shape.unit_said}' speaks of {shape.scale:,}s" if shape else "  # thousands"
        if not strange:
            yield f"  {ours}: {{from: {_quoted(theirs)}, {more}}}" if more else f"  {ours}: {_plain(theirs)}"
            continue
        yield f"  {ours}:"
        yield f"    from: {_plain(theirs)}"
        yield f"    # their value: one of {', '.join(listed)}"
        yield "    values:"
        codes = {_normal(code): code for code in listed}
        for value in strange[:MOST_VALUES]:
            near = (
                codes.get(_normal(value))
                or SHORT_FORMS.get(value.casefold() if ours == "funding_source" else "")
                or next((codes[word] for word in get_close_matches(_normal(value), codes, 1, ALIKE)), None)
            )
            yield f"      {_plain(value)}: {near}" if near else f"      # {_plain(value)}: "
        if len(strange) > MOST_VALUES:
            yield f"      # … and {len(strange) - MOST_VALUES} more"
    missing = [name for name in required if name not in found]
    if missing:
        yield "  # Required, and not found among the columns of the delivery: name the column here, or give one text for all rows under constants."
    for name in missing:
        yield f"  # {name}:  # {column_metadata(contract, name)['description']}"


def _constant_lines(path: Path, contract: Source, found: dict[str, str], shape: Shape | None, columns: Sequence[str]) -> Iterator[str]:
    yield "# The same text in every row, where the delivery itself does not say it."
    yield "constants:"
    if shape and shape.sheets and "fiscal_year" in contract_columns(contract) and "fiscal_year" not in found:
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
            listed = _codes(contract, name)
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
