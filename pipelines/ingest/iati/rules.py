"""The rules of an activity file: those of the IATI validator that change numbers, and our own, in one registry.

`ids` are the numbers of the public validator's rules (https://iativalidator.iatistandard.org/rules). What a rule does here is decided
by what it does to numbers: `error` quarantines the row (without the type, the date, the amount or the currency of a transaction no
figure can be computed), `warning` loads it and says so.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import polars as pl

from pipelines.contracts.codes import CURRENCIES
from pipelines.contracts.columns import EARLIEST, LATEST
from pipelines.contracts.iati import TABLES, codelist

Frames = Mapping[str, pl.DataFrame]


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
        found: for what takes several rows or tables: rows that break the rule, as `_source_row` and `value`.
    """

    name: str
    ids: tuple[str, ...] = ()
    table: str
    column: str | None
    severity: str
    remedy: str
    broken: pl.Expr | None = None
    found: Callable[[Frames], pl.DataFrame] | None = None


def _text(column: str) -> pl.Expr:
    return pl.col(f"{column}|text")


def _unreadable(column: str) -> pl.Expr:
    return _text(column).is_not_null() & pl.col(column).is_null()


def _date_rules(table: str, column: str, *, severity: str, ids: tuple[str, ...] = (), remedy: str = "") -> list[IatiRule]:
    """A day that is no day, or outside the years in which aid is given."""
    what = remedy or ("write an existing day as YYYY-MM-DD" if severity == "error" else "write an existing day as YYYY-MM-DD; loaded without it")
    read = pl.col(f"{column}|read")
    return [
        IatiRule(
            name="unreadable_date", ids=ids, table=table, column=column, severity=severity, remedy=what, broken=_text(column).is_not_null() & read.is_null()
        ),
        IatiRule(
            name="date_out_of_range",
            ids=ids,
            table=table,
            column=column,
            severity=severity,
            remedy=f"days from {EARLIEST} to {LATEST.year - 1}-12-31 are accepted; {what}",
            broken=read.is_not_null() & pl.col(column).is_null(),
        ),
    ]


def _value_rules(table: str) -> list[IatiRule]:
    """Amount, currency and value date: what a budget, a planned disbursement and a transaction have in common."""
    return [
        IatiRule(
            name="value_missing", table=table, column="value", severity="error", remedy="state the amount in the value element", broken=_text("value").is_null()
        ),
        IatiRule(
            name="unreadable_number",
            table=table,
            column="value",
            severity="error",
            remedy="write a plain number such as 1234.56, without separators, signs of currency or exponents",
            broken=_text("value").is_not_null() & pl.col("value|number").is_null(),
        ),
        IatiRule(
            name="amount_too_large",
            table=table,
            column="value",
            severity="error",
            remedy="check the unit; amounts below 10,000,000,000,000,000 are accepted",
            broken=pl.col("value|number").is_not_null() & pl.col("value").is_null(),
        ),
        IatiRule(
            name="too_precise",
            table=table,
            column="value",
            severity="warning",
            remedy="loaded after rounding at the tenth decimal; publish the rounded amount",
            broken=pl.col("value|number").str.contains(r"\.\d{10}\d*[1-9]"),
        ),
        IatiRule(
            name="thousands_separators",
            table=table,
            column="value",
            severity="warning",
            remedy="read as thousands separators; write the number without commas",
            broken=_text("value").str.contains(",", literal=True) & pl.col("value").is_not_null(),
        ),
        IatiRule(
            name="currency_needed",
            ids=("7.8.1",),
            table=table,
            column="currency",
            severity="error",
            remedy="state the currency of the value, or a default currency of the activity",
            broken=pl.col("currency").is_null(),
        ),
        IatiRule(
            name="unknown_currency",
            ids={"iati_transactions": ("9.94.1", "9.3.1"), "iati_budgets": ("9.9.1", "9.3.1")}.get(table, ("9.46.1", "9.3.1")),
            table=table,
            column="currency",
            severity="error",
            remedy="use the ISO 4217 code in capitals, for example USD, EUR, CHF",
            broken=~pl.col("currency").is_in(list(CURRENCIES)),
        ),
        IatiRule(
            name="value_date_missing",
            ids=("7.5.2",) if table == "iati_budgets" else (),
            table=table,
            column="value_date",
            severity="warning",
            remedy="state the value-date; until then the currency is converted at the day of the transaction or in the middle of the period",
            broken=_text("value_date").is_null(),
        ),
        *_date_rules(
            table,
            "value_date",
            severity="warning",
            remedy="write an existing day as YYYY-MM-DD; until then the currency is converted at the day of the transaction or in the middle of the period",
        ),
    ]


def _codelist_rule(id_: str, table: str, column: str, name: str, *, when: pl.Expr | None = None, severity: str = "warning") -> IatiRule:
    broken = ~pl.col(column).is_in(list(codelist(name)))
    return IatiRule(
        name="not_in_code_list",
        ids=(id_,),
        table=table,
        column=column,
        severity=severity,
        remedy=f"use a code of the codelist {name}" + ("" if severity == "error" else "; loaded as published"),
        broken=broken if when is None else when & broken,
    )


_VOCABULARY_1 = pl.col("vocabulary") == "1"
_AT_ACTIVITY = pl.col("transaction_number").is_null() if "transaction_number" in TABLES["iati_sectors"].own else pl.lit(True)

RULES: tuple[IatiRule, ...] = (
    IatiRule(
        name="identifier_missing",
        ids=("1.1.2",),
        table="iati_activities",
        column="iati_identifier",
        severity="error",
        remedy="give the activity its iati-identifier; without it nothing of the activity can be told apart from others",
        broken=pl.col("iati_identifier").is_null(),
    ),
    IatiRule(
        name="transaction_type_missing",
        table="iati_transactions",
        column="transaction_type",
        severity="error",
        remedy="state the code of the transaction type; without it money cannot be told to come or go",
        broken=pl.col("transaction_type").is_null(),
    ),
    _codelist_rule("9.93.1", "iati_transactions", "transaction_type", "TransactionType", severity="error"),
    IatiRule(
        name="transaction_date_missing",
        table="iati_transactions",
        column="transaction_date",
        severity="error",
        remedy="state the iso-date of the transaction; without it the money has no year",
        broken=_text("transaction_date").is_null(),
    ),
    *_date_rules("iati_transactions", "transaction_date", severity="error"),
    *_value_rules("iati_transactions"),
    *_value_rules("iati_budgets"),
    *_value_rules("iati_planned_disbursements"),
)
