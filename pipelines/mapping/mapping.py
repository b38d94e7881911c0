"""Mapping files: how a delivery's own columns become the contract's, written by the clerk who knows the delivery.

`<file>.mapping.yml` beside a delivery, or `_mapping.yml` for its folder. Everything in it is text (`23` is not a number, `NO` is Norway), and
column names are those of the delivered header with white space trimmed. Its words:

    delimiter, encoding, sheet, header_row     how to read the file; left out, they are detected
    numbers: {decimal: ",", thousands: "."}    how numbers are written
    dates: [DD.MM.YYYY]                        how dates are written, beside ISO; YYYY alone is the first day of a year
    missing: [n/a, "-"]                        words that mean an empty cell
    columns:                                   contract column: where it comes from
      entity: ENTITY                           a column of the delivery, as it is
      funding_source:
        from: SOURCE_TYPE
        cases:                                 the first case whose conditions all hold decides
          - where: {SECTION_ID: "23", SOURCE_TYPE: [Regular assessed]}
            value: rptc
        values: {Voluntary: extrabudgetary}    then the table of values
        otherwise: unspecified                 then this; without it, what the table does not list stays as delivered
      transaction_id: {from: PROJECT, numbered: true}   a column, `#` and the row's number: for rows that have no number of their own
    constants: {currency: USD}                 contract column: the same text in every row
    split:                                     one column into several new ones, usable above by their names
      Period: {pattern: '(?P<from>.+) to (?P<to>.+)'}
      Place: {separator: " / ", into: [Country, City]}
    filter:                                    rows that are no records; each goes to quarantine as `filtered_by_mapping`
      keep: {STATUS: Final}
      drop: {ENTITY: [Total, Grand total]}
    ignore: [PART_ID]                          columns that nobody needs; others that are not used are reported
    supersedes: "*-draft.csv"                  deliveries that this one replaces
    note, citation                             free text

A condition is `COLUMN: value`, a list of values, `{not: …}` or `{matches: regular expression}`; "" is an empty cell. A column of the delivery
that already has the contract's name is taken without being mentioned.

Patterns match whole values, in `split` and in `matches`: `[0-9.,]+` is no part of `1 234 567`, and `^Note` is written `Note.*`. What a `split`
does not fit is quarantined as `split_does_not_fit`, never cut.

A row that a filter leaves out is a delivered row, so that delivered = loaded + quarantined stays true and nobody can hide money in a filter.
"""

from __future__ import annotations

import codecs
import hashlib
import json
import os
import re
from collections.abc import Iterator, Sequence
from collections.abc import Mapping as Dict
from dataclasses import asdict, dataclass, field, replace
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl
import yaml

from pipelines.mapping.values import NumberStyle, date_format, parse_date, parse_number
from pipelines.shapes.errors import MappingError, UnreadableDelivery
from pipelines.shapes.table import SOURCE_ROW, ReadOptions, RowFinding, Table

if TYPE_CHECKING:
    from pipelines.contracts import Source

__all__ = ["Mapping", "MappingError", "NumberStyle", "apply_mapping", "find_mapping", "load_mapping", "parse_date", "parse_number", "write_mapping"]

# What every source accepts beside its own columns.
COMMON_COLUMNS = ("book", "record_basis", "source_symbol", "source_address", "as_of", "rounding_unit")
KEYS = (
    "delimiter",
    "encoding",
    "sheet",
    "header_row",
    "numbers",
    "dates",
    "missing",
    "columns",
    "constants",
    "split",
    "filter",
    "ignore",
    "supersedes",
    "note",
    "citation",
)
NAMED_DELIMITERS = {"tab": "\t", "\\t": "\t", "comma": ",", "semicolon": ";", "bar": "|", "pipe": "|"}


@dataclass(frozen=True, kw_only=True)
class Condition:
    """`column` is one of `values`, or matches `pattern`; the opposite where `negated`."""

    column: str
    values: tuple[str, ...] = ()
    pattern: str | None = None
    negated: bool = False


@dataclass(frozen=True, kw_only=True)
class Case:
    """The value of a column where all conditions hold."""

    where: tuple[Condition, ...]
    value: str


@dataclass(frozen=True, kw_only=True)
class Derivation:
    """Where one contract column comes from."""

    source: str | None
    cases: tuple[Case, ...] = ()
    values: Dict[str, str] = field(default_factory=dict)
    otherwise: str | None = None
    is_numbered: bool = False


