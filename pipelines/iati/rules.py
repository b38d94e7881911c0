"""The rules of an activity file: those of the IATI validator that change numbers, and our own, in one table.

The numbers are those of the public validator's rules (https://github.com/IATI/js-validator-api). What a rule does here is decided by
what it does to numbers: `error` quarantines the row (without the type, the date, the amount or the currency of a transaction no figure
can be computed), `warning` loads it and says so. What the standard calls the future is here what lies behind the day on which the
publisher last touched the activity or made the file, so that the same file is judged alike on every day.

Each line is name, numbers, column, severity, remedy, what is broken, and what a finding shows if not the text of the column. Rules about code
lists, and rules that take several tables, are tables of their own.
"""

from __future__ import annotations

import polars as pl

from pipelines.contracts.codes import CURRENCIES
from pipelines.contracts.columns import EARLIEST, LATEST
from pipelines.contracts.iati import LONGEST_TEXT, UPGRADED, VERSIONS
from pipelines.contracts.iati_organisations import ORGANISATION_MONEY
from pipelines.iati.rule import IatiRule, Line, rules_of, text
from pipelines.iati.rules_across import KNOWN_ON, RULES_ACROSS, RULES_OF_VERSION_1
from pipelines.iati.rules_of_codes import RULES_OF_CODES, vocabulary
from pipelines.iati.walk import REPEATED

# `1.5E6`, at most two digits of exponent.
EXPONENT = r"^[+-]?[0-9]{1,30}(\.[0-9]{0,30})?[eE][+-]?[0-9]{1,2}$"

# Columns of percentages, and how they are written beside plain numbers: with a sign of percent, with a comma before the decimals.
PERCENTAGES = ("percentage", "capital_spend_pct")
LOOSE_PERCENTAGE = r"^[%％]?\s*([+-]?[0-9]{1,20})([.,][0-9]{1,20})?\s*[%％]?$"

# fmt: off


def _day(column: str, severity: str, remedy: str = "") -> tuple[Line, ...]:
    """A day that is no day, or outside the years in which aid is given."""
    remedy = remedy or "write an existing day as YYYY-MM-DD" + ("" if severity == "error" else "; loaded without it")
    read = pl.col(f"{column}|read")
    return (
        ("unreadable_date", "", column, severity, remedy, text(column).is_not_null() & read.is_null()),
        ("date_out_of_range", "", column, severity, f"days from {EARLIEST} to {LATEST.year - 1}-12-31 are accepted; {remedy}",
         read.is_not_null() & pl.col(column).is_null()),
    )


def _period(number: str) -> tuple[Line, ...]:
    return (
        ("end_before_start", number, "period_end", "warning", "correct one of the two days; the period ends before it begins",
         pl.col("period_end") < pl.col("period_start")),
        *_day("period_end", "warning"),
    )


def _period_of_money() -> tuple[Line, ...]:
    """Periods of budgets and planned disbursements; without a first day the money has no year."""
    return (
        ("period_start_missing", "", "period_start", "error", "state the first day of the period; without it the money has no year",
         text("period_start").is_null()),
        *_day("period_start", "error"),
        *_period("8.6.3"),
    )


_UNTIL_THEN = "until then the currency is converted at the day of the transaction or in the middle of the period"


def _money(currency: str, value_date: str = "") -> tuple[Line, ...]:
    """Amount, currency and value date: what a budget, a planned disbursement and a transaction have in common.

    Args:
        currency: numbers of the validator's rules about the currency.
        value_date: about a value date that is missing.
    """
    value, number, published = pl.col("value"), pl.col("value|number"), text("value")
    return (
        ("value_missing", "", "value", "error", "state the amount in the value element", published.is_null()),
        ("unreadable_number", "", "value", "error",
         "write a plain number such as 1234.56 with the digits 0 to 9, without separators, signs of currency or a dash for cents",
         published.is_not_null() & number.is_null()),
        ("amount_too_large", "", "value", "error", "check the unit; amounts below 10,000,000,000,000,000 are accepted", number.is_not_null() & value.is_null()),
        ("too_precise", "", "value", "warning", "loaded after rounding at the tenth decimal; publish the rounded amount",
         number.str.contains(r"\.\d{10}\d*[1-9]")),
        ("thousands_separators", "", "value", "warning", "read as thousands separators; write the number without commas",
         published.str.contains(",", literal=True) & value.is_not_null()),
        ("written_with_exponent", "", "value", "warning", "read as the number it stands for; write it out",
         published.str.contains(EXPONENT) & value.is_not_null()),
        ("currency_needed", "7.8.1", "currency", "error", "state the currency of the value, or a default currency of the activity",
         pl.col("currency").is_null()),
        ("unknown_currency", currency, "currency", "error", "use the ISO 4217 code in capitals, for example USD, EUR, CHF",
         ~pl.col("currency").is_in(list(CURRENCIES))),
        ("value_date_missing", value_date, "value_date", "warning", f"state the value-date; {_UNTIL_THEN}", text("value_date").is_null()),
        *_day("value_date", "warning", f"write an existing day as YYYY-MM-DD; {_UNTIL_THEN}"),
    )


