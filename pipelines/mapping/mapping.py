"""Mapping files: how a delivery's own columns become the contract's, written by the clerk who knows the delivery.

`<file>.mapping.yml` beside a delivery, or `_mapping.yml` for its folder. docs/mapping.md shows every word with an example that runs;
`techcoop map --schema` prints the words for editors. Everything in a mapping is text (`23` is not a number, `NO` is Norway), and column names are
those of the delivered header with white space trimmed.

What a mapping says is done in one order: sheet, cells_from, header_row, hidden_rows, rows, filter, fill_down, unpivot, split, columns, constants.
`rows` and `filter` see the delivered text; a row that a filter leaves out is a delivered row, so that delivered = loaded + quarantined stays true
and nobody can hide money in a filter.

Patterns match whole values, in `split`, in `matches`, in `variable` and for cells: `[0-9.,]+` is no part of `1 234 567`, and `^Note` is written
`Note.*`. Only `replace` and `first_match` look inside.
"""

from __future__ import annotations

import os
from collections.abc import Mapping as Dict
from dataclasses import dataclass, field
from pathlib import Path

from pipelines.mapping.values import NumberStyle
from pipelines.shapes.table import ReadOptions

# What every source accepts beside its own columns.
COMMON_COLUMNS = ("book", "record_basis", "source_symbol", "source_address", "as_of", "rounding_unit")


@dataclass(frozen=True, kw_only=True)
class Condition:
    """`column` is one of `values`, or matches one of `patterns`; the opposite where `negated`."""

    column: str
    values: tuple[str, ...] = ()
    patterns: tuple[str, ...] = ()
    negated: bool = False


@dataclass(frozen=True, kw_only=True)
class Case:
    """The value of a column where all conditions hold."""

    where: tuple[Condition, ...]
    value: str


@dataclass(frozen=True, kw_only=True)
class Derivation:
    """Where one contract column comes from.

    Attributes:
        sources: delivered columns: one; several of which the first that is not empty counts; or, with `separator`, several that are joined.
        separator: between the joined ones.
        first_match: a pattern looked for inside the text; its first group, or all of it, is the value.
        replace: pairs of pattern and replacement, in order.
        separators: of a list, in the text.
        cases: the first whose conditions all hold decides, before everything else.
        values: table of values.
        otherwise: where neither cases nor values say anything; without it the text stays.
        is_numbered: whether `#` and the row's number follow, for rows that have no number of their own.
        scale: decimal number by which the number is multiplied, None where nothing is said of it.
        negate: whether its sign changes.
        invert: whether one divided by the number is meant: units per dollar, where dollars per unit are kept.
    """

    sources: tuple[str, ...] = ()
    separator: str | None = None
    first_match: str | None = None
    replace: tuple[tuple[str, str], ...] = ()
    separators: tuple[str, ...] = ()
    cases: tuple[Case, ...] = ()
    values: Dict[str, str] = field(default_factory=dict)
    otherwise: str | None = None
    is_numbered: bool = False
    scale: str | None = None
    negate: bool = False
    invert: bool = False


@dataclass(frozen=True, kw_only=True)
class Constant:
    """The same text in every row: written in the mapping, standing in a cell of the sheet, or in the sheet's name.

    Attributes:
        text: the text, where the mapping itself has it.
        cell: a cell (`B2`) whose text counts.
        is_sheet_name: whether the name of the sheet counts.
        pattern: what the text of cell or sheet must be as a whole; its first group, or all of it, is the value.
    """

    text: str | None = None
    cell: str | None = None
    is_sheet_name: bool = False
    pattern: str | None = None


@dataclass(frozen=True, kw_only=True)
class Split:
    """One delivered column taken apart: by a pattern with named groups, whose names are `into`."""

    source: str
    pattern: str
    into: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Rows:
    """Which rows of the sheet are the table's: from and to count as a spreadsheet does; `after` and `until` exclude the row that they name."""

    first: int | None = None
    last: int | None = None
    after: tuple[tuple[Condition, ...], ...] = ()
    until: tuple[tuple[Condition, ...], ...] = ()


@dataclass(frozen=True, kw_only=True)
class Unpivot:
    """Columns that become rows.

    Attributes:
        on: their names; empty where a pattern says which.
        pattern: what their names match.
        variable: name of the column that takes the header's text.
        value: name of the column that takes the cell.
        variable_pattern: pattern with named groups, for a header that says several things.
        keep_empty: whether an empty cell is a record.
    """

    on: tuple[str, ...] = ()
    pattern: str | None = None
    variable: str = "variable"
    value: str = "value"
    variable_pattern: str | None = None
    keep_empty: bool = False


@dataclass(frozen=True, kw_only=True)
class Mapping:
    """What a mapping file says of one table, validated.

    Attributes:
        path: the file, for messages.
        source: the source whose rows the table gives, where that is another than the folder's.
        label: which of several tables of the delivery this is, empty where it is the only one.
        read_options: how to read the delivery.
        sheets: pattern of the sheets that are read, each of them a table.
        rows: which rows are the table's.
        fill_down: columns in which an empty cell takes the value above it.
        unpivot: columns that become rows.
        columns: contract column to where it comes from.
        constants: contract column to its text.
        splits: delivered columns taken apart.
        keep: rows that are records (all of them, if empty).
        drop: rows that are not.
        ignore: delivered columns left out knowingly.
        missing: words for an empty cell.
        numbers: how numbers are written.
        date_formats: strptime formats beside ISO.
        supersedes: globs of deliveries that this one replaces.
        values_files: files whose tables of values are part of this mapping.
        note: free text.
        citation: free text.
        digest: sha256 of everything that decides what comes out, findings too (not `supersedes`, note and citation).
        identity: sha256 of what decides the rows, however it is written: parsed, with defaults, in order; empty for a mapping that changes nothing.
    """

    path: Path
    source: str | None = None
    label: str = ""
    read_options: ReadOptions = field(default_factory=ReadOptions)
    sheets: str | None = None
    rows: Rows = field(default_factory=Rows)
    fill_down: tuple[str, ...] = ()
    unpivot: Unpivot | None = None
    columns: Dict[str, Derivation] = field(default_factory=dict)
    constants: Dict[str, Constant] = field(default_factory=dict)
    splits: tuple[Split, ...] = ()
    keep: tuple[Condition, ...] = ()
    drop: tuple[tuple[Condition, ...], ...] = ()
    ignore: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    numbers: NumberStyle = field(default_factory=NumberStyle)
    date_formats: tuple[str, ...] = ()
    supersedes: tuple[str, ...] = ()
    values_files: tuple[Path, ...] = ()
    note: str = ""
    citation: str = ""
    digest: str = ""
    identity: str = ""


def find_mapping(path: Path, raw_root: Path) -> Path | None:
    """The mapping of a delivery: `<file>.mapping.yml` beside it, else the nearest `_mapping.yml` up to the folder of its source."""
    folders = [folder for folder in path.parents if raw_root in folder.parents]
    candidates = [path.with_name(path.name + ".mapping.yml"), *(folder / "_mapping.yml" for folder in folders)]
    return next((candidate for candidate in candidates if os.access(candidate, os.F_OK) and not candidate.is_dir()), None)


def whole(pattern: str) -> str:
    """The pattern of a mapping, made to match a whole value."""
    return rf"\A(?:{pattern})\z"