@dataclass(frozen=True, kw_only=True)
class Split:
    """One delivered column taken apart: by a pattern with named groups, whose names are `into`."""

    source: str
    pattern: str
    into: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Mapping:
    """A mapping file, validated.

    Attributes:
        path: the file, for messages.
        read_options: how to read the delivery.
        columns: contract column to where it comes from.
        constants: contract column to its text.
        splits: delivered columns taken apart first.
        keep: rows that are records (all of them, if empty).
        drop: rows that are not.
        ignore: delivered columns left out knowingly.
        missing: words for an empty cell.
        numbers: how numbers are written.
        date_formats: strptime formats beside ISO.
        supersedes: globs of deliveries that this one replaces.
        note: free text.
        citation: free text.
        digest: sha256 of everything that decides what comes out, findings too (not `supersedes`, note and citation).
        identity: sha256 of what decides the rows, however it is written: parsed, with defaults, in order; empty for a mapping that changes nothing.
    """

    path: Path
    read_options: ReadOptions = field(default_factory=ReadOptions)
    columns: Dict[str, Derivation] = field(default_factory=dict)
    constants: Dict[str, str] = field(default_factory=dict)
    splits: tuple[Split, ...] = ()
    keep: tuple[Condition, ...] = ()
    drop: tuple[tuple[Condition, ...], ...] = ()
    ignore: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    numbers: NumberStyle = field(default_factory=NumberStyle)
    date_formats: tuple[str, ...] = ()
    supersedes: tuple[str, ...] = ()
    note: str = ""
    citation: str = ""
    digest: str = ""
    identity: str = ""


# -- finding and loading


def find_mapping(path: Path, raw_root: Path) -> Path | None:
    """The mapping of a delivery: `<file>.mapping.yml` beside it, else the nearest `_mapping.yml` up to the folder of its source."""
    folders = [folder for folder in path.parents if raw_root in folder.parents]
    candidates = [path.with_name(path.name + ".mapping.yml"), *(folder / "_mapping.yml" for folder in folders)]
    return next((candidate for candidate in candidates if os.access(candidate, os.F_OK) and not candidate.is_dir()), None)