def _loose_percentage(number: str, column: str) -> Line:
    return ("percentage_with_sign_or_comma", number, column, "warning",
            "read as a percentage, the comma as one of decimals; write a plain number such as 70.5",
            text(column).str.contains("[%％,]") & pl.col(f"{column}|number").is_not_null())


def _shares(alike: pl.Expr, *, sums: str, missing: str, single: str, limits: str, until_then: str) -> tuple[Line, ...]:
    """Shares of one hundred: of sectors in a vocabulary, of countries together with the regions of a vocabulary.

    Args:
        alike: what shares one hundred within an activity or a transaction.
        sums: numbers of the validator's rules about the sum.
        missing: about missing percentages.
        single: about a single entry.
        limits: about values below 0 or above 100.
        until_then: what is done with percentages that do not add to 100.
    """
    group = [*map(pl.col, _PARENT), alike]
    share, number, published = pl.col("percentage"), pl.col("percentage|number"), text("percentage")
    first, several, total = pl.int_range(pl.len()).over(group) == 0, pl.len().over(group) > 1, share.sum().over(group)
    return (
        ("unreadable_percentage", "12.4.1", "percentage", "warning", "write a number between 0 and 100, without a percent sign; loaded without it",
         published.is_not_null() & number.is_null()),
        _loose_percentage("12.4.1", "percentage"),
        ("percentage_out_of_range", limits, "percentage", "warning", "write a percentage between 0 and 100; one below 0 is loaded as missing",
         (number.str.starts_with("-") & (number.str.strip_chars("-0.") != "")) | (share > 100)),
        ("percentage_missing", missing, "percentage", "warning", "give each of several entries its percentage", several & published.is_null()),
        ("percentages_not_100", sums, "percentage", "warning", f"make the percentages add to 100; until then {until_then}",
         first & several & (share.count().over(group) == pl.len().over(group)) & ((total - 100).abs() > pl.lit("0.0101").cast(pl.Decimal(28, 10))),
         pl.format("sum {}", total.cast(pl.String).str.strip_chars_end("0").str.strip_chars_end("."))),
        ("single_not_100", single, "percentage", "warning", "leave out the percentage of a single entry, or make it 100", ~several & (share != 100)),
    )


_PARENT = ("_activity_row", "transaction_number")
# Countries and the regions of one vocabulary (1, else 2, else 99) share one hundred; regions of other vocabularies say it again.
_REGION = pl.when(pl.col("recipient_kind") == "region").then(pl.col("vocabulary"))
_OTHER_REGIONS = pl.when(_REGION.min().over(_PARENT) < _REGION).then(_REGION).fill_null("")


_FIRST_COUNTS = "state the element once; the first counts"


def _repeated(*once: str, others: bool = False) -> tuple[Line, ...]:
    """What stands once in a row of money or days: with two of them nobody can tell which belong together. Of other elements the first counts."""
    repeated = pl.col(REPEATED)
    needed = repeated.str.contains(rf"\b(?:{'|'.join(once)})(?:,|$)")
    remedy = f"give each its own element: {', '.join(once)} stand once, and which of several belong together cannot be told"
    lines: list[Line] = [("repeated_element", "", None, "error", remedy, needed, repeated)]
    if others:
        lines.append(("repeated_element", "", None, "warning", _FIRST_COUNTS, repeated.is_not_null() & ~needed, repeated))
    return tuple(lines)


