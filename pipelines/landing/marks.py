"""Which cell of a delivery shows a finding, and what is said there."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from pipelines.mapping.mapping import Mapping as DeliveryMapping

# More comments make a workbook that spreadsheet programs open in minutes. Beyond it, cells are marked without a comment.
MOST_COMMENTS = 5_000
# Of a longer delivery a report gives back the rows with findings.
MOST_ROWS = 200_000
LONGEST_CELL = 32_767
LONGEST_COMMENT = 2_000
COLOURS = {"critical": "F8C9C4", "error": "F8C9C4", "warning": "FFF0B3"}
HEAD_COLOUR = "DDE6F0"

# What XML 1.0 cannot hold.
_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")

Finding = Mapping[str, Any]


def delivered_column(finding: Finding, mapping: DeliveryMapping | None, delivered: Sequence[str], is_filled: Callable[[str], bool]) -> str | None:
    """The delivered column that shows a finding: the one that the mapping takes for the contract's, else the one of that name.

    Of several that a mapping takes, the first that is filled in this row. Where columns became rows, the one of which the row was made. A finding
    about a key of several columns is shown at the first of them; one about the whole row has none.

    Args:
        finding: a line of `Judgement.findings`.
        mapping: the mapping of the table.
        delivered: the columns of the table.
        is_filled: whether the row has something in a delivered column.
    """
    column = (finding["column_name"] or "").partition(",")[0]
    names = (column,)
    if mapping is not None:
        made_by = {made: split.source for split in mapping.splits for made in split.into}
        names = mapping.columns[column].sources if column in mapping.columns else names
        names = tuple(made_by.get(name, name) for name in names)
    known = [name for name in (*names, finding["source_column"]) if name in delivered]
    taken = [name for name in known if name != finding["source_column"]] or known
    return next((name for name in taken if is_filled(name)), taken[0] if taken else None)


def worst(findings: Sequence[Finding]) -> str:
    """The gravest severity."""
    return min((finding["severity"] for finding in findings), key=tuple(COLOURS).index)


def comment_on(findings: Sequence[Finding]) -> str:
    """What is said beside a cell."""
    return writable("\n".join(f"{finding['rule']}: {told_of(finding)}" for finding in findings), LONGEST_COMMENT)


def told_of(finding: Finding) -> str:
    """What was found and what to do, as two sentences."""
    return f"found {finding['value'] or 'nothing'}. {finding['remedy'][:1].upper()}{finding['remedy'][1:]}"


def writable(value: object, longest: int = LONGEST_CELL) -> str:
    """A value as text that a workbook can hold."""
    return _UNWRITABLE.sub("", "" if value is None else str(value))[:longest]