class _Texts(yaml.BaseLoader):
    """YAML in which every scalar is text and every key stands once."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        """Refuses a key that stands twice, where YAML would quietly keep the last one."""
        keys = [key.value for key, _ in node.value]
        twice = next((key for key in keys if keys.count(key) > 1), None)
        if twice is not None:
            raise yaml.constructor.ConstructorError(None, None, f"the key {twice!r} stands twice", node.start_mark)
        return super().construct_mapping(node, deep=deep)


def load_mapping(path: Path) -> Mapping:
    """Reads and validates a mapping file.

    Raises:
        MappingError: the file cannot be read or understood; it names file, key, what was found and what was expected.
    """
    try:
        said = yaml.load(path.read_text(encoding="utf-8-sig"), _Texts)  # a BaseLoader: texts, lists and mappings only
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        mark = getattr(error, "problem_mark", None)
        place = f"line {mark.line + 1}, column {mark.column + 1}" if mark else "the file"
        raise MappingError(path, place, getattr(error, "problem", None) or str(error), "YAML in UTF-8") from error
    except OSError as error:
        raise MappingError(path, "the file", error.strerror, "a readable file") from error
    look = _Look(path)
    said = look.table("the file", said or {}, KEYS)
    columns = {name: _derivation(look, f"columns.{name}", value) for name, value in look.table("columns", said.get("columns", {})).items()}
    constants = {name: look.text(f"constants.{name}", value) for name, value in look.table("constants", said.get("constants", {})).items()}
    for name in constants.keys() & columns.keys():
        raise MappingError(path, f"constants.{name}", "the same column under `columns`", "one place for each column")
    drop = look.table("filter", said.get("filter", {}), ("keep", "drop"))
    numbers = _numbers(look, said.get("numbers", {}))
    mapping = Mapping(
        path=path,
        read_options=_read_options(look, said, numbers),
        columns=columns,
        constants=constants,
        splits=tuple(_split(look, name, value) for name, value in look.table("split", said.get("split", {})).items()),
        keep=_conditions(look, "filter.keep", drop.get("keep", {})),
        drop=tuple(_conditions(look, "filter.drop", one) for one in _listed(drop.get("drop", []))),
        ignore=look.texts("ignore", said.get("ignore", [])),
        missing=look.texts("missing", said.get("missing", [])),
        numbers=numbers,
        date_formats=tuple(_date_format(look, value) for value in look.texts("dates", said.get("dates", []))),
        supersedes=look.texts("supersedes", said.get("supersedes", [])),
        note=look.text("note", said.get("note", "")),
        citation=look.text("citation", said.get("citation", "")),
    )
    identity, plain = _identity(mapping), _identity(Mapping(path=path))
    return replace(mapping, digest=_digest(mapping), identity="" if identity == plain else identity)


def _digest(mapping: Mapping) -> str:
    decides = {name: value for name, value in asdict(mapping).items() if name not in ("path", "supersedes", "note", "citation", "digest", "identity")}
    return hashlib.sha256(json.dumps(decides, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def _identity(mapping: Mapping) -> str:
    """The digest of what decides the rows, with the order taken out of all that has none: conditions that must all hold, words of which any will do."""

    def sorted_conditions(conditions: Sequence[Condition]) -> tuple[Condition, ...]:
        return tuple(sorted((replace(one, values=tuple(sorted(set(one.values)))) for one in conditions), key=repr))

    def sorted_cases(derivation: Derivation) -> Derivation:
        return replace(derivation, cases=tuple(replace(case, where=sorted_conditions(case.where)) for case in derivation.cases))

    return _digest(
        replace(
            mapping,
            columns={name: sorted_cases(derivation) for name, derivation in mapping.columns.items()},
            splits=tuple(sorted(mapping.splits, key=repr)),
            keep=sorted_conditions(mapping.keep),
            drop=tuple(sorted({sorted_conditions(one) for one in mapping.drop}, key=repr)),
            missing=tuple(sorted(set(mapping.missing))),
            ignore=(),
        )
    )


def _listed(value: object) -> list[Any]:
    return list(value) if isinstance(value, list) else [value]


class _Look:
    """Takes values out of what YAML gave, each with the key under which it stands, for messages."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def table(self, key: str, value: object, allowed: Sequence[str] | None = None) -> dict[str, Any]:
        """A mapping whose keys are texts, and no others than the allowed ones."""
        if value == "":
            return {}
        if not isinstance(value, dict) or not all(isinstance(one, str) for one in value):
            raise MappingError(self.path, key, value, "keys with values (`key: value`)")
        for one in value:
            if allowed is not None and one not in allowed:
                near = get_close_matches(one, allowed, 1)
                raise MappingError(self.path, key, f"the key {one}", f"one of {', '.join(allowed)}" + (f" (perhaps {near[0]}?)" if near else ""))
        return value

    def text(self, key: str, value: object) -> str:
        """One text."""
        if not isinstance(value, str):
            raise MappingError(self.path, key, value, "one text")
        return value

    def texts(self, key: str, value: object) -> tuple[str, ...]:
        """A list of texts, or one."""
        return tuple(self.text(key, one) for one in _listed(value))

    def pattern(self, key: str, value: object) -> str:
        """A regular expression that both Python and polars understand."""
        text = self.text(key, value)
        try:
            re.compile(text)
            pl.select(pl.lit("").str.contains(_whole(text)))
        except (re.error, pl.exceptions.PolarsError) as error:
            raise MappingError(self.path, key, text, f"a regular expression ({str(error).splitlines()[0]})") from error
        return text


def _read_options(look: _Look, said: Dict[str, Any], numbers: NumberStyle) -> ReadOptions:
    delimiter = encoding = sheet = header_row = None
    if "delimiter" in said:
        delimiter = look.text("delimiter", said["delimiter"])
        delimiter = NAMED_DELIMITERS.get(delimiter.casefold(), delimiter)
        if len(delimiter) != 1 or delimiter in '"\r\n' or not delimiter.isascii():
            raise MappingError(look.path, "delimiter", delimiter, "one character such as , ; | or the word tab")
    if "encoding" in said:
        encoding = look.text("encoding", said["encoding"])
        try:
            "".encode(codecs.lookup(encoding).name)
            b"".decode(encoding)
        except (LookupError, ValueError) as error:
            raise MappingError(look.path, "encoding", encoding, "an encoding such as utf-8, utf-16, windows-1252, windows-1251") from error
    if "sheet" in said:
        sheet = look.text("sheet", said["sheet"])
    if "header_row" in said:
        row = look.text("header_row", said["header_row"])
        if not row.isdecimal() or int(row) < 1:
            raise MappingError(look.path, "header_row", row, "a row number as the spreadsheet shows it, 1 or more")
        header_row = int(row)
    return ReadOptions(delimiter=delimiter, encoding=encoding, sheet=sheet, header_row=header_row, decimal=numbers.decimal)


