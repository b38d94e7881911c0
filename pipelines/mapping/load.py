"""Reading mapping files: YAML of texts, each word checked, each message with the key under which it stands."""

from __future__ import annotations

import codecs
import csv
import hashlib
import json
import re
from collections.abc import Mapping as Dict
from collections.abc import Sequence
from dataclasses import asdict, replace
from decimal import Decimal, InvalidOperation
from difflib import get_close_matches
from itertools import pairwise
from pathlib import Path
from typing import Any

import polars as pl
import yaml

from pipelines.contracts import SOURCE_NAMES
from pipelines.mapping.mapping import Case, Condition, Constant, Derivation, Mapping, Rows, Split, Unpivot, whole
from pipelines.mapping.values import NumberStyle, date_format
from pipelines.reading.documents import PATH
from pipelines.shapes.errors import MappingError
from pipelines.shapes.table import ReadOptions

# Words of the whole file; the other words may stand under an entry of `tables`, too.
FILE_WORDS = ("tables", "supersedes", "note", "citation")
TABLE_WORDS = (
    "delimiter",
    "encoding",
    "path",
    "sheet",
    "cells_from",
    "header_row",
    "hidden_rows",
    "rows",
    "fill_down",
    "unpivot",
    "numbers",
    "dates",
    "missing",
    "columns",
    "constants",
    "split",
    "filter",
    "ignore",
)
COLUMN_WORDS = (
    "from",
    "first_of",
    "join",
    "separator",
    "first_match",
    "replace",
    "list",
    "cases",
    "values",
    "values_file",
    "otherwise",
    "numbered",
    "scale",
    "negate",
    "invert",
)
NAMED_DELIMITERS = {"tab": "\t", "\\t": "\t", "comma": ",", "semicolon": ";", "bar": "|", "pipe": "|"}
NOTHING = ("", "null", "~")
LONGEST_PATTERN = 1_000
MOST_TABLES = 1_000
MOST_VALUES_BYTES = 16 << 20
LAST_ROW = 1_048_576
CELL = re.compile(r"([A-Za-z]{1,3})([0-9]{1,7})")


class _Texts(yaml.BaseLoader):
    """YAML in which every scalar is text and every key stands once, without aliases: a few lines of these can stand for billions."""

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        """Refuses aliases."""
        if self.check_event(yaml.events.AliasEvent):
            mark = self.get_event().start_mark  # type: ignore[no-untyped-call]
            raise yaml.composer.ComposerError(None, None, "an alias (*name) stands here; write the value out", mark)
        return super().compose_node(parent, index)

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        """Refuses a key that stands twice, where YAML would quietly keep the last one."""
        seen: set[Any] = set()
        for key, _ in node.value:
            if isinstance(key.value, str) and key.value in seen:
                raise yaml.constructor.ConstructorError(None, None, f"the key {key.value!r} stands twice", key.start_mark)
            seen.add(key.value if isinstance(key.value, str) else id(key))
        return super().construct_mapping(node, deep=deep)


def load_mapping(path: Path, root: Path | None = None) -> Mapping:
    """The mapping of a file that says one table; see `load_mappings`."""
    return load_mappings(path, root)[0]


