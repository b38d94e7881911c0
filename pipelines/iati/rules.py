"""The rules of an activity file: those of the IATI validator that change numbers, and our own, in one registry.

`ids` are the numbers of the public validator's rules (https://github.com/IATI/js-validator-api). What a rule does here is decided by
what it does to numbers: `error` quarantines the row (without the type, the date, the amount or the currency of a transaction no figure
can be computed), `warning` loads it and says so. What the standard calls the future is here what lies behind the day on which the
publisher last touched the activity or made the file, so that the same file is judged alike on every day.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import polars as pl

from pipelines.contracts.codes import CURRENCIES
from pipelines.contracts.columns import EARLIEST, LATEST
from pipelines.contracts.iati import LONGEST_TEXT, VERSIONS, codelist
from pipelines.iati.walk import REPEATED

# `1.5E6`, at most two digits of exponent.
EXPONENT = r"^[+-]?[0-9]{1,30}(\.[0-9]{0,30})?[eE][+-]?[0-9]{1,2}$"

# Columns of percentages, and how they are written beside plain numbers: with a sign of percent, with a comma before the decimals.
PERCENTAGES = ("percentage", "capital_spend_pct")
LOOSE_PERCENTAGE = r"^[%％]?\s*([+-]?[0-9]{1,20})([.,][0-9]{1,20})?\s*[%％]?$"

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
            remedy="write a plain number such as 1234.56 with the digits 0 to 9, without separators, signs of currency or a dash for cents",
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
            name="written_with_exponent",
            table=table,
            column="value",
            severity="warning",
            remedy="read as the number it stands for; write it out",
            broken=_text("value").str.contains(EXPONENT) & pl.col("value").is_not_null(),
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


def _codelist_rule(ids: str, table: str, column: str, name: str, *, when: pl.Expr | None = None, severity: str = "warning") -> IatiRule:
    broken = ~pl.col(column).is_in(sorted(codelist(name)))
    return IatiRule(
        name="not_in_code_list",
        ids=tuple(ids.split()),
        table=table,
        column=column,
        severity=severity,
        remedy=f"use a code of the codelist {name}" + ("" if severity == "error" else "; loaded as published"),
        broken=broken if when is None else when & broken,
    )


_AT_ACTIVITY = pl.col("transaction_number").is_null()
_PARENT = ("_activity_row", "transaction_number")


def _vocabulary(*codes: str) -> pl.Expr:
    return pl.col("vocabulary").is_in(list(codes))


def _codelist_rules() -> list[IatiRule]:
    """Codes that decide how money is counted, split or classified."""
    activities, transactions, locations = "iati_activities", "iati_transactions", "iati_locations"
    sectors, recipients, planned = "iati_sectors", "iati_recipients", "iati_planned_disbursements"
    country, region = pl.col("recipient_kind") == "country", pl.col("recipient_kind") == "region"
    rules = [
        _codelist_rule("9.93.1", transactions, "transaction_type", "TransactionType", severity="error"),
        _codelist_rule("9.2.1", activities, "budget_not_provided", "BudgetNotProvided"),
        _codelist_rule("9.3.1", activities, "default_currency", "Currency"),
        _codelist_rule("9.5.1", activities, "activity_status", "ActivityStatus"),
        _codelist_rule("9.6.1", activities, "activity_scope", "ActivityScope"),
        _codelist_rule("9.10.1", activities, "collaboration_type", "CollaborationType"),
        _codelist_rule("9.21.1", activities, "default_aid_type", "AidType"),
        _codelist_rule("9.23.1", activities, "default_finance_type", "FinanceType"),
        _codelist_rule("9.24.1", activities, "default_flow_type", "FlowType"),
        _codelist_rule("9.25.1", activities, "default_tied_status", "TiedStatus"),
        _codelist_rule("9.54.1", activities, "reporting_org_type", "OrganisationType"),
        _codelist_rule("9.127.1", activities, "default_earmarking_category", "EarmarkingCategory"),
        _codelist_rule("9.128.1", activities, "default_cash_voucher_modality", "CashandVoucherModalities"),
        _codelist_rule("9.4.1", "iati_dates", "date_type", "ActivityDateType"),
        _codelist_rule("9.26.1", "iati_texts", "text_type", "DescriptionType"),
        _codelist_rule("9.40.1", "iati_participating_orgs", "crs_channel_code", "CRSChannelCode"),
        _codelist_rule("9.41.1", "iati_participating_orgs", "role", "OrganisationRole"),
        _codelist_rule("9.42.1", "iati_participating_orgs", "org_type", "OrganisationType"),
        _codelist_rule("9.47.1", "iati_policy_markers", "code", "PolicyMarker", when=_vocabulary("1")),
        _codelist_rule("9.48.1", "iati_policy_markers", "significance", "PolicySignificance"),
        _codelist_rule("9.49.1", "iati_policy_markers", "vocabulary", "PolicyMarkerVocabulary"),
        _codelist_rule("9.79.1", "iati_tags", "vocabulary", "TagVocabulary"),
        _codelist_rule("9.125.1", "iati_tags", "code", "UNSDG-Goals", when=_vocabulary("2")),
        _codelist_rule("9.126.1", "iati_tags", "code", "UNSDG-Targets", when=_vocabulary("3")),
        _codelist_rule("9.33.1", locations, "administrative_vocabulary", "GeographicVocabulary"),
        _codelist_rule("9.35.1", locations, "location_class", "GeographicLocationClass"),
        _codelist_rule("9.36.1", locations, "location_id_vocabulary", "GeographicVocabulary"),
        _codelist_rule("9.37.1", locations, "reach", "GeographicLocationReach"),
        _codelist_rule("9.38.1", locations, "exactness", "GeographicExactness"),
        _codelist_rule("9.7.1", "iati_budgets", "budget_status", "BudgetStatus"),
        _codelist_rule("9.8.1", "iati_budgets", "budget_type", "BudgetType"),
        _codelist_rule("9.43.1", planned, "disbursement_type", "BudgetType"),
        _codelist_rule("9.44.1", planned, "provider_org_type", "OrganisationType"),
        _codelist_rule("9.45.1", planned, "receiver_org_type", "OrganisationType"),
        _codelist_rule("9.80.1", transactions, "aid_type", "AidType"),
        _codelist_rule("9.82.1", transactions, "disbursement_channel", "DisbursementChannel"),
        _codelist_rule("9.83.1", transactions, "finance_type", "FinanceType"),
        _codelist_rule("9.84.1", transactions, "flow_type", "FlowType"),
        _codelist_rule("9.88.1", transactions, "provider_org_type", "OrganisationType"),
        _codelist_rule("9.89.1", transactions, "receiver_org_type", "OrganisationType"),
        _codelist_rule("9.92.1", transactions, "tied_status", "TiedStatus"),
        _codelist_rule("9.53.1", "iati_related_activities", "relation_type", "RelatedActivityType"),
        _codelist_rule("9.55.1", "iati_results", "result_type", "ResultType"),
        _codelist_rule("9.60.1", "iati_results", "indicator_measure", "IndicatorMeasure"),
        _codelist_rule("9.74.1", "iati_results", "indicator_vocabulary", "IndicatorVocabulary"),
    ]
    # The validator numbers the same rule differently at the activity and at its transactions.
    for at, ids in ((_AT_ACTIVITY, ("9.50.1", "9.51.1", "9.52.1")), (~_AT_ACTIVITY, ("9.85.1", "9.86.1", "9.87.1"))):
        rules.append(_codelist_rule(ids[0], recipients, "code", "Country", when=at & country))
        rules.append(_codelist_rule(ids[1], recipients, "code", "Region", when=at & region & _vocabulary("1")))
        rules.append(_codelist_rule(ids[2], recipients, "vocabulary", "RegionVocabulary", when=at & region))
    for at, ids in ((_AT_ACTIVITY, ("9.76.1", "9.77.1", "9.78.1")), (~_AT_ACTIVITY, ("9.90.1", "9.124.1", "9.91.1"))):
        rules.append(_codelist_rule(ids[0], sectors, "code", "Sector", when=at & _vocabulary("1")))
        rules.append(_codelist_rule(ids[1], sectors, "code", "SectorCategory", when=at & _vocabulary("2")))
        rules.append(_codelist_rule(ids[2], sectors, "vocabulary", "SectorVocabulary", when=at))
    return rules


def _percentage_rules(
    table: str, *, alike: pl.Expr, sums: tuple[str, ...], missing: tuple[str, ...], single: tuple[str, ...], limits: str, until_then: str = "they are rebased"
) -> list[IatiRule]:
    """Shares of one hundred: of sectors in a vocabulary, of countries together with the regions of a vocabulary.

    Args:
        table: sectors or recipients.
        alike: what shares one hundred within an activity or a transaction.
        sums: numbers of the validator's rules about the sum.
        missing: about missing percentages.
        single: about a single entry.
        limits: about values below 0 or above 100.
        until_then: what is done with percentages that do not add to 100.
    """
    group = [*(pl.col(name) for name in _PARENT), alike]
    share = pl.col("percentage")
    first = pl.int_range(pl.len()).over(group) == 0
    several = pl.len().over(group) > 1
    total = share.sum().over(group)
    return [
        IatiRule(
            name="unreadable_percentage",
            ids=("12.4.1",),
            table=table,
            column="percentage",
            severity="warning",
            remedy="write a number between 0 and 100, without a percent sign; loaded without it",
            broken=_text("percentage").is_not_null() & pl.col("percentage|number").is_null(),
        ),
        _loose_percentage(table, "percentage"),
        IatiRule(
            name="percentage_out_of_range",
            ids=tuple(limits.split()),
            table=table,
            column="percentage",
            severity="warning",
            remedy="write a percentage between 0 and 100; one below 0 is loaded as missing",
            broken=(pl.col("percentage|number").str.starts_with("-") & (pl.col("percentage|number").str.strip_chars("-0.") != "")) | (share > 100),
        ),
        IatiRule(
            name="percentage_missing",
            ids=missing,
            table=table,
            column="percentage",
            severity="warning",
            remedy="give each of several entries its percentage",
            broken=several & _text("percentage").is_null(),
        ),
        IatiRule(
            name="percentages_not_100",
            ids=sums,
            table=table,
            column="percentage",
            severity="warning",
            remedy=f"make the percentages add to 100; until then {until_then}",
            broken=first & several & (share.count().over(group) == pl.len().over(group)) & ((total - 100).abs() > pl.lit("0.0101").cast(pl.Decimal(28, 10))),
            shown=pl.format("sum {}", total.cast(pl.String).str.strip_chars_end("0").str.strip_chars_end(".")),
        ),
        IatiRule(
            name="single_not_100",
            ids=single,
            table=table,
            column="percentage",
            severity="warning",
            remedy="leave out the percentage of a single entry, or make it 100",
            broken=~several & (share != 100),
        ),
    ]


def _loose_percentage(table: str, column: str) -> IatiRule:
    return IatiRule(
        name="percentage_with_sign_or_comma",
        ids=("12.4.1",) if column == "percentage" else (),
        table=table,
        column=column,
        severity="warning",
        remedy="read as a percentage, the comma as one of decimals; write a plain number such as 70.5",
        broken=_text(column).str.contains("[%％,]") & pl.col(f"{column}|number").is_not_null(),
    )


# What stands once in a row of money or days: with two of them nobody can tell which belong together.
_ONCE = {
    "iati_transactions": ("transaction-type", "transaction-date", "value"),
    "iati_budgets": ("period-start", "period-end", "value"),
    "iati_planned_disbursements": ("period-start", "period-end", "value"),
    "iati_results": ("period-start", "period-end"),
}


def _repetition_rules() -> list[IatiRule]:
    repeated = pl.col(REPEATED)
    rules = [
        IatiRule(
            name="repeated_element",
            table=table,
            column=None,
            severity="error",
            remedy=f"give each its own element: {', '.join(names)} stand once, and which of several belong together cannot be told",
            broken=repeated.str.contains(rf"\b(?:{'|'.join(names)})(?:,|$)"),
            shown=repeated,
        )
        for table, names in _ONCE.items()
    ]
    rules += [
        IatiRule(
            name="repeated_element",
            table=table,
            column=None,
            severity="warning",
            remedy="state the element once; the first counts",
            broken=repeated.is_not_null() & ~repeated.str.contains(rf"\b(?:{'|'.join(_ONCE.get(table, ['-']))})(?:,|$)"),
            shown=repeated,
        )
        for table in ("iati_activities", "iati_transactions", "iati_planned_disbursements")
    ]
    return rules


def _period_rules(table: str, *, ids: tuple[str, ...], severity: str = "warning") -> list[IatiRule]:
    return [
        IatiRule(
            name="end_before_start",
            ids=ids,
            table=table,
            column="period_end",
            severity=severity,
            remedy="correct one of the two days; the period ends before it begins",
            broken=pl.col("period_end") < pl.col("period_start"),
        ),
        *_date_rules(table, "period_end", severity="warning"),
    ]


def _budget_rules(table: str) -> list[IatiRule]:
    """Periods of budgets and planned disbursements; without a first day the money has no year."""
    rules = [
        IatiRule(
            name="period_start_missing",
            table=table,
            column="period_start",
            severity="error",
            remedy="state the first day of the period; without it the money has no year",
            broken=_text("period_start").is_null(),
        ),
        *_date_rules(table, "period_start", severity="error"),
        *_period_rules(table, ids=("8.6.3",)),
        *_value_rules(table),
    ]
    if table == "iati_budgets":
        rules.append(
            IatiRule(
                name="budget_longer_than_a_year",
                ids=("7.5.3",),
                table=table,
                column="period_end",
                severity="warning",
                remedy="give a budget for each year; the whole stands in the year in which the period begins",
                broken=pl.col("period_end") > pl.col("period_start").dt.offset_by("1y"),
            )
        )
    return rules


def _needs_name(table: str, ref: str, name: str, ids: tuple[str, ...]) -> IatiRule:
    return IatiRule(
        name="organisation_unnamed",
        ids=ids,
        table=table,
        column=ref,
        severity="warning",
        remedy="give the organisation an identifier or a narrative",
        broken=pl.col(ref).is_null() & pl.col(name).is_null(),
    )


def _identifier_rules() -> list[IatiRule]:
    identifier, reporter = pl.col("iati_identifier"), pl.col("reporting_org_ref")
    symbols = r"[/&|?]"
    flagged = [
        (
            "reporter_missing",
            "1.7.2",
            "reporting_org_ref",
            reporter.is_null(),
            "state the identifier of the reporting organisation; its figures have no entity",
        ),
        (
            "identifier_of_the_organisation",
            "1.1.3",
            "iati_identifier",
            identifier.str.to_lowercase() == reporter.str.to_lowercase(),
            "the activity needs an identifier of its own",
        ),
        (
            "identifier_without_reporter",
            "1.1.1 1.1.21",
            "iati_identifier",
            # references are compared without case
            ~identifier.str.to_lowercase().str.starts_with(reporter.str.to_lowercase() + "-") & ~pl.col("is_secondary_reporter"),
            "begin the identifier with that of the reporting organisation and a hyphen",
        ),
        ("identifier_with_symbols", "1.3.13", "iati_identifier", identifier.str.contains(symbols), "avoid the symbols / & | ? in identifiers"),
        ("identifier_with_symbols", "1.14.13", "reporting_org_ref", reporter.str.contains(symbols), "avoid the symbols / & | ? in identifiers"),
        ("status_missing", "6.2.1", "activity_status", pl.col("activity_status").is_null(), "state the status of the activity"),
    ]
    return [
        IatiRule(name=name, ids=tuple(ids.split()), table="iati_activities", column=column, severity="warning", remedy=remedy, broken=broken)
        for name, ids, column, broken, remedy in flagged
    ]


_KNOWN_ON = pl.max_horizontal("last_updated", "file_generated").dt.date()


def _activity_date_rules() -> list[IatiRule]:
    in_order = [("planned", "11.1.2"), ("actual", "11.1.3")]
    rules = [
        IatiRule(
            name="end_before_start",
            ids=(number,),
            table="iati_activities",
            column=f"{kind}_end",
            severity="warning",
            remedy="correct one of the two days; the activity ends before it begins",
            broken=pl.col(f"{kind}_end") < pl.col(f"{kind}_start"),
        )
        for kind, number in in_order
    ]
    rules += [
        IatiRule(
            name="day_in_the_future",
            ids=(number,),
            table="iati_activities",
            column=column,
            severity="warning",
            remedy="an actual day cannot lie behind the day on which the activity was last updated",
            broken=pl.col(column) > _KNOWN_ON,
        )
        for column, number in (("actual_start", "11.1.4"), ("actual_end", "11.1.5"))
    ]
    rules.append(
        IatiRule(
            name="day_in_the_future",
            ids=("11.1.1",),
            table="iati_activities",
            column="last_updated",
            severity="warning",
            remedy="an activity cannot be updated after its file was made",
            broken=pl.col("last_updated") > pl.col("file_generated") + pl.duration(days=1),
        )
    )
    rules += _date_rules("iati_dates", "iso_date", severity="warning")
    rules.append(
        IatiRule(
            name="start_missing",
            ids=("6.11.1",),
            table="iati_activities",
            column="planned_start",
            severity="warning",
            remedy="state a planned or an actual start",
            broken=_text("planned_start").is_null() & _text("actual_start").is_null(),
        )
    )
    return rules


def _in_the_future(column: str) -> Callable[[Frames], pl.DataFrame]:
    def found(frames: Frames) -> pl.DataFrame:
        known = frames["iati_activities"].select("_activity_row", known_on=_KNOWN_ON)
        late = frames["iati_transactions"].select("_activity_row", "_source_row", column, f"{column}|text").join(known, on="_activity_row")
        return late.filter(pl.col(column) > pl.col("known_on")).select("_source_row", value=f"{column}|text")

    return found


def _transaction_date_rules() -> list[IatiRule]:
    return [
        IatiRule(
            name="day_in_the_future",
            ids=(number,),
            table="iati_transactions",
            column=column,
            severity="warning",
            remedy="correct the day; it lies behind the day on which the activity was last updated",
            found=_in_the_future(column),
        )
        for column, number in (("transaction_date", "11.2.1"), ("value_date", "11.2.2"))
    ]


def _levels(frames: Frames, table: str) -> pl.DataFrame:
    """Per activity: transactions, whether sectors (recipients) stand at its own level, and how many transactions have some."""
    activities = frames["iati_activities"].select("_activity_row")
    counted = frames["iati_transactions"].group_by("_activity_row").agg(pl.len().alias("transactions")) if "iati_transactions" in frames else None
    stated = (
        frames[table]
        .group_by("_activity_row")
        .agg(own=pl.col("transaction_number").is_null().any(), theirs=pl.col("transaction_number").drop_nulls().n_unique())
        if table in frames
        else None
    )
    for more in (counted, stated):
        if more is not None:
            activities = activities.join(more, on="_activity_row", how="left")
    missing = {"transactions": pl.lit(0), "own": pl.lit(False), "theirs": pl.lit(0)}
    return activities.with_columns((pl.col(name).fill_null(value) if name in activities.columns else value).alias(name) for name, value in missing.items())


def _level_rule(name: str, ids: str, table: str, remedy: str, broken: pl.Expr) -> IatiRule:
    def found(frames: Frames) -> pl.DataFrame:
        shown = pl.format("{} of {} transactions", "theirs", "transactions")
        return _levels(frames, table).filter(broken).select(pl.col("_activity_row").alias("_source_row"), value=shown)

    return IatiRule(name=name, ids=tuple(ids.split()), table="iati_activities", column=None, severity="warning", remedy=remedy, found=found)


def _level_rules() -> list[IatiRule]:
    own, theirs, transactions = pl.col("own"), pl.col("theirs"), pl.col("transactions")
    sectors, recipients = "iati_sectors", "iati_recipients"
    only_once = "say it for the activity or for all its transactions; until then what a transaction says goes before what the activity says"
    for_all = "say it for all transactions, or for the activity; the others are UNALLOCATED"
    nothing = "say it for the activity or for all its transactions; its money is UNALLOCATED"
    return [
        _level_rule("sector_missing", "6.2.2", sectors, nothing, ~own & (theirs == 0)),
        _level_rule("sector_at_both_levels", "6.6.2", sectors, only_once, own & (theirs > 0)),
        _level_rule("sector_of_some_transactions", "6.7.2", sectors, for_all, ~own & (theirs > 0) & (theirs < transactions)),
        _level_rule("recipient_missing", "3.7.1", recipients, nothing, ~own & (theirs == 0)),
        _level_rule("recipient_at_both_levels", "3.6.2", recipients, only_once, own & (theirs > 0)),
        _level_rule("recipient_of_some_transactions", "3.7.2", recipients, for_all, ~own & (theirs > 0) & (theirs < transactions)),
    ]


def _text_rule(name: str, ids: str, element: str, remedy: str) -> IatiRule:
    def found(frames: Frames) -> pl.DataFrame:
        activities = frames["iati_activities"].select("_activity_row")
        if "iati_texts" in frames:
            told = frames["iati_texts"].filter((pl.col("element") == element) & pl.col("text").is_not_null())
            activities = activities.join(told, on="_activity_row", how="anti")
        return activities.select(pl.col("_activity_row").alias("_source_row"), value=pl.lit(None, dtype=pl.String))

    return IatiRule(name=name, ids=(ids,), table="iati_activities", column=None, severity="warning", remedy=remedy, found=found)


def _figure_rules() -> list[IatiRule]:
    """Baselines, targets and actuals."""
    kind, counted = pl.col("figure_kind"), pl.col("indicator_measure").is_in(["1", "2", "3", "4"])
    rules = []
    for name, missing, no_number, qualitative in (
        ("baseline", "8.8.1", "8.8.2", "8.8.3"),
        ("target", "8.9.1", "8.9.2", "8.9.3"),
        ("actual", "8.10.1", "8.10.2", "8.10.3"),
    ):
        cases = (
            ("figure_missing", missing, counted & pl.col("figure_text").is_null(), "give the figure; the indicator counts something"),
            ("figure_is_no_number", no_number, counted & _unreadable("figure"), "write a plain number; loaded as text only"),
            (
                "figure_of_a_qualitative_indicator",
                qualitative,
                (pl.col("indicator_measure") == "5") & pl.col("figure_text").is_not_null(),
                "leave the value out",
            ),
        )
        rules += [
            IatiRule(name=rule, ids=(number,), table="iati_results", column="figure", severity="warning", remedy=remedy, broken=(kind == name) & broken)
            for rule, number, broken, remedy in cases
        ]
    return rules


# Countries and the regions of one vocabulary (1, else 2, else 99) share one hundred; regions of other vocabularies say it again.
_REGION = pl.when(pl.col("recipient_kind") == "region").then(pl.col("vocabulary"))
_OTHER_REGIONS = pl.when(_REGION.min().over(_PARENT) < _REGION).then(_REGION).fill_null("")

_OWN_VOCABULARY = "say in a narrative what the publisher's own code means"

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
        name="unsupported_version",
        ids=("0.6.1",),
        table="iati_activities",
        column="iati_version",
        severity="error",
        remedy="publish the activity in version 2.03; what its elements and codes mean in another version is not known here",
        broken=~pl.col("iati_version").is_in(list(VERSIONS)),
    ),
    *_repetition_rules(),
    IatiRule(
        name="transaction_type_missing",
        table="iati_transactions",
        column="transaction_type",
        severity="error",
        remedy="state the code of the transaction type; without it money cannot be told to come or go",
        broken=pl.col("transaction_type").is_null(),
    ),
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
    *_transaction_date_rules(),
    *_budget_rules("iati_budgets"),
    *_budget_rules("iati_planned_disbursements"),
    *_codelist_rules(),
    *_percentage_rules("iati_sectors", alike=pl.col("vocabulary"), sums=("2.1.2",), missing=("2.1.1",), single=("2.1.4",), limits="12.3.1 12.3.2"),
    *_percentage_rules(
        "iati_recipients",
        alike=_OTHER_REGIONS,
        sums=("3.1.2", "3.4.2"),
        missing=("3.1.1", "3.4.1"),
        single=("3.1.4", "3.4.4"),
        limits="12.1.1 12.1.2",
        until_then="they are rebased, without regions around countries that make 100 by themselves",
    ),
    IatiRule(
        name="percentage_out_of_range",
        ids=("12.2.1", "12.2.2"),
        table="iati_activities",
        column="capital_spend_pct",
        severity="warning",
        remedy="write a percentage between 0 and 100",
        broken=~pl.col("capital_spend_pct").is_between(0, 100),
    ),
    _loose_percentage("iati_activities", "capital_spend_pct"),
    *_identifier_rules(),
    *_activity_date_rules(),
    *_level_rules(),
    _text_rule("title_missing", "4.3.1", "title", "give the activity a title"),
    _text_rule("description_missing", "4.4.1", "description", "give the activity a description"),
    _needs_name("iati_participating_orgs", "org_ref", "org_name", ("6.10.1",)),
    IatiRule(
        name="significance_missing",
        ids=("6.14.1",),
        table="iati_policy_markers",
        column="significance",
        severity="warning",
        remedy="state the significance of the policy marker",
        broken=_vocabulary("1") & pl.col("significance").is_null(),
    ),
    IatiRule(
        name="own_code_unnamed",
        ids=("6.13.1",),
        table="iati_policy_markers",
        column="name",
        severity="warning",
        remedy=_OWN_VOCABULARY,
        broken=_vocabulary("99") & pl.col("name").is_null(),
    ),
    IatiRule(
        name="own_code_unnamed",
        ids=("2.2.1",),
        table="iati_sectors",
        column="name",
        severity="warning",
        remedy=_OWN_VOCABULARY,
        broken=_vocabulary("98", "99") & pl.col("name").is_null(),
    ),
    *(
        IatiRule(
            name="code_missing",
            table=table,
            column="code",
            severity="warning",
            remedy="state the code; the share of an entry without one is UNKNOWN",
            broken=pl.col("code").is_null(),
        )
        for table in ("iati_sectors", "iati_recipients")
    ),
    IatiRule(
        name="text_too_long",
        table="iati_texts",
        column="text",
        severity="warning",
        remedy=f"cut after {LONGEST_TEXT:,} characters; publish long texts as documents",
        broken=pl.col("text").str.len_bytes() >= LONGEST_TEXT,
    ),
    *_period_rules("iati_results", ids=("8.6.1",)),
    *_date_rules("iati_results", "period_start", severity="warning"),
    *_figure_rules(),
)