def _numbers(look: _Look, value: object) -> NumberStyle:
    said = look.table("numbers", value, ("decimal", "thousands"))
    decimal = look.text("numbers.decimal", said.get("decimal", "."))
    thousands = look.text("numbers.thousands", said.get("thousands", "")) or None
    if decimal not in (".", ",", "\u066b"):
        raise MappingError(look.path, "numbers.decimal", decimal, "'.' or ','")
    if thousands is not None and (len(thousands) != 1 or thousands.isalnum() or thousands in "+-()" or thousands == decimal):
        raise MappingError(look.path, "numbers.thousands", thousands, "one character other than the decimal separator, such as ',', '.', ' ' or an apostrophe")
    return NumberStyle(decimal=decimal, thousands=thousands)


def _date_format(look: _Look, value: str) -> str:
    try:
        return date_format(value)
    except ValueError as error:
        raise MappingError(look.path, "dates", value, str(error)) from error


def _conditions(look: _Look, key: str, value: object) -> tuple[Condition, ...]:
    return tuple(_condition(look, f"{key}.{column}", column, wanted) for column, wanted in look.table(key, value).items())


def _condition(look: _Look, key: str, column: str, wanted: object) -> Condition:
    if not isinstance(wanted, dict):
        return Condition(column=column, values=look.texts(key, wanted))
    said = look.table(key, wanted, ("not", "matches"))
    if len(said) != 1:
        raise MappingError(look.path, key, wanted, "a value, a list of values, {not: …} or {matches: …}")
    if "matches" in said:
        return Condition(column=column, pattern=look.pattern(f"{key}.matches", said["matches"]))
    inner = _condition(look, f"{key}.not", column, said["not"])
    return replace(inner, negated=not inner.negated)


def _derivation(look: _Look, key: str, value: object) -> Derivation:
    if isinstance(value, str):
        if not value:
            raise MappingError(look.path, key, "nothing", "the name of a column of the delivery")
        return Derivation(source=value)
    said = look.table(key, value, ("from", "cases", "values", "otherwise", "numbered"))
    if "from" not in said and "cases" not in said:
        raise MappingError(look.path, key, value, "`from`, `cases` or both; a text for all rows belongs under `constants`")
    if "values" in said and "from" not in said:
        raise MappingError(look.path, key, "`values` without `from`", "the column whose values they are")
    if said.get("numbered", "true") != "true" or ("numbered" in said and "from" not in said):
        raise MappingError(look.path, f"{key}.numbered", said["numbered"], "`true`, beside `from`; leave it out where the delivery has numbers of its own")
    cases = []
    for number, case in enumerate(_listed(said.get("cases", [])), 1):
        place = f"{key}.cases, case {number}"
        parts = look.table(place, case, ("where", "value"))
        if set(parts) != {"where", "value"}:
            raise MappingError(look.path, place, case, "`where` and `value`")
        cases.append(Case(where=_conditions(look, f"{place}.where", parts["where"]), value=look.text(f"{place}.value", parts["value"])))
    return Derivation(
        source=look.text(f"{key}.from", said["from"]) if "from" in said else None,
        cases=tuple(cases),
        values={old: look.text(f"{key}.values.{old}", new) for old, new in look.table(f"{key}.values", said.get("values", {})).items()},
        otherwise=look.text(f"{key}.otherwise", said["otherwise"]) if "otherwise" in said else None,
        is_numbered="numbered" in said,
    )


def _split(look: _Look, name: str, value: object) -> Split:
    key = f"split.{name}"
    said = look.table(key, value, ("pattern", "separator", "into"))
    if "pattern" in said:
        pattern = look.pattern(f"{key}.pattern", said["pattern"])
        into = tuple(re.compile(pattern).groupindex)
        if "separator" in said or "into" in said or not into:
            raise MappingError(look.path, key, value, "`pattern` with named groups (?P<name>…) alone, or `separator` and `into`")
    else:
        separator = look.text(f"{key}.separator", said.get("separator", ""))
        into = look.texts(f"{key}.into", said.get("into", []))
        if not separator or len(into) < 2 or len(set(into)) < len(into):
            raise MappingError(look.path, key, value, "`separator` and the different names of the parts in `into`, or a `pattern` with named groups")
        parts = [r"(.*?)"] * (len(into) - 1) + [r"(.*)"]
        pattern = f"(?s){re.escape(separator).join(parts)}"
    return Split(source=name, pattern=pattern, into=into)


