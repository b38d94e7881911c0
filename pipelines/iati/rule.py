"""What a rule of an activity file is, and how a table of them is written."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import polars as pl

Frames = Mapping[str, pl.DataFrame]
# Name, numbers of the validator's rules, column, severity, remedy, what is broken, and what a finding shows if not the text of the column.
Line = tuple[str, str, str | None, str, str, pl.Expr] | tuple[str, str, str | None, str, str, pl.Expr, pl.Expr]


@dataclass(frozen=True, kw_only=True)
class IatiRule:
    """One rule.

    Attributes:
        name: in `audit.quarantine`.
        ids: of the validator's rules that it stands for; empty for our own.
        table: whose rows it judges.
        column: that shows the fault, None for the row.
        severity: `error` or `warning`.
        remedy: what the publisher must do.
        broken: true where a row of the table breaks the rule; typed columns by their names, texts as `<name>|text`.
        shown: what a finding shows; the text of the column unless told otherwise.
        found: for what takes several tables: rows that break the rule, as `_source_row` and `value`.
    """

    name: str
    ids: tuple[str, ...] = ()
    table: str
    column: str | None
    severity: str
    remedy: str
    broken: pl.Expr | None = None
    shown: pl.Expr | None = None
    found: Callable[[Frames], pl.DataFrame] | None = None


def rules_of(table: str, *lines: Line) -> tuple[IatiRule, ...]:
    """The rules that judge each row of a table by itself."""
    return tuple(
        IatiRule(
            name=name, ids=tuple(ids.split()), table=table, column=column, severity=severity, remedy=remedy, broken=broken, shown=shown[0] if shown else None
        )
        for name, ids, column, severity, remedy, broken, *shown in lines
    )


def text(column: str) -> pl.Expr:
    """A cell as published."""
    return pl.col(f"{column}|text")
