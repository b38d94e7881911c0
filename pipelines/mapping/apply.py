"""A delivered table in the columns of the contract, as its mapping says; every record that does not come along is a finding."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from functools import partial

import polars as pl

from pipelines.mapping.lists import in_split_notation
from pipelines.mapping.mapping import COMMON_COLUMNS, Condition, Constant, Derivation, Mapping, Split, Unpivot, whole
from pipelines.mapping.vocabulary import UNITS_SAID
from pipelines.shapes.errors import MappingError, UnreadableDelivery
from pipelines.shapes.table import SOURCE_COLUMN, SOURCE_ROW, RowFinding, Table, letters

# Findings about a whole sheet or file, wherever the row stands at which they are told.
_ABOUT_THE_SHEET = ("hidden_rows", "other_sheets", "encoding")
# What is said of merged cells that a mapping fills.
_FILLED = "These cells are merged: each of their rows takes the value of the first, as `fill_down` of the mapping says. Nothing to do if that is meant."


@dataclass(frozen=True, kw_only=True)
class _Reason:
    """Why rows are left out: which, and what the finding says."""

    broken: pl.Expr
    column: str | None
    rule: str
    remedy: str
    value: pl.Expr


def apply_mapping(table: Table, mapping: Mapping | None, contract_columns: Sequence[str], *, figures: Collection[str] = ()) -> Table:
    """The same records in the contract's columns.

    Without a mapping the table stays as it is. With one, rows that its filter leaves out or that its patterns do not fit become findings of
    severity `error` (they were delivered and are quarantined), and delivered columns that are neither used, named in the contract nor ignored
    are warnings. Where columns become rows, each made row is a record, and `_source_column` says which column it was.

    Args:
        table: as read.
        mapping: what the clerk says about it.
        contract_columns: all names that the source's contract knows.
        figures: those that hold money and other numbers.

    Raises:
        MappingError: it names a column that the contract does not know, or asks of a column what its kind cannot give.
        UnreadableDelivery: the delivery lacks a column, a row or a cell that the mapping needs.
    """
    if mapping is None:
        return table
    known = dict.fromkeys((*contract_columns, *COMMON_COLUMNS))
    _refuse_what_the_contract_lacks(mapping, known, figures)
    used = _used(table, mapping)
    constants = {name: _text_of(constant, name, table, mapping) for name, constant in mapping.constants.items()}
    table = _within_rows(table, mapping)
    frame, findings = table.frame, list(table.findings)
    made = {name for split in mapping.splits for name in split.into}
    early, late = _filters(mapping, made)
    frame, found = _without(frame, early)
    findings += found
    if mapping.fill_down:
        frame = frame.with_columns(_blank_as_null(pl.col(name)).forward_fill().alias(name) for name in mapping.fill_down)
        findings = [replace(one, remedy=_FILLED) if one.rule == "merged_cells" and one.column_name in mapping.fill_down else one for one in findings]
    delivered = table.columns
    if mapping.unpivot:
        frame, found, delivered = _long(frame, mapping, mapping.unpivot, table)
        findings += found
    frame, found = _without(frame, [_misfit(_cell(split.source, mapping), split.pattern, split.source, f"split.{split.source}") for split in mapping.splits])
    findings += found
    for split in mapping.splits:
        frame = frame.with_columns(_taken_apart(_cell(split.source, mapping), split))
    frame, found = _without(frame, [*late, *_several_matches(mapping)])
    findings += found
    taken = {name: Derivation(sources=(name,)) for name in delivered if name in known and name not in mapping.constants} | dict(mapping.columns)
    columns = tuple(name for name in known if name in taken or name in mapping.constants)
    values = (_derived(taken[name], mapping) if name in taken else pl.lit(constants[name] or None, dtype=pl.String) for name in columns)
    place = [SOURCE_ROW, *([SOURCE_COLUMN] if mapping.unpivot else [])]
    frame = frame.select(*place, *(value.alias(name) for name, value in zip(columns, values, strict=True)))
    findings += [*_unused(table, mapping, known, used), *_unscaled(table, mapping, figures)]
    return replace(table, frame=frame, columns=columns, findings=tuple(findings), only_spaces=False, is_unpivoted=mapping.unpivot is not None)


# -- what the mapping names


def _refuse_what_the_contract_lacks(mapping: Mapping, known: Collection[str], figures: Collection[str]) -> None:
    for part, names in (("columns", mapping.columns), ("constants", mapping.constants)):
        for name in names:
            if name not in known:
                near = get_close_matches(name, known, 1)
                expected = f"a column of the contract (perhaps {near[0]}?)" if near else f"one of {', '.join(known)}"
                raise MappingError(mapping.path, f"{part}.{name}", f"the column {name}", expected)
    for name, derivation in mapping.columns.items():
        if figures and name in figures and derivation.first_match:
            raise MappingError(
                mapping.path, f"columns.{name}.first_match", "a number", "`split`, whose pattern must fit the whole value: a number is never cut out of a text"
            )
        if figures and name not in figures and (derivation.scale is not None or derivation.negate or derivation.invert):
            raise MappingError(mapping.path, f"columns.{name}", "`scale`, `negate` or `invert`", f"a column of numbers, such as {', '.join(list(figures)[:3])}")


def _named(mapping: Mapping) -> Iterator[tuple[str, str]]:
    """The key and the name of every column that the mapping speaks of."""
    for name, derivation in mapping.columns.items():
        yield from ((f"columns.{name}", source) for source in derivation.sources)
        for case in derivation.cases:
            yield from ((f"columns.{name}.cases", condition.column) for condition in case.where)
    yield from (("split", split.source) for split in mapping.splits)
    yield from _named_of_rows(mapping)


def _named_of_rows(mapping: Mapping) -> Iterator[tuple[str, str]]:
    """Those of words that are followed before columns become rows."""
    yield from (("filter.keep", condition.column) for condition in mapping.keep)
    yield from (("filter.drop", condition.column) for one in mapping.drop for condition in one)
    yield from (("rows.after", condition.column) for one in mapping.rows.after for condition in one)
    yield from (("rows.until", condition.column) for one in mapping.rows.until for condition in one)
    yield from (("fill_down", name) for name in mapping.fill_down)
    if mapping.unpivot:
        yield from (("unpivot.on", name) for name in mapping.unpivot.on)


def _used(table: Table, mapping: Mapping) -> set[str]:
    """Delivered columns that the mapping speaks of; each must be there, and is no more once it has become rows."""
    made = {name for split in mapping.splits for name in split.into}
    if mapping.unpivot:
        made |= set(_names_of_unpivot(mapping.unpivot))
    for name in sorted(made & set(table.columns)):
        raise MappingError(mapping.path, "unpivot" if mapping.unpivot else "split", f"the name {name}", "names that the delivery does not have already")
    gone = set(_melted(table, mapping))
    of_rows = set(_named_of_rows(mapping))
    used: set[str] = set(gone)
    for key, name in _named(mapping):
        if name in made:
            continue
        if name not in table.columns or (name in gone and (key, name) not in of_rows):
            raise _missing_column(table, mapping, key, name)
        used.add(name)
    return used


def _missing_column(table: Table, mapping: Mapping, key: str, name: str) -> UnreadableDelivery:
    lower = {column.casefold(): column for column in table.columns}
    near = [lower[word] for word in get_close_matches(name.casefold(), lower, 1)]
    remedy = f"Perhaps '{near[0]}' is meant: correct the mapping or the header." if near else "Correct the mapping or the header."
    if name in table.columns:
        remedy = f"`unpivot` makes rows of '{name}': use {' or '.join(map(repr, _names_of_unpivot(mapping.unpivot or Unpivot())))} instead."
    return UnreadableDelivery(
        "missing_column",
        f"The delivery has no column '{name}', which {mapping.path.name} needs ({key}); it has {', '.join(table.columns)}.",
        remedy,
    )


def _text_of(constant: Constant, name: str, table: Table, mapping: Mapping) -> str:
    """The text of a constant, out of the sheet where it stands there."""
    if constant.text is not None:
        return constant.text
    where = "the name of the sheet" if constant.is_sheet_name else f"the cell {_as_spreadsheet(constant.cell or '')}"
    text = str(table.read_as.sheet or "") if constant.is_sheet_name else table.cells.get(constant.cell or "", "").strip()
    found: str | None = text
    if constant.pattern is not None:
        groups = 1 if re.compile(constant.pattern).groups else 0
        found = pl.select(pl.lit(text).str.extract(whole(constant.pattern), groups)).item()
    if not found:
        expected = f"must fit {constant.pattern!r}" if constant.pattern else "must hold a text"
        raise UnreadableDelivery(
            "constant_does_not_fit", f"{where} {expected} for `constants.{name}` and is {text!r}.", "Correct the mapping, or the cell or sheet's name."
        )
    return found


def _as_spreadsheet(place: str) -> str:
    """`B2` for the place that the readers know as R2C1."""
    row, _, column = place.removeprefix("R").partition("C")
    return letters(int(column)) + row


# -- which rows


def _within_rows(table: Table, mapping: Mapping) -> Table:
    """The table without the rows that are not its own: they are no records, whatever was wrong with them."""
    rows = mapping.rows
    first, last = rows.first or 0, rows.last
    if rows.after:
        found = _first_row(table.frame.filter(pl.col(SOURCE_ROW) >= first), rows.after)
        if found is None:
            raise UnreadableDelivery("rows_not_found", "No row is the one that `rows.after` of the mapping names.", "Correct the mapping, or the delivery.")
        first = found + 1
    if rows.until:
        found = _first_row(table.frame.filter(pl.col(SOURCE_ROW) >= first), rows.until)
        last = last if found is None else min(found - 1, last or found)
    frame = table.frame
    if first > 0:
        frame = frame.filter(pl.col(SOURCE_ROW) >= first)
    if last is not None:
        frame = frame.filter(pl.col(SOURCE_ROW) <= last)
    if table.read_as.every_row:
        lost = [finding.source_row for finding in table.findings if finding.severity == "error"]
        frame = frame.filter(pl.any_horizontal(pl.col(name).is_not_null() for name in table.columns) & ~pl.col(SOURCE_ROW).is_in(lost))
    unmet = [_until_not_found(table)] if rows.until and found is None else []
    findings = [one for one in table.findings if one.rule in _ABOUT_THE_SHEET or (first <= one.source_row and (last is None or one.source_row <= last))]
    return replace(table, frame=frame, findings=(*findings, *unmet))


def _until_not_found(table: Table) -> RowFinding:
    """The table is read to its end where no row is the one that should end it; a total of another name would then be loaded."""
    return RowFinding(
        source_row=max(table.header_row, 1),
        column_name=None,
        rule="rows_not_found",
        severity="warning",
        value=None,
        remedy="No row is the one that `rows.until` of the mapping names: all rows to the end were read. "
        "Look whether a total or a note is among them, and correct the mapping.",
    )


def _first_row(frame: pl.LazyFrame, any_of: Sequence[Sequence[Condition]]) -> int | None:
    named = pl.any_horizontal(_all_hold(conditions, _delivered_text) for conditions in any_of)
    row: int | None = frame.filter(named).select(pl.col(SOURCE_ROW).min()).collect(engine="streaming").item()
    return row


def _filters(mapping: Mapping, made: set[str]) -> tuple[list[_Reason], list[_Reason]]:
    """What the filter leaves out: by delivered columns first; by the parts of a split once it has been taken apart."""
    reasons = [("keep", ~_all_hold(mapping.keep, _delivered_text), mapping.keep)] if mapping.keep else []
    reasons += [("drop", _all_hold(one, _delivered_text), one) for one in mapping.drop]
    early: list[_Reason] = []
    late: list[_Reason] = []
    for part, broken, conditions in reasons:
        names = list(dict.fromkeys(condition.column for condition in conditions))
        reason = _Reason(
            broken=broken,
            column=names[0] if len(names) == 1 else None,
            rule="filtered_by_mapping",
            remedy=f"The mapping's `filter.{part}` says that this row is no record. Nothing to do if that is meant.",
            value=pl.concat_str([pl.format("{}={}", pl.lit(name), pl.col(name).fill_null("")) for name in names], separator=", "),
        )
        (late if made & set(names) else early).append(reason)
    return early, late


def _misfit(cell: pl.Expr, pattern: str, column: str, key: str) -> _Reason:
    return _Reason(
        broken=cell.is_not_null() & ~cell.str.contains(whole(pattern)).fill_null(True),
        column=column,
        rule="split_does_not_fit",
        remedy=f"The value does not fit `{key}` of the mapping: correct the value or the mapping.",
        value=cell,
    )


def _several_matches(mapping: Mapping) -> list[_Reason]:
    """Cells in which a `first_match` finds nothing, or different things."""
    reasons = []
    for name, derivation in mapping.columns.items():
        if derivation.first_match:
            cell = _origin(derivation, mapping)
            different = _matches(cell, derivation.first_match).list.n_unique()
            for rule, broken, told in (("no_match", different == 0, "nothing"), ("several_matches", different > 1, "different things")):
                remedy = f"`columns.{name}.first_match` of the mapping finds {told} in this value: correct the value or the pattern."
                is_broken = (cell.is_not_null() & broken).fill_null(False)
                reasons.append(_Reason(broken=is_broken, column=derivation.sources[0], rule=rule, remedy=remedy, value=cell))
    return reasons


def _without(frame: pl.LazyFrame, reasons: Sequence[_Reason]) -> tuple[pl.LazyFrame, list[RowFinding]]:
    """The frame without the rows that a reason leaves out, and a finding for each of them."""
    if not reasons:
        return frame, []
    out = pl.any_horizontal(reason.broken for reason in reasons)
    number = pl.coalesce(pl.when(reason.broken).then(pl.lit(place)) for place, reason in enumerate(reasons))
    shown = pl.coalesce(pl.when(reason.broken).then(reason.value) for reason in reasons)
    column = pl.col(SOURCE_COLUMN) if SOURCE_COLUMN in frame.collect_schema().names() else pl.lit(None, dtype=pl.String).alias(SOURCE_COLUMN)
    rows = frame.filter(out).select(SOURCE_ROW, column, number.alias("reason"), shown.alias("value")).collect(engine="streaming")
    findings = [
        RowFinding(
            source_row=row,
            source_column=made_of,
            column_name=reasons[place].column,
            rule=reasons[place].rule,
            severity="error",
            value=value,
            remedy=reasons[place].remedy,
        )
        for row, made_of, place, value in rows.sort(SOURCE_ROW, SOURCE_COLUMN).iter_rows()
    ]
    return frame.filter(~out), findings


# -- from wide to long


def _names_of_unpivot(unpivot: Unpivot) -> tuple[str, ...]:
    return (unpivot.variable, unpivot.value, *(re.compile(unpivot.variable_pattern).groupindex if unpivot.variable_pattern else ()))


def _melted(table: Table, mapping: Mapping) -> tuple[str, ...]:
    """The delivered columns that become rows.

    Raises:
        UnreadableDelivery: there is none.
    """
    unpivot = mapping.unpivot
    if unpivot is None:
        return ()
    if unpivot.pattern is None:
        return unpivot.on
    fits = pl.Series(table.columns, dtype=pl.String).str.contains(whole(unpivot.pattern))
    found = tuple(name for name, is_fit in zip(table.columns, fits, strict=True) if is_fit)
    if not found:
        raise UnreadableDelivery(
            "missing_column",
            f"No column's name fits `unpivot.on` of {mapping.path.name} ({unpivot.pattern}); the delivery has {', '.join(table.columns)}.",
            "Correct the mapping or the header.",
        )
    return found


def _long(frame: pl.LazyFrame, mapping: Mapping, unpivot: Unpivot, table: Table) -> tuple[pl.LazyFrame, list[RowFinding], tuple[str, ...]]:
    """The frame with a row for each cell of the columns that become rows, and its columns."""
    melted = _melted(table, mapping)
    rest = [name for name in table.columns if name not in melted]
    long = frame.unpivot(on=list(melted), index=[SOURCE_ROW, *rest], variable_name=unpivot.variable, value_name=unpivot.value)
    long = long.with_columns(pl.col(unpivot.variable).alias(SOURCE_COLUMN))
    if not unpivot.keep_empty:
        long = long.filter(_cell(unpivot.value, mapping).is_not_null())
    names = _names_of_unpivot(unpivot)
    found: list[RowFinding] = []
    if unpivot.variable_pattern:
        header = pl.col(unpivot.variable)
        long, found = _without(long, [_misfit(header, unpivot.variable_pattern, unpivot.variable, "unpivot.variable.pattern")])
        split = Split(source=unpivot.variable, pattern=unpivot.variable_pattern, into=names[2:])
        long = long.with_columns(_taken_apart(header, split))
    return long, found, (*rest, *names)


def _taken_apart(cell: pl.Expr, split: Split) -> list[pl.Expr]:
    pattern = re.compile(split.pattern)
    group = {name: pattern.groupindex.get(name, place) for place, name in enumerate(split.into, 1)}
    return [cell.str.extract(whole(split.pattern), group[name]).alias(name) for name in split.into]


# -- what a value is made of


def _blank_as_null(cell: pl.Expr) -> pl.Expr:
    text = cell.str.strip_chars()
    return pl.when(text != "").then(text)


def _cell(name: str, mapping: Mapping) -> pl.Expr:
    """A delivered cell without white space around it; NULL where it is empty or a word for missing."""
    text = pl.col(name).str.strip_chars()
    return pl.when(~text.is_in(["", *mapping.missing])).then(text)


def _delivered_text(name: str) -> pl.Expr:
    """A delivered cell as filters see it: its own text, '' where it is empty."""
    return pl.col(name).str.strip_chars().fill_null("")


def _holds(condition: Condition, text: pl.Expr) -> pl.Expr:
    holds = pl.any_horizontal(text.is_in(list(condition.values)), *(text.str.contains(whole(pattern)) for pattern in condition.patterns))
    return ~holds if condition.negated else holds


def _all_hold(conditions: Sequence[Condition], text_of: Callable[[str], pl.Expr]) -> pl.Expr:
    return pl.all_horizontal([pl.lit(True), *(_holds(condition, text_of(condition.column)) for condition in conditions)])


def _origin(derivation: Derivation, mapping: Mapping) -> pl.Expr:
    """The text from which a value is made: of one column, of the first that is not empty, or of several joined."""
    cells = [_cell(name, mapping) for name in derivation.sources]
    if not cells:
        return pl.lit(None, dtype=pl.String)
    if derivation.separator is not None:
        joined = pl.concat_str(cells, separator=derivation.separator, ignore_nulls=True)
        return pl.when(joined != "").then(joined)
    return pl.coalesce(cells)


def _matches(cell: pl.Expr, pattern: str) -> pl.Expr:
    """All that a pattern finds inside a text: its first group, or the whole of it."""
    group = 1 if re.compile(pattern).groups else 0
    return cell.str.extract_all(pattern).list.eval(pl.element().str.extract(pattern, group))


def _derived(derivation: Derivation, mapping: Mapping) -> pl.Expr:
    value = _origin(derivation, mapping)
    if derivation.first_match:
        value = _matches(value, derivation.first_match).list.first()
    for pattern, new in derivation.replace:
        value = value.str.replace_all(pattern, new).str.strip_chars()
    if derivation.separators:
        value = value.map_batches(partial(in_split_notation, derivation=derivation), return_dtype=pl.String, is_elementwise=True)
    elif derivation.values:
        old, new_values = list(derivation.values), list(derivation.values.values())
        if derivation.otherwise is None:
            value = value.fill_null("").replace(old, new_values)
        else:
            value = value.fill_null("").replace_strict(old, new_values, default=derivation.otherwise)
    elif derivation.otherwise is not None:
        value = pl.lit(derivation.otherwise)
    for case in reversed(derivation.cases):
        value = pl.when(_all_hold(case.where, lambda name: _cell(name, mapping).fill_null(""))).then(pl.lit(case.value)).otherwise(value)
    value = pl.when(value != "").then(value)
    if not derivation.is_numbered:
        return value
    return pl.format("{}#{}/{}", value, SOURCE_ROW, SOURCE_COLUMN) if mapping.unpivot else pl.format("{}#{}", value, SOURCE_ROW)


# -- what is told beside


def _unused(table: Table, mapping: Mapping, known: Collection[str], used: Collection[str]) -> list[RowFinding]:
    overridden = {name for name in table.columns if name in mapping.constants or (name in mapping.columns and name not in mapping.columns[name].sources)}
    return [
        RowFinding(
            source_row=max(table.header_row, 1),
            column_name=name,
            rule="extra_column",
            severity="warning",
            value=name,
            remedy="The mapping does not use this column: name it under `columns`, or under `ignore` if nobody needs it.",
        )
        for name in table.columns
        if name not in used and name not in mapping.ignore and (name not in known or name in overridden)
    ]


def _unscaled(table: Table, mapping: Mapping, figures: Collection[str]) -> list[RowFinding]:
    """A warning for each column of money whose header, or a title above the table, speaks of thousands, and of which the mapping says no scale."""
    made = set(_names_of_unpivot(mapping.unpivot)) if mapping.unpivot else set()
    found = []
    for name, derivation in mapping.columns.items():
        if name not in figures or derivation.scale is not None:
            continue
        heads = [one for one in derivation.sources if one not in made] or list(_melted(table, mapping))
        said = next((text for text in (*heads, *table.titles) if any(unit.search(text) for unit, _ in UNITS_SAID)), None)
        if said is not None:
            found.append(
                RowFinding(
                    source_row=max(table.header_row, 1),
                    column_name=name,
                    rule="amounts_in_thousands",
                    severity="warning",
                    value=said[:200],
                    remedy=f"This seems to speak of thousands or millions: write `{name}: {{from: …, scale: 1000}}`, or `scale: 1` if nothing is left out.",
                )
            )
    return found