# -- applying


def _whole(pattern: str) -> str:
    """The pattern of a mapping, made to match a whole value."""
    return rf"\A(?:{pattern})\z"


def apply_mapping(table: Table, mapping: Mapping | None, contract_columns: Sequence[str]) -> Table:
    """The same records in the contract's columns.

    Without a mapping the table stays as it is. With one, rows that its filter leaves out or that its split does not fit become findings of
    severity `error` (they were delivered and are quarantined), and delivered columns that are neither used, named in the contract nor ignored
    are warnings.

    Args:
        table: as read.
        mapping: what the clerk says about it.
        contract_columns: all names that the source's contract knows.

    Raises:
        MappingError: it names a column that the contract does not know.
        UnreadableDelivery: the delivery lacks a column that the mapping needs.
    """
    if mapping is None:
        return table
    known = dict.fromkeys((*contract_columns, *COMMON_COLUMNS))
    for part, names in (("columns", mapping.columns), ("constants", mapping.constants)):
        for name in names:
            if name not in known:
                near = get_close_matches(name, known, 1)
                expected = f"a column of the contract (perhaps {near[0]}?)" if near else f"one of {', '.join(known)}"
                raise MappingError(mapping.path, f"{part}.{name}", f"the column {name}", expected)
    used = _used(table, mapping)
    frame = table.frame
    for split in mapping.splits:
        pattern = re.compile(split.pattern)
        group = {name: pattern.groupindex.get(name, place) for place, name in enumerate(split.into, 1)}
        frame = frame.with_columns(_cell(split.source, mapping).str.extract(_whole(split.pattern), group[name]).alias(name) for name in split.into)
    frame, rejected = _rejected(frame, mapping)
    taken = {name: Derivation(source=name) for name in table.columns if name in known and name not in mapping.constants} | dict(mapping.columns)
    columns = tuple(name for name in known if name in taken or name in mapping.constants)
    frame = frame.select(
        SOURCE_ROW,
        *((_derived(taken[name], mapping) if name in taken else pl.lit(mapping.constants[name] or None, dtype=pl.String)).alias(name) for name in columns),
    )
    overridden = {name for name in table.columns if name in mapping.constants or (name in mapping.columns and mapping.columns[name].source != name)}
    extra = [name for name in table.columns if name not in used and name not in mapping.ignore and (name not in known or name in overridden)]
    findings = [
        RowFinding(
            source_row=max(table.header_row, 1),
            column_name=name,
            rule="extra_column",
            severity="warning",
            value=name,
            remedy="The mapping does not use this column: name it under `columns`, or under `ignore` if nobody needs it.",
        )
        for name in extra
    ]
    return replace(table, frame=frame, columns=columns, findings=(*table.findings, *rejected, *findings), only_spaces=False)


def _used(table: Table, mapping: Mapping) -> set[str]:
    """Delivered columns that the mapping speaks of; each must be there."""
    made = {name for split in mapping.splits for name in split.into}
    used: set[str] = set()
    for key, name in _named(mapping):
        if name in made and name not in table.columns:
            continue
        if name not in table.columns:
            lower = {column.casefold(): column for column in table.columns}
            near = [lower[word] for word in get_close_matches(name.casefold(), lower, 1)]
            raise UnreadableDelivery(
                "missing_column",
                f"The delivery has no column '{name}', which {mapping.path.name} needs ({key}); it has {', '.join(table.columns)}.",
                f"Perhaps '{near[0]}' is meant: correct the mapping or the header." if near else "Correct the mapping or the header.",
            )
        used.add(name)
    for name in made & set(table.columns):
        raise MappingError(mapping.path, "split", f"the name {name}", "names that the delivery does not have already")
    return used


def _named(mapping: Mapping) -> Iterator[tuple[str, str]]:
    for name, derivation in mapping.columns.items():
        if derivation.source is not None:
            yield f"columns.{name}", derivation.source
        for case in derivation.cases:
            yield from ((f"columns.{name}.cases", condition.column) for condition in case.where)
    yield from (("split", split.source) for split in mapping.splits)
    yield from (("filter.keep", condition.column) for condition in mapping.keep)
    yield from (("filter.drop", condition.column) for one in mapping.drop for condition in one)