def _figures(kind: str, *, missing: str, no_number: str, qualitative: str) -> tuple[Line, ...]:
    """Baselines, targets or actuals."""
    given, measure, of_kind = pl.col("figure_text"), pl.col("indicator_measure"), pl.col("figure_kind") == kind
    counted = of_kind & measure.is_in(["1", "2", "3", "4"])
    return (
        ("figure_missing", missing, "figure", "warning", "give the figure; the indicator counts something", counted & given.is_null()),
        ("figure_is_no_number", no_number, "figure", "warning", "write a plain number; loaded as text only",
         counted & text("figure").is_not_null() & pl.col("figure").is_null()),
        ("figure_of_a_qualitative_indicator", qualitative, "figure", "warning", "leave the value out", of_kind & (measure == "5") & given.is_not_null()),
    )


_CODE_MISSING: Line = ("code_missing", "", "code", "warning", "state the code; the share of an entry without one is UNKNOWN", pl.col("code").is_null())
_IDENTIFIER, _REPORTER = pl.col("iati_identifier"), pl.col("reporting_org_ref")
_SYMBOLS, _NO_SYMBOLS = r"[/&|?]", "avoid the symbols / & | ? in identifiers"
_NAME_OF_CODE = "say in a narrative what the publisher's own code means"
_OTHER_VERSION = "publish it in version 2.03; what elements and codes mean in another version is not known here"
_IN_ORDER = "correct one of the two days; the activity ends before it begins"
_NOT_LATER = "an actual day cannot lie behind the day on which the activity was last updated"