def load_mappings(path: Path, root: Path | None = None) -> tuple[Mapping, ...]:
    """Reads and validates a mapping file: one mapping for each table of the delivery.

    Args:
        path: the mapping file.
        root: the folder that files of values may not leave; the mapping's own folder, unless told.

    Raises:
        MappingError: the file cannot be read or understood; it names file, key, what was found and what was expected.
    """
    try:
        said = yaml.load(path.read_text(encoding="utf-8-sig"), _Texts)  # a BaseLoader: texts, lists and mappings only
    except (yaml.YAMLError, UnicodeDecodeError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        place = f"line {mark.line + 1}, column {mark.column + 1}" if mark else "the file"
        raise MappingError(path, place, getattr(error, "problem", None) or str(error), "YAML in UTF-8") from error
    except OSError as error:
        raise MappingError(path, "the file", error.strerror, "a readable file") from error
    look = _Look(path, root or path.parent)
    said = look.table("the file", said or {}, (*FILE_WORDS, *TABLE_WORDS))
    words = {key: value for key, value in said.items() if key != "tables"}
    if "tables" not in said:
        return (_one_mapping(look, words),)
    entries = _listed(said["tables"])
    if not entries or len(entries) > MOST_TABLES:
        raise MappingError(path, "tables", f"{len(entries)} entries", f"1 to {MOST_TABLES:,} entries, each with the words of one table")
    tables = [_entry(look, words, entry, number, len(entries)) for number, entry in enumerate(entries, 1)]
    named = [{source for derivation in one.columns.values() for source in derivation.sources} for one in tables]
    # What one table does not use, another one may.
    others = [sorted({name for place, names in enumerate(named) if place != own for name in names} - set(one.ignore)) for own, one in enumerate(tables)]
    return tuple(with_digests(replace(one, ignore=(*one.ignore, *rest))) for one, rest in zip(tables, others, strict=True))


def _entry(look: _Look, shared: dict[str, Any], entry: object, number: int, of: int) -> Mapping:
    """One entry of `tables`: its columns and constants join the shared ones key by key, its other words replace, an empty one removes."""
    place = f"tables, entry {number}"
    own = look.table(place, entry, ("source", *TABLE_WORDS))
    words = dict(shared)
    for key, value in own.items():
        if key in ("columns", "constants") and value not in NOTHING:
            other = "constants" if key == "columns" else "columns"
            merged = look.table(f"{place}, {key}", value)
            # What an entry says of a column goes before whatever the shared words say of it.
            words[other] = {name: one for name, one in look.table(other, words.get(other, {})).items() if name not in merged}
            words[key] = {name: one for name, one in {**look.table(key, words.get(key, {})), **merged}.items() if one not in NOTHING}
        elif key != "source":
            words[key] = value
    words = {key: value for key, value in words.items() if value not in NOTHING or key not in own}
    source = look.text(f"{place}, source", own["source"]) if "source" in own else None
    if source is not None and source not in SOURCE_NAMES:
        raise MappingError(look.path, f"{place}, source", source, f"one of {', '.join(SOURCE_NAMES)}{_perhaps(source, SOURCE_NAMES)}")
    mapping = _one_mapping(look.below(place), words)
    return replace(mapping, source=source, label=str(mapping.read_options.sheet or (f"table {number}" if of > 1 else "")))


def _one_mapping(look: _Look, said: dict[str, Any]) -> Mapping:
    columns = {name: _derivation(look, f"columns.{name}", value) for name, value in look.table("columns", said.get("columns", {})).items()}
    constants = {name: _constant(look, f"constants.{name}", value) for name, value in look.table("constants", said.get("constants", {})).items()}
    for name in constants.keys() & columns.keys():
        raise MappingError(look.path, look.key(f"constants.{name}"), "the same column under `columns`", "one place for each column")
    filters = look.table("filter", said.get("filter", {}), ("keep", "drop"))
    numbers = _numbers(look, said.get("numbers", {}))
    rows = _rows(look, said.get("rows", {}))
    mapping = Mapping(
        path=look.path,
        read_options=_read_options(look, said, numbers, constants, rows),
        sheets=_sheets(look, said.get("sheet")),
        rows=rows,
        fill_down=look.texts("fill_down", said.get("fill_down", [])),
        unpivot=_unpivot(look, said["unpivot"]) if said.get("unpivot") else None,
        columns=columns,
        constants=constants,
        splits=tuple(_split(look, name, value) for name, value in look.table("split", said.get("split", {})).items()),
        keep=_conditions(look, "filter.keep", filters.get("keep", {})),
        drop=_any_of(look, "filter.drop", filters.get("drop", [])),
        ignore=look.texts("ignore", said.get("ignore", [])),
        missing=look.texts("missing", said.get("missing", [])),
        numbers=numbers,
        date_formats=tuple(_date_format(look, value) for value in look.texts("dates", said.get("dates", []))),
        supersedes=look.texts("supersedes", said.get("supersedes", [])),
        values_files=tuple(dict.fromkeys(look.files)),
        note=look.text("note", said.get("note", "")),
        citation=look.text("citation", said.get("citation", "")),
    )
    return with_digests(mapping)


def with_digests(mapping: Mapping) -> Mapping:
    """The mapping with the hashes of what it says."""
    identity, plain = _identity(mapping), _identity(Mapping(path=mapping.path))
    return replace(mapping, digest=_digest(mapping), identity="" if identity == plain else identity)


# What says nothing about the rows: where files lie, how a table is called, what people note.
_DECIDES_NOTHING = ("path", "source", "label", "supersedes", "values_files", "note", "citation", "digest", "identity")


def _digest(mapping: Mapping) -> str:
    decides = {name: value for name, value in asdict(mapping).items() if name not in _DECIDES_NOTHING}
    return hashlib.sha256(json.dumps(decides, sort_keys=True, ensure_ascii=False).encode(errors="surrogatepass")).hexdigest()


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


def _perhaps(word: str, known: Sequence[str]) -> str:
    near = get_close_matches(word, known, 1)
    return f" (perhaps {near[0]}?)" if near else ""


class _Look:
    """Takes values out of what YAML gave, each with the key under which it stands, for messages."""

    def __init__(self, path: Path, root: Path, place: str = "") -> None:
        self.path = path
        self.root = root
        self.place = place
        self.files: list[Path] = []

    def below(self, place: str) -> _Look:
        """The same for one entry of several."""
        return _Look(self.path, self.root, place)

    def key(self, key: str) -> str:
        """The key with the entry in which it stands."""
        return f"{self.place}, {key}" if self.place else key

    def fail(self, key: str, found: object, expected: str, cause: Exception | None = None) -> None:
        """Raises MappingError about a key."""
        raise MappingError(self.path, self.key(key), found, expected) from cause

    def table(self, key: str, value: object, allowed: Sequence[str] | None = None) -> dict[str, Any]:
        """A mapping whose keys are texts, and no others than the allowed ones."""
        if value == "":
            return {}
        if not isinstance(value, dict) or not all(isinstance(one, str) for one in value):
            raise MappingError(self.path, self.key(key), value, "keys with values (`key: value`)")
        for one in value:
            if allowed is not None and one not in allowed:
                raise MappingError(self.path, self.key(key), f"the key {one}", f"one of {', '.join(allowed)}{_perhaps(one, allowed)}")
        return value

    def text(self, key: str, value: object) -> str:
        """One text."""
        if not isinstance(value, str):
            raise MappingError(self.path, self.key(key), value, "one text")
        return value

    def texts(self, key: str, value: object) -> tuple[str, ...]:
        """A list of texts, or one."""
        return tuple(self.text(key, one) for one in _listed(value))

    def choice(self, key: str, value: object, allowed: Sequence[str]) -> str:
        """One of several words."""
        if value not in allowed:
            raise MappingError(self.path, self.key(key), value, f"one of {', '.join(allowed)}")
        return str(value)

    def is_true(self, key: str, value: object) -> bool:
        """Yes or no."""
        return self.choice(key, value, ("true", "false")) == "true"

    def number(self, key: str, value: object, most: int) -> int:
        """A whole number from 1."""
        text = self.text(key, value)
        if not (text.isascii() and text.isdecimal() and len(text) < 10 and 1 <= int(text) <= most):
            raise MappingError(self.path, self.key(key), text, "a row number as the spreadsheet shows it, 1 or more")
        return int(text)

    def pattern(self, key: str, value: object) -> str:
        """A regular expression that both Python and polars understand, and that polars matches in linear time."""
        text = self.text(key, value)
        if len(text) > LONGEST_PATTERN:
            raise MappingError(self.path, self.key(key), f"{text[:60]}…", f"a regular expression of at most {LONGEST_PATTERN:,} characters")
        try:
            re.compile(text)
            pl.select(pl.lit("").str.contains(whole(text)))
        except (re.error, OverflowError, RecursionError, pl.exceptions.PolarsError) as error:
            raise MappingError(self.path, self.key(key), text, f"a regular expression ({str(error).splitlines()[0]})") from error
        return text

    def groups(self, key: str, value: object) -> tuple[str, tuple[str, ...]]:
        """A pattern and the names of its groups, at least one."""
        text = self.pattern(key, value)
        names = tuple(re.compile(text).groupindex)
        if not names:
            raise MappingError(self.path, self.key(key), text, "a pattern with named groups, such as (?P<year>\\d{4})")
        return text, names


# -- where the table is


def _read_options(look: _Look, said: dict[str, Any], numbers: NumberStyle, constants: Dict[str, Constant], rows: Rows) -> ReadOptions:
    delimiter = encoding = sheet = path = None
    if "path" in said:
        path = look.text("path", said["path"])
        if not PATH.fullmatch(path) or len(path) > LONGEST_PATTERN:
            look.fail("path", path, "the list that holds the records of a JSON document, such as outputs[].funding[]")
    if "delimiter" in said:
        delimiter = look.text("delimiter", said["delimiter"])
        delimiter = NAMED_DELIMITERS.get(delimiter.casefold(), delimiter)
        if len(delimiter) != 1 or delimiter in '"\r\n' or not delimiter.isascii():
            look.fail("delimiter", delimiter, "one character such as , ; | or the word tab")
    if "encoding" in said:
        encoding = look.text("encoding", said["encoding"])
        try:
            "".encode(codecs.lookup(encoding).name)
            b"".decode(encoding)
        except (LookupError, ValueError) as error:
            look.fail("encoding", encoding, "an encoding such as utf-8, utf-16, windows-1252, windows-1251", error)
    if "sheet" in said and not isinstance(said["sheet"], dict):
        sheet = look.text("sheet", said["sheet"])
    header_rows = tuple(look.number("header_row", one, LAST_ROW) for one in _listed(said["header_row"])) if "header_row" in said else ()
    if any(later <= earlier for earlier, later in pairwise(header_rows)) or len(header_rows) > 10:
        look.fail("header_row", said["header_row"], "a row, or the rows of one header from above to below")
    first_column = None
    if "cells_from" in said:
        row, first_column = _place(look, "cells_from", said["cells_from"])
        header_rows = header_rows or (row,)
    return ReadOptions(
        delimiter=delimiter,
        encoding=encoding,
        path=path,
        sheet=sheet,
        header_row=header_rows[-1] if header_rows else None,
        upper_header_rows=header_rows[:-1],
        first_column=first_column,
        hidden_rows=look.choice("hidden_rows", said.get("hidden_rows", "load"), ("load", "skip", "refuse")),
        cells=tuple(sorted({constant.cell for constant in constants.values() if constant.cell})),
        every_row=bool(rows.after or rows.until),
        decimal=numbers.decimal,
    )


def _place(look: _Look, key: str, value: object) -> tuple[int, int]:
    """Row (from 1) and column (from 0) of a cell such as H1."""
    found = CELL.fullmatch(look.text(key, value))
    if not found or not 1 <= int(found[2]) <= LAST_ROW:
        raise MappingError(look.path, look.key(key), value, "a cell such as B2")
    column = 0
    for letter in found[1].upper():
        column = column * 26 + ord(letter) - 64
    return int(found[2]), column - 1


def _sheets(look: _Look, value: object) -> str | None:
    if not isinstance(value, dict):
        return None
    said = look.table("sheet", value, ("matches",))
    if "matches" not in said:
        look.fail("sheet", value, "the name of a sheet, or {matches: a pattern that its whole name fits}")
    return look.pattern("sheet.matches", said["matches"])


def _rows(look: _Look, value: object) -> Rows:
    said = look.table("rows", value, ("from", "to", "after", "until"))
    first, last = (look.number(f"rows.{key}", said[key], 10**9) if key in said else None for key in ("from", "to"))
    if first and last and last < first:
        look.fail("rows", f"from {first} to {last}", "a last row that is not before the first")
    return Rows(first=first, last=last, after=_any_of(look, "rows.after", said.get("after", [])), until=_any_of(look, "rows.until", said.get("until", [])))


def _unpivot(look: _Look, value: object) -> Unpivot:
    said = look.table("unpivot", value, ("on", "variable_name", "value_name", "variable", "keep_empty"))
    if "on" not in said:
        look.fail("unpivot", value, "`on`: the columns that become rows, or {matches: a pattern that their names fit}")
    pattern: str | None = None
    on: tuple[str, ...] = ()
    if isinstance(said["on"], dict):
        pattern = look.pattern("unpivot.on.matches", look.table("unpivot.on", said["on"], ("matches",)).get("matches", ""))
    else:
        on = look.texts("unpivot.on", said["on"])
    if not pattern and (not on or len(set(on)) < len(on)):
        look.fail("unpivot.on", said["on"], "different columns, or {matches: a pattern}")
    variable_pattern = None
    if "variable" in said:
        variable_pattern, _ = look.groups("unpivot.variable.pattern", look.table("unpivot.variable", said["variable"], ("pattern",)).get("pattern", ""))
    names = look.text("unpivot.variable_name", said.get("variable_name", "variable")), look.text("unpivot.value_name", said.get("value_name", "value"))
    if not all(names) or names[0] == names[1]:
        look.fail("unpivot", names, "two different names under `variable_name` and `value_name`")
    return Unpivot(
        on=on,
        pattern=pattern,
        variable=names[0],
        value=names[1],
        variable_pattern=variable_pattern,
        keep_empty=look.is_true("unpivot.keep_empty", said.get("keep_empty", "false")),
    )


# -- how values are written


def _numbers(look: _Look, value: object) -> NumberStyle:
    said = look.table("numbers", value, ("decimal", "thousands", "percent", "currency_signs", "footnotes"))
    decimal = look.text("numbers.decimal", said.get("decimal", "."))
    thousands = look.text("numbers.thousands", said.get("thousands", "")) or None
    if decimal not in (".", ",", "\u066b"):
        look.fail("numbers.decimal", decimal, "'.' or ','")
    if thousands is not None and (len(thousands) != 1 or thousands.isalnum() or thousands in "+-()" or thousands == decimal):
        look.fail("numbers.thousands", thousands, "one character other than the decimal separator, such as ',', '.', ' ' or an apostrophe")
    marks = {name: look.is_true(f"numbers.{name}", said.get(name, "false")) for name in ("percent", "currency_signs", "footnotes")}
    return NumberStyle(decimal=decimal, thousands=thousands, **marks)


def _date_format(look: _Look, value: str) -> str:
    try:
        return date_format(value)
    except ValueError as error:
        raise MappingError(look.path, look.key("dates"), value, str(error)) from error


# -- conditions


def _any_of(look: _Look, key: str, value: object) -> tuple[tuple[Condition, ...], ...]:
    """Sets of conditions of which any will do."""
    return tuple(conditions for one in _listed(value) if (conditions := _conditions(look, key, one)))


def _conditions(look: _Look, key: str, value: object) -> tuple[Condition, ...]:
    return tuple(_condition(look, f"{key}.{column}", column, wanted) for column, wanted in look.table(key, value).items())


def _condition(look: _Look, key: str, column: str, wanted: object, *, depth: int = 0) -> Condition:
    if isinstance(wanted, dict) and "not" in wanted and depth < 10:
        if len(wanted) != 1:
            look.fail(key, wanted, "a value, a list of values, {not: …} or {matches: …}")
        inner = _condition(look, f"{key}.not", column, wanted["not"], depth=depth + 1)
        return replace(inner, negated=not inner.negated)
    values: list[str] = []
    patterns: list[str] = []
    for one in _listed(wanted):
        if isinstance(one, dict):
            if set(one) != {"matches"}:
                look.fail(key, wanted, "a value, a list of values, {not: …} or {matches: …}")
            patterns.append(look.pattern(f"{key}.matches", one["matches"]))
        else:
            values.append(look.text(key, one))
    return Condition(column=column, values=tuple(values), patterns=tuple(patterns))


# -- what a value is made of


def _derivation(look: _Look, key: str, value: object) -> Derivation:
    if isinstance(value, str):
        if not value:
            look.fail(key, "nothing", "the name of a column of the delivery")
        return Derivation(sources=(value,))
    said = look.table(key, value, COLUMN_WORDS)
    origins = [word for word in ("from", "first_of", "join") if word in said]
    if len(origins) > 1:
        look.fail(key, f"`{'` and `'.join(origins)}`", "one of `from`, `first_of` and `join`")
    if not origins and "cases" not in said:
        look.fail(key, value, "`from`, `first_of`, `join`, `cases`; a text for all rows belongs under `constants`")
    for word in ("values", "values_file", "numbered", "first_match", "replace", "list", "scale", "negate", "invert"):
        if word in said and not origins:
            look.fail(key, f"`{word}` without `from`", "the column whose values they are")
    if said.get("numbered", "true") != "true":
        look.fail(f"{key}.numbered", said["numbered"], "`true`, beside `from`; leave it out where the delivery has numbers of its own")
    if ("separator" in said) != ("join" in said) and "separator" in said:
        look.fail(f"{key}.separator", said["separator"], "`separator` beside `join`")
    sources = look.texts(f"{key}.{origins[0]}", said[origins[0]]) if origins else ()
    if (origins and not all(sources)) or (origins == ["from"] and (len(sources) != 1 or not isinstance(said["from"], str))):
        look.fail(f"{key}.{origins[0]}", said[origins[0]], "the name of one column" if origins == ["from"] else "names of columns")
    return Derivation(
        sources=sources,
        separator=look.text(f"{key}.separator", said.get("separator", " ")) if "join" in said else None,
        first_match=_first_match(look, key, said["first_match"]) if "first_match" in said else None,
        replace=_replacements(look, f"{key}.replace", said.get("replace", [])),
        separators=_separators(look, f"{key}.list", said["list"]) if "list" in said else (),
        cases=_cases(look, key, said.get("cases", [])),
        values=_values(look, key, said),
        otherwise=look.text(f"{key}.otherwise", said["otherwise"]) if "otherwise" in said else None,
        is_numbered="numbered" in said,
        scale=_scale(look, f"{key}.scale", said["scale"]) if "scale" in said else None,
        negate=look.is_true(f"{key}.negate", said.get("negate", "false")),
        invert=look.is_true(f"{key}.invert", said.get("invert", "false")),
    )


def _cases(look: _Look, key: str, value: object) -> tuple[Case, ...]:
    cases = []
    for number, case in enumerate(_listed(value), 1):
        place = f"{key}.cases, case {number}"
        parts = look.table(place, case, ("where", "value"))
        if set(parts) != {"where", "value"}:
            look.fail(place, case, "`where` and `value`")
        cases.append(Case(where=_conditions(look, f"{place}.where", parts["where"]), value=look.text(f"{place}.value", parts["value"])))
    return tuple(cases)


def _first_match(look: _Look, key: str, value: object) -> str:
    pattern = look.pattern(f"{key}.first_match", value)
    if not pattern or re.compile(pattern).match("") is not None:
        look.fail(f"{key}.first_match", value, "a pattern that does not fit an empty text")
    return pattern


def _replacements(look: _Look, key: str, value: object) -> tuple[tuple[str, str], ...]:
    pairs = []
    for pair in _listed(value):
        if not isinstance(pair, list) or len(pair) != 2:
            look.fail(key, pair, "pairs of a pattern and what stands in its place, such as [['^FY ', '']]")
        pairs.append((look.pattern(key, pair[0]), look.text(key, pair[1])))
    return tuple(pairs)


def _separators(look: _Look, key: str, value: object) -> tuple[str, ...]:
    separators = look.texts(key, value)
    if not separators or not all(separators):
        look.fail(key, value, "the separators of the list, such as [';', ',', ' and ']")
    return separators


def _scale(look: _Look, key: str, value: object) -> str:
    text = look.text(key, value)
    try:
        factor = Decimal(text)
        is_usable = factor.is_finite() and factor != 0 and abs(factor.adjusted()) <= 12 and len(factor.as_tuple().digits) <= 18
    except InvalidOperation:
        is_usable = False
    if not is_usable:
        look.fail(key, text, "a number other than 0 by which every number is multiplied, such as 1000")
    return text


def _values(look: _Look, key: str, said: dict[str, Any]) -> dict[str, str]:
    """The table of values written in the mapping, before those of its file."""
    own = {old: look.text(f"{key}.values.{old}", new) for old, new in look.table(f"{key}.values", said.get("values", {})).items()}
    return {**_values_file(look, f"{key}.values_file", said["values_file"]), **own} if "values_file" in said else own


def _values_file(look: _Look, key: str, value: object) -> dict[str, str]:
    """Two columns, from and to, of a small CSV file that lies under the raw root."""
    name = look.text(key, value)
    try:
        file = (look.path.parent / name).resolve()
    except (OSError, RuntimeError, ValueError):
        # A name too long, links in a circle, a character that no name holds: such a file there cannot be.
        file = None
    if not name or file is None or not file.is_relative_to(look.root.resolve()):
        raise MappingError(look.path, look.key(key), name, f"a file within {look.root}")
    look.files.append(file)
    try:
        if file.stat().st_size > MOST_VALUES_BYTES:
            raise MappingError(look.path, look.key(key), name, f"a file of at most {MOST_VALUES_BYTES >> 20} MiB")
        with file.open(encoding="utf-8-sig", newline="") as lines:
            rows = list(csv.reader(lines, strict=True))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise MappingError(look.path, look.key(key), f"{name} ({getattr(error, 'strerror', None) or error})", "a CSV file in UTF-8 that can be read") from error
    filled = [[cell.strip() for cell in row] for row in rows if any(cell.strip() for cell in row)]
    if not filled or filled[0] != ["from", "to"] or any(len(row) != 2 for row in filled):
        raise MappingError(look.path, look.key(key), name, "a CSV file with the header `from,to` and two cells in each row")
    found: dict[str, str] = {}
    for old, new in filled[1:]:
        if found.setdefault(old, new) != new:
            raise MappingError(look.path, look.key(key), f"{name}: {old!r} stands for {found[old]!r} and for {new!r}", "one value for each")
    return found


def _constant(look: _Look, key: str, value: object) -> Constant:
    if not isinstance(value, dict):
        return Constant(text=look.text(key, value))
    said = look.table(key, value, ("cell", "pattern", "sheet_name"))
    if ("cell" in said) == ("sheet_name" in said) or ("sheet_name" in said and "pattern" in said):
        look.fail(key, value, "a text, {cell: B2, pattern: …} or {sheet_name: true or a pattern}")
    if "cell" in said:
        row, column = _place(look, f"{key}.cell", said["cell"])
        pattern = look.pattern(f"{key}.pattern", said["pattern"]) if "pattern" in said else None
        return Constant(cell=f"R{row}C{column}", pattern=pattern)
    wanted = look.text(f"{key}.sheet_name", said["sheet_name"])
    return Constant(is_sheet_name=True, pattern=None if wanted == "true" else look.pattern(f"{key}.sheet_name", wanted))


def _split(look: _Look, name: str, value: object) -> Split:
    key = f"split.{name}"
    said = look.table(key, value, ("pattern", "separator", "into"))
    if "pattern" in said:
        pattern, into = look.groups(f"{key}.pattern", said["pattern"])
        if "separator" in said or "into" in said:
            look.fail(key, value, "`pattern` with named groups (?P<name>…) alone, or `separator` and `into`")
    else:
        separator = look.text(f"{key}.separator", said.get("separator", ""))
        into = look.texts(f"{key}.into", said.get("into", []))
        if not separator or len(into) < 2 or len(set(into)) < len(into):
            look.fail(key, value, "`separator` and the different names of the parts in `into`, or a `pattern` with named groups")
        parts = [r"(.*?)"] * (len(into) - 1) + [r"(.*)"]
        pattern = f"(?s){re.escape(separator).join(parts)}"
    return Split(source=name, pattern=pattern, into=into)
