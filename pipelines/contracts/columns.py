"""The words in which contracts are written: kinds of columns, sources, rules.

A contract is a dataframely schema whose columns come from the functions here. Each function fixes the landed type, the checks
and what a clerk is told when one fails. Nothing here reads a delivery.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

import dataframely as dy
import polars as pl

from pipelines.contracts import codes as code_lists

EARLIEST = date(1945, 1, 1)
LATEST = date(2100, 1, 1)
# The surface holds DECIMAL(18,2): sixteen digits before the point.
LARGEST_AMOUNT = Decimal("9999999999999999.99")
# What is counted is split exactly in millionths, thousands of which still add up in 64 bits (the macro `to_millionths` has the same bound).
LARGEST_COUNT = 10**9


@dataclass(frozen=True, kw_only=True)
class Rule:
    """What a failed rule means: how bad it is, which column shows it, what to do about it."""

    severity: str
    remedy: str
    column: str | None = None


@dataclass(frozen=True, kw_only=True)
class Conversion:
    """The day, or the period, whose rate turns an amount into US dollars. A day where `mean_of` is empty.

    Attributes:
        on: columns of a day; the first that is filled counts.
        middle_of: first and last day, the last of which may be empty: the day in their middle.
        mean_of: first and last day of a period: the mean of its rates.
    """

    on: tuple[str, ...] = ()
    middle_of: tuple[str, ...] = ()
    mean_of: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Shipped:
    """How delivered reference data meet those that are shipped in the seed of the same name, and each other.

    Two rows that speak of one thing on one day meet. Capitals and small letters are the same.

    Attributes:
        speaks_of: columns that name what a row speaks of.
        called: columns each of which names it within those: a subprogramme is known by its code and by its name.
        says: columns that a shipped row may contradict, with what the seed calls them.
        is_dated: whether what a row says holds for a time only.
    """

    speaks_of: tuple[str, ...]
    called: tuple[str, ...] = ()
    says: dict[str, str]
    is_dated: bool = True


PERIOD = ("period_start", "period_end")


@dataclass(frozen=True, kw_only=True)
class Source:
    """One source of the warehouse: its contract and how its rows relate to other tables.

    Attributes:
        name: the word of the source in folders, tables and models.
        grain: what one row is.
        domain: folder of its models in every dbt layer.
        schema: the dataframely schema: columns, types, rules, in the order of the landed table.
        key: columns of the business key; empty where none exists.
        key_given_by: column without which a row has no business key (a ledger line without `line_id`).
        is_key_tested: the build asks once more whether the key is unique, beside the set pass; not where a mart's key says the same, or rows are millions.
        row_date: column as of which places are read and currency is converted.
        amount_columns: money, conserved from delivery to release (law 5); the first one is the row's amount. Staging rounds each once to whole cents,
            half to even, and keeps what that took away.
        measure_column: column that names the measure of the amount, if the source has one; else the amount's own name does.
        conversion: how its amounts become US dollars; needed where there are any.
        fact: the mart that holds its amounts row by row; empty where they stand in totals alone.
        days: first and last day (which may be empty) on which what a row names must be known: regions, labels, codes; one column where both are the same.
        is_divided: its rows are divided by subprogramme and recipient, as far as it names them, in the share tables.
        split_columns: columns in split notation, with what they split over.
        list_columns: columns that list codes, separated by |.
        place_columns: columns whose texts or parts are places.
        giver_columns: columns that name who gives: places where they can be read as such, organisations elsewhere.
        references: column to the seed (or source) in which its codes are looked up.
        default_book: book of a row that names none.
        overlap: columns by which two deliveries of a source without key are found to cover the same thing.
        shipped: what is shipped beside it, where the source is reference data: the models read both.
        told_in: a required column that a delivery may leave out because another column says it: column to (other column, words to code).
        rules: what the schema's row rules mean.
    """

    name: str
    grain: str
    domain: str
    schema: type[dy.Schema]
    key: tuple[str, ...] = ()
    key_given_by: str | None = None
    is_key_tested: bool = True
    row_date: str
    amount_columns: tuple[str, ...] = ()
    measure_column: str | None = None
    conversion: Conversion | None = None
    fact: str | None = None
    days: tuple[str, ...] = ()
    is_divided: bool = False
    split_columns: tuple[str, ...] = ()
    list_columns: tuple[str, ...] = ()
    place_columns: tuple[str, ...] = ()
    giver_columns: tuple[str, ...] = ()
    references: dict[str, str] = field(default_factory=dict)
    default_book: str | None = None
    overlap: tuple[str, ...] = ()
    shipped: Shipped | None = None
    told_in: dict[str, tuple[str, dict[str, str]]] = field(default_factory=dict)
    rules: dict[str, Rule] = field(default_factory=dict)


def _metadata(
    kind: str, description: str, *, required: bool, filled: bool | None, default: str | None, unit: str | None, remedy: str | None, codes: Sequence[str] = ()
) -> dict[str, Any]:
    """What a contract says of a column beside its type; `filled` says whether a cell may be empty where the column is required."""
    return {
        "kind": kind,
        "description": description,
        "required": required,
        "filled": required if filled is None else filled,
        "default": default,
        "unit": unit,
        "remedy": remedy,
        "codes": tuple(codes),
    }


def _common(metadata: dict[str, Any]) -> dict[str, Any]:
    return {"nullable": not metadata["filled"], "metadata": metadata, "description": metadata["description"]}


def text(
    description: str, *, required: bool = False, filled: bool | None = None, default: str | None = None, unit: str | None = None, remedy: str | None = None
) -> dy.String:
    """Text as delivered, without blanks at its ends."""
    return dy.String(**_common(_metadata("text", description, required=required, filled=filled, default=default, unit=unit, remedy=remedy)))


def code(
    description: str,
    codes: Sequence[str],
    *,
    required: bool = False,
    filled: bool | None = None,
    default: str | None = None,
    remedy: str | None = None,
) -> dy.String:
    """One word of a closed list."""
    metadata = _metadata("code", description, required=required, filled=filled, default=default, unit=None, remedy=remedy, codes=codes)
    return dy.String(check={"not_in_code_list": _among(codes)}, **_common(metadata))


def _among(codes: Sequence[str]) -> Callable[[pl.Expr], pl.Expr]:
    listed = pl.Series(sorted(codes), dtype=pl.String).implode()
    return lambda column: column.is_in(listed)


def funding_code(
    description: str = "where the money comes from, a code of the tree in data/seeds/funding_sources.csv", *, required: bool = False, totals: bool = False
) -> dy.String:
    """A code of the tree of funding sources.

    An unknown one is an error, not a warning: the tree decides what is cash and what is technical cooperation, so that a guess would
    put the money into a wrong total. `unspecified` is a code for those who do not know.

    Args:
        description: what the column says.
        required: whether a delivery must have it.
        totals: whether it may also name a total over the tree, as a statement does and a record of money cannot.
    """
    more = code_lists.FUNDING_TOTALS if totals else ()
    metadata = _metadata(
        "code",
        description,
        required=required,
        filled=None,
        default=None,
        unit=None,
        remedy="use a code of data/seeds/funding_sources.csv (`unspecified` where it is not known), "
        + "".join(f"`{word}`, " for word in more)
        + "or translate it under `values` of the mapping",
    )
    return dy.String(check={"not_in_code_list": lambda column: _among((*code_lists.funding_sources(), *more))(column)}, **_common(metadata))


def currency_code(description: str = "ISO 4217 code, withdrawn ones included", *, required: bool = False) -> dy.String:
    """A three-letter currency code."""
    metadata = _metadata(
        "code", description, required=required, filled=None, default=None, unit=None, remedy="use the ISO 4217 code in capitals, for example USD, EUR, CHF"
    )
    return dy.String(check={"unknown_currency": _among(code_lists.CURRENCIES)}, **_common(metadata))


def money(description: str, *, required: bool = False, unit: str = "the row's currency") -> dy.Decimal:
    """An amount of money as published, ten decimals kept. Negative amounts are corrections and refunds, real in UN books."""
    metadata = _metadata("money", description, required=required, filled=None, default=None, unit=unit, remedy=None)
    return dy.Decimal(28, 10, check={"amount_too_large": lambda column: column.abs() <= LARGEST_AMOUNT}, **_common(metadata))


def number(
    description: str,
    *,
    required: bool = False,
    filled: bool | None = None,
    unit: str | None = None,
    at_least: int | None = None,
    above: int | None = None,
    below: int | None = None,
) -> dy.Decimal:
    """A figure that is not money: a count, days, a percentage, a published value; ten decimals kept."""
    metadata = _metadata("number", description, required=required, filled=filled, default=None, unit=unit, remedy=None)
    check = {"amount_too_large": lambda column: column.abs() <= LARGEST_AMOUNT}
    if at_least is not None:
        check["below_minimum"] = lambda column: column >= at_least
    if above is not None:
        check["not_positive"] = lambda column: column > above
    if below is not None:
        check["count_too_large"] = lambda column: column < below
    return dy.Decimal(28, 10, check=check, **_common(metadata))


def rate(description: str, *, required: bool = False) -> dy.Decimal:
    """US dollars per unit of a currency, twelve decimals, above zero."""
    metadata = _metadata(
        "rate",
        description,
        required=required,
        filled=None,
        default=None,
        unit="USD per unit",
        remedy="correct the rate: it is US dollars for one unit and must be above zero at twelve decimals; a weaker currency has no rate here",
    )
    return dy.Decimal(18, 12, check={"not_positive": lambda column: column > 0}, **_common(metadata))


def day(description: str, *, required: bool = False, filled: bool | None = None) -> dy.Date:
    """A calendar day. Days outside 1945–2100 are slips of the keyboard (9619 for 1996)."""
    metadata = _metadata("date", description, required=required, filled=filled, default=None, unit=None, remedy=None)
    return dy.Date(check={"date_out_of_range": lambda column: (column >= EARLIEST) & (column < LATEST)}, **_common(metadata))


def year(description: str = "calendar year, or the year in which a longer period ends", *, required: bool = True) -> dy.Int32:
    """The year, also written `2018/19` (peacekeeping year), `2018-2019` (biennium) or `2017-2020` (several years)."""
    metadata = _metadata("fiscal_year", description, required=required, filled=None, default=None, unit="year", remedy=None)
    return dy.Int32(check={"year_out_of_range": lambda column: column.is_between(EARLIEST.year, LATEST.year)}, **_common(metadata))


def flag(description: str) -> dy.Bool:
    """Yes or no."""
    metadata = _metadata("flag", description, required=False, filled=None, default=None, unit=None, remedy=None)
    return dy.Bool(**_common(metadata))


def split(description: str, *, required: bool = False) -> dy.String:
    """Split notation, `KG:60|TJ:40` or `KG|TJ`, kept as delivered once it has been read without objection."""
    metadata = _metadata("split", description, required=required, filled=None, default=None, unit=None, remedy=None)
    return dy.String(**_common(metadata))


def period(description: str, *, required: bool = False) -> dy.String:
    """A reporting period as SDMX writes it: `2023`, `2023-S1` (half), `2023-Q1`, `2023-05`, `2023-05-17`; its days fill `period_start` and `period_end`."""
    metadata = _metadata("period", description, required=required, filled=None, default=None, unit=None, remedy=None)
    return dy.String(**_common(metadata))


class CommonColumns(dy.Schema):
    """Columns that every source accepts, after its own."""

    book = text("the set of books in which this money or activity stands; totals are taken within one")
    record_basis = code("reported by an organisation, published (re-keyed from a cited document), or illustrative", code_lists.RECORD_BASES, default="reported")
    source_symbol = text("symbol of the document cited, for example A/78/6 (Sect. 20)")
    source_address = text("web address of the source")
    as_of = day("edition of the figures; the latest edition of a figure counts")
    rounding_unit = number("unit to which the source rounds: 100 where it prints thousands with one decimal", above=0)

    @dy.rule()
    def citation_missing(cls) -> pl.Expr:
        """What is re-keyed from a document cites it."""
        return (pl.col("record_basis") != "published") | pl.col("source_symbol").is_not_null() | pl.col("source_address").is_not_null()