def _cell(name: str, mapping: Mapping) -> pl.Expr:
    """A delivered cell without white space around it; NULL where it is empty or a word for missing."""
    text = pl.col(name).str.strip_chars()
    return pl.when(~text.is_in(["", *mapping.missing])).then(text)


def _holds(condition: Condition, mapping: Mapping) -> pl.Expr:
    cell = _cell(condition.column, mapping)
    text = cell.fill_null("")
    holds = text.is_in(list(condition.values)) if condition.pattern is None else text.str.contains(_whole(condition.pattern))
    return ~holds if condition.negated else holds


def _all_hold(conditions: Sequence[Condition], mapping: Mapping) -> pl.Expr:
    return pl.all_horizontal([pl.lit(True), *(_holds(condition, mapping) for condition in conditions)])


def _derived(derivation: Derivation, mapping: Mapping) -> pl.Expr:
    value = pl.lit(None, dtype=pl.String) if derivation.source is None else _cell(derivation.source, mapping)
    if derivation.values:
        old, new = list(derivation.values), list(derivation.values.values())
        if derivation.otherwise is None:
            value = value.fill_null("").replace(old, new)
        else:
            value = value.fill_null("").replace_strict(old, new, default=derivation.otherwise)
    elif derivation.otherwise is not None:
        value = pl.lit(derivation.otherwise)
    for case in reversed(derivation.cases):
        value = pl.when(_all_hold(case.where, mapping)).then(pl.lit(case.value)).otherwise(value)
    value = pl.when(value != "").then(value)
    return pl.format("{}#{}", value, SOURCE_ROW) if derivation.is_numbered else value


def _rejected(frame: pl.LazyFrame, mapping: Mapping) -> tuple[pl.LazyFrame, list[RowFinding]]:
    """The frame without the rows that filter and split leave out, and a finding for each of them."""
    reasons: list[tuple[pl.Expr, str | None, str, str, pl.Expr]] = []
    for split in mapping.splits:
        cell = _cell(split.source, mapping)
        unfit = cell.is_not_null() & ~cell.str.contains(_whole(split.pattern)).fill_null(True)
        remedy = f"The value does not fit `split.{split.source}` of the mapping: correct the value or the mapping."
        reasons.append((unfit, split.source, "split_does_not_fit", remedy, cell))
    if mapping.keep:
        reasons.append(_filter_reason(~_all_hold(mapping.keep, mapping), mapping.keep, "keep"))
    for one in mapping.drop:
        reasons.append(_filter_reason(_all_hold(one, mapping), one, "drop"))
    if not reasons:
        return frame, []
    out = pl.any_horizontal(broken for broken, *_ in reasons)
    number = pl.coalesce(pl.when(broken).then(pl.lit(place)) for place, (broken, *_) in enumerate(reasons))
    shown = pl.coalesce(pl.when(broken).then(value) for broken, *_, value in reasons)
    rows = frame.filter(out).select(SOURCE_ROW, number.alias("reason"), shown.alias("value")).collect(engine="streaming").sort(SOURCE_ROW)
    findings = [
        RowFinding(source_row=row, column_name=reasons[reason][1], rule=reasons[reason][2], severity="error", value=value, remedy=reasons[reason][3])
        for row, reason, value in rows.iter_rows()
    ]
    return frame.filter(~out), findings


def _filter_reason(broken: pl.Expr, conditions: Sequence[Condition], part: str) -> tuple[pl.Expr, str | None, str, str, pl.Expr]:
    columns = list(dict.fromkeys(condition.column for condition in conditions))
    shown = pl.concat_str([pl.format("{}={}", pl.lit(name), pl.col(name).fill_null("")) for name in columns], separator=", ")
    remedy = f"The mapping's `filter.{part}` says that this row is no record. Nothing to do if that is meant."
    return broken, columns[0] if len(columns) == 1 else None, "filtered_by_mapping", remedy, shown


def write_mapping(path: Path, source: str, contract: Source | None = None) -> str:
    """The commented start of a mapping for a delivery of `source`, as YAML that loads as it is.

    Args:
        path: the delivery.
        source: name of its source.
        contract: the source's contract; looked up by name unless given.

    Raises:
        UnreadableDelivery: the file cannot be read.
        KeyError: no such source.
    """
    from pipelines.mapping.start import start_of_mapping

    return start_of_mapping(path, source, contract)
