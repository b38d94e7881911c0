"""The start of a mapping file: what can be seen in a delivery, written down for a clerk to correct."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher, get_close_matches
from pathlib import Path

import polars as pl

from pipelines.contracts import SOURCES, Source, column_metadata, contract_columns, required_columns
from pipelines.contracts.codes import funding_sources
from pipelines.mapping.values import date_format, parse_date
from pipelines.reading.tabular import read
from pipelines.shapes.table import SOURCE_ROW, Table

SAMPLE_ROWS = 5000
MOST_VALUES = 20
ALIKE = 0.8

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
    table = read(path)
    sample = table.frame.head(SAMPLE_ROWS).select(pl.exclude(SOURCE_ROW)).collect()
    names = contract_columns(contract)
    found = matches(table.columns, names)
    title = " ".join(path.name.split())
    return "\n".join(
        [
            f"# How {title} becomes rows of `{source}`: {contract.grain}.",
            f"# Save it beside the file as {title}.mapping.yml. Lines that begin with # say nothing to the machine.",
            "# Correct the rest, then try: techcoop check FILE",
            "",
            *_file_lines(table),
            *_number_lines(sample, contract, found),
            *_date_lines(sample, contract, found),
            "",
            *_column_lines(sample, contract, found),
            "",
            *_constant_lines(contract, found),
            "",
            *_rest_lines(table, found),
            "",
        ]
    )


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


def _file_lines(table: Table) -> Iterator[str]:
    yield "# The file was read like this; without these lines it is detected again each time."
    said = table.read_as
    if said.delimiter is not None:
        yield "delimiter: tab" if said.delimiter == "\t" else f'delimiter: "{said.delimiter}"'
    if said.encoding is not None:
        yield f"encoding: {said.encoding}"
    if said.sheet is not None:
        yield f"sheet: {_plain(str(said.sheet))}"
    if said.header_row is not None:
        yield f"header_row: {said.header_row}"
    for finding in table.findings[:5]:
        yield f"# {finding.severity} in row {finding.source_row}: {finding.rule}. {finding.remedy}"


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
    style, count = max(counts.items(), key=lambda item: item[1])
    if counts[",", " "]:
        style, count = (",", " "), counts[",", " "]
    if count:
        yield f"# {count} of {len(texts)} sampled numbers are written like this."
        yield f'numbers: {{decimal: "{style[0]}", thousands: "{style[1]}"}}'
        return
    doubtful = texts.filter(texts.str.contains(r"^\D*\d{1,3}[.,]\d{3}\D*$"))
    if len(doubtful):
        yield f"# Is {_plain(doubtful[0])} more or less than ten? It is refused until one of these lines says how numbers are written:"
        yield '# numbers: {decimal: ".", thousands: ","}'
        yield '# numbers: {decimal: ",", thousands: "."}'


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


def _codes(contract: Source, column: str) -> Sequence[str]:
    return funding_sources() if column == "funding_source" else column_metadata(contract, column)["codes"]


def _column_lines(sample: pl.DataFrame, contract: Source, found: dict[str, str]) -> Iterator[str]:
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
        if not strange:
            yield f"  {ours}: {_plain(theirs)}"
            continue
        yield f"  {ours}:"
        yield f"    from: {_plain(theirs)}"
        yield f"    # their value: one of {', '.join(listed)}"
        yield "    values:"
        codes = {_normal(code): code for code in listed}
        for value in strange[:MOST_VALUES]:
            near = codes.get(_normal(value)) or next((codes[word] for word in get_close_matches(_normal(value), codes, 1, ALIKE)), None)
            yield f"      {_plain(value)}: {near}" if near else f"      # {_plain(value)}: "
        if len(strange) > MOST_VALUES:
            yield f"      # … and {len(strange) - MOST_VALUES} more"
    missing = [name for name in required if name not in found]
    if missing:
        yield "  # Required, and not found among the columns of the delivery: name the column here, or give one text for all rows under constants."
    for name in missing:
        yield f"  # {name}:  # {column_metadata(contract, name)['description']}"


def _constant_lines(contract: Source, found: dict[str, str]) -> Iterator[str]:
    yield "# The same text in every row, where the delivery itself does not say it."
    yield "constants:"
    for name in (*(name for name in required_columns(contract) if name not in found), "record_basis", "source_symbol", "source_address"):
        if name not in found:
            metadata = column_metadata(contract, name)
            listed = _codes(contract, name)
            codes = f" One of {', '.join(listed)}." if listed else ""
            yield f"  # {name}: {metadata['default'] or ''}  # {metadata['description']}.{codes}"


def _rest_lines(table: Table, found: dict[str, str]) -> Iterator[str]:
    rest = [name for name in table.columns if name not in found.values()]
    if not rest:
        yield "# Every column of the delivery is used."
        return
    yield "# Columns that match nothing: use them above, or take away the # to say that nobody needs them."
    yield f"# ignore: [{', '.join(_plain(name) for name in rest)}]"