RULES: tuple[IatiRule, ...] = (
    *rules_of(
        "iati_activities",
        ("identifier_missing", "1.1.2", "iati_identifier", "error",
         "give the activity its iati-identifier; without it nothing of the activity can be told apart from others", _IDENTIFIER.is_null()),
        ("unsupported_version", "0.6.1", "iati_version", "error",
         _OTHER_VERSION, ~pl.col("iati_version").is_in([*UPGRADED, *VERSIONS])),
        ("repeated_element", "", None, "warning", _FIRST_COUNTS, pl.col(REPEATED).is_not_null(), pl.col(REPEATED)),
        ("percentage_out_of_range", "12.2.1 12.2.2", "capital_spend_pct", "warning", "write a percentage between 0 and 100",
         ~pl.col("capital_spend_pct").is_between(0, 100)),
        _loose_percentage("", "capital_spend_pct"),
        ("reporter_missing", "1.7.2", "reporting_org_ref", "warning",
         "state the identifier of the reporting organisation; its figures have no entity", _REPORTER.is_null()),
        ("identifier_of_the_organisation", "1.1.3", "iati_identifier", "warning", "the activity needs an identifier of its own",
         _IDENTIFIER.str.to_lowercase() == _REPORTER.str.to_lowercase()),
        # references are compared without case
        ("identifier_without_reporter", "1.1.1 1.1.21", "iati_identifier", "warning",
         "begin the identifier with that of the reporting organisation and a hyphen",
         ~_IDENTIFIER.str.to_lowercase().str.starts_with(_REPORTER.str.to_lowercase() + "-") & ~pl.col("is_secondary_reporter")),
        ("identifier_with_symbols", "1.3.13", "iati_identifier", "warning", _NO_SYMBOLS, _IDENTIFIER.str.contains(_SYMBOLS)),
        ("identifier_with_symbols", "1.14.13", "reporting_org_ref", "warning", _NO_SYMBOLS, _REPORTER.str.contains(_SYMBOLS)),
        ("status_missing", "6.2.1", "activity_status", "warning", "state the status of the activity", pl.col("activity_status").is_null()),
        ("end_before_start", "11.1.2", "planned_end", "warning", _IN_ORDER, pl.col("planned_end") < pl.col("planned_start")),
        ("end_before_start", "11.1.3", "actual_end", "warning", _IN_ORDER, pl.col("actual_end") < pl.col("actual_start")),
        ("day_in_the_future", "11.1.4", "actual_start", "warning", _NOT_LATER, pl.col("actual_start") > KNOWN_ON),
        ("day_in_the_future", "11.1.5", "actual_end", "warning", _NOT_LATER, pl.col("actual_end") > KNOWN_ON),
        ("day_in_the_future", "11.1.1", "last_updated", "warning", "an activity cannot be updated after its file was made",
         pl.col("last_updated") > pl.col("file_generated") + pl.duration(days=1)),
        ("start_missing", "6.11.1", "planned_start", "warning", "state a planned or an actual start",
         text("planned_start").is_null() & text("actual_start").is_null()),
    ),
    *rules_of(
        "iati_transactions",
        *_repeated("transaction-type", "transaction-date", "value", others=True),
        ("transaction_type_missing", "", "transaction_type", "error",
         "state the code of the transaction type; without it money cannot be told to come or go", pl.col("transaction_type").is_null()),
        ("transaction_date_missing", "", "transaction_date", "error", "state the iso-date of the transaction; without it the money has no year",
         text("transaction_date").is_null()),
        *_day("transaction_date", "error"),
        *_money("9.94.1 9.3.1"),
    ),
    *rules_of(
        "iati_budgets",
        *_repeated("period-start", "period-end", "value"),
        *_period_of_money(),
        *_money("9.9.1 9.3.1", value_date="7.5.2"),
        ("budget_longer_than_a_year", "7.5.3", "period_end", "warning",
         "give a budget for each year; the whole stands in the year in which the period begins",
         pl.col("period_end") > pl.col("period_start").dt.offset_by("1y")),
    ),
    *rules_of(
        "iati_planned_disbursements",
        *_repeated("period-start", "period-end", "value", others=True),
        *_period_of_money(),
        *_money("9.46.1 9.3.1"),
    ),
    *rules_of(
        "iati_sectors",
        *_shares(pl.col("vocabulary"), sums="2.1.2", missing="2.1.1", single="2.1.4", limits="12.3.1 12.3.2", until_then="they are rebased"),
        ("own_code_unnamed", "2.2.1", "name", "warning", _NAME_OF_CODE, vocabulary("98", "99") & pl.col("name").is_null()),
        _CODE_MISSING,
    ),
    *rules_of(
        "iati_recipients",
        *_shares(
            _OTHER_REGIONS, sums="3.1.2 3.4.2", missing="3.1.1 3.4.1", single="3.1.4 3.4.4", limits="12.1.1 12.1.2",
            until_then="they are rebased, without regions around countries that make 100 by themselves",
        ),
        _CODE_MISSING,
    ),
    *rules_of("iati_dates", *_day("iso_date", "warning")),
    *rules_of(
        "iati_participating_orgs",
        ("organisation_unnamed", "6.10.1", "org_ref", "warning", "give the organisation an identifier or a narrative",
         pl.col("org_ref").is_null() & pl.col("org_name").is_null()),
    ),
    *rules_of(
        "iati_policy_markers",
        ("significance_missing", "6.14.1", "significance", "warning", "state the significance of the policy marker",
         vocabulary("1") & pl.col("significance").is_null()),
        ("own_code_unnamed", "6.13.1", "name", "warning", _NAME_OF_CODE, vocabulary("99") & pl.col("name").is_null()),
    ),
    *rules_of(
        "iati_texts",
        ("text_too_long", "", "text", "warning", f"cut after {LONGEST_TEXT:,} characters; publish long texts as documents",
         pl.col("text").str.len_bytes() >= LONGEST_TEXT),
    ),
    *rules_of(
        "iati_results",
        *_repeated("period-start", "period-end"),
        *_period("8.6.1"),
        *_day("period_start", "warning"),
        *_figures("baseline", missing="8.8.1", no_number="8.8.2", qualitative="8.8.3"),
        *_figures("target", missing="8.9.1", no_number="8.9.2", qualitative="8.9.3"),
        *_figures("actual", missing="8.10.1", no_number="8.10.2", qualitative="8.10.3"),
    ),
    *rules_of(
        "iati_organisations",
        ("identifier_missing", "", "organisation_identifier", "error",
         "give the organisation its organisation-identifier; without it nobody knows whose money it is", pl.col("organisation_identifier").is_null()),
        ("unsupported_version", "", "iati_version", "error", _OTHER_VERSION, ~pl.col("iati_version").is_in(list(VERSIONS))),
    ),
    *(
        rule
        for table in ORGANISATION_MONEY
        for rule in rules_of(table, *_repeated("period-start", "period-end", "value", others=True), *_period_of_money(), *_money(""))
    ),
    *(
        rule
        for table in ("iati_recipient_org_budgets", "iati_recipient_country_budgets", "iati_recipient_region_budgets")
        for rule in rules_of(
            table,
            ("code_missing", "", "recipient", "warning", "state whom the budget is for; it stands under UNKNOWN", pl.col("recipient").is_null()),
        )
    ),
    *RULES_OF_CODES,
    *RULES_ACROSS,
    *RULES_OF_VERSION_1,
)
