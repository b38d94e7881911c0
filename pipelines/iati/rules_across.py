"""Rules of an activity file that take several tables: what an activity and its transactions say of one another."""

from __future__ import annotations

from collections.abc import Callable

import polars as pl

from pipelines.contracts.iati import UPGRADED, VERSIONS, codelist
from pipelines.iati.rule import Frames, IatiRule

Found = Callable[[Frames], pl.DataFrame]

# The day on which the publisher last touched the activity, or made the file.
KNOWN_ON = pl.max_horizontal("last_updated", "file_generated").dt.date()

_OWN, _THEIRS, _TRANSACTIONS = pl.col("own"), pl.col("theirs"), pl.col("transactions")
_NOWHERE = ~_OWN & (_THEIRS == 0)
_AT_BOTH_LEVELS = _OWN & (_THEIRS > 0)
_AT_SOME_TRANSACTIONS = ~_OWN & (_THEIRS > 0) & (_THEIRS < _TRANSACTIONS)


def _in_the_future(column: str) -> Found:
    def found(frames: Frames) -> pl.DataFrame:
        known = frames["iati_activities"].select("_activity_row", known_on=KNOWN_ON)
        late = frames["iati_transactions"].select("_activity_row", "_source_row", column, f"{column}|text").join(known, on="_activity_row")
        return late.filter(pl.col(column) > pl.col("known_on")).select("_source_row", value=f"{column}|text")

    return found


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


def _stated(table: str, broken: pl.Expr) -> Found:
    def found(frames: Frames) -> pl.DataFrame:
        shown = pl.format("{} of {} transactions", "theirs", "transactions")
        return _levels(frames, table).filter(broken).select(pl.col("_activity_row").alias("_source_row"), value=shown)

    return found


def _without(element: str) -> Found:
    def found(frames: Frames) -> pl.DataFrame:
        activities = frames["iati_activities"].select("_activity_row")
        if "iati_texts" in frames:
            told = frames["iati_texts"].filter((pl.col("element") == element) & pl.col("text").is_not_null())
            activities = activities.join(told, on="_activity_row", how="anti")
        return activities.select(pl.col("_activity_row").alias("_source_row"), value=pl.lit(None, dtype=pl.String))

    return found


def _of_version_1(table: str, column: str, name: str) -> Found:
    """Rows of upgraded activities whose code has no counterpart: what another version means by it is not known."""

    def found(frames: Frames) -> pl.DataFrame:
        old = frames["iati_activities"].filter(pl.col("iati_version").is_in(list(UPGRADED))).select("_activity_row")
        if not old.height:
            return pl.DataFrame(schema={"_source_row": pl.Int64, "value": pl.String})
        rows = frames[table].filter(~pl.col(column).is_in(sorted(codelist(name))))
        return rows.join(old, on="_activity_row", how="semi").select("_source_row", value=column)

    return found


_NOTHING = "say it for the activity or for all its transactions; its money is UNALLOCATED"
_ONLY_ONCE = "say it for the activity or for all its transactions; until then what a transaction says goes before what the activity says"
_FOR_ALL = "say it for all transactions, or for the activity; the others are UNALLOCATED"
_BEHIND = "correct the day; it lies behind the day on which the activity was last updated"

RULES_ACROSS: tuple[IatiRule, ...] = tuple(
    IatiRule(name=name, ids=(number,), table=table, column=column, severity="warning", remedy=remedy, found=found)
    for name, number, table, column, remedy, found in (
        ("day_in_the_future", "11.2.1", "iati_transactions", "transaction_date", _BEHIND, _in_the_future("transaction_date")),
        ("day_in_the_future", "11.2.2", "iati_transactions", "value_date", _BEHIND, _in_the_future("value_date")),
        ("sector_missing", "6.2.2", "iati_activities", None, _NOTHING, _stated("iati_sectors", _NOWHERE)),
        ("sector_at_both_levels", "6.6.2", "iati_activities", None, _ONLY_ONCE, _stated("iati_sectors", _AT_BOTH_LEVELS)),
        ("sector_of_some_transactions", "6.7.2", "iati_activities", None, _FOR_ALL, _stated("iati_sectors", _AT_SOME_TRANSACTIONS)),
        ("recipient_missing", "3.7.1", "iati_activities", None, _NOTHING, _stated("iati_recipients", _NOWHERE)),
        ("recipient_at_both_levels", "3.6.2", "iati_activities", None, _ONLY_ONCE, _stated("iati_recipients", _AT_BOTH_LEVELS)),
        ("recipient_of_some_transactions", "3.7.2", "iati_activities", None, _FOR_ALL, _stated("iati_recipients", _AT_SOME_TRANSACTIONS)),
        ("title_missing", "4.3.1", "iati_activities", None, "give the activity a title", _without("title")),
        ("description_missing", "4.4.1", "iati_activities", None, "give the activity a description", _without("description")),
    )
)

# Codes by which money is divided, or days and organisations are told apart; that of a transaction type is needed in every version.
_NEEDED_OF_VERSION_1 = (
    ("iati_sectors", "vocabulary", "SectorVocabulary"),
    ("iati_policy_markers", "vocabulary", "PolicyMarkerVocabulary"),
    ("iati_dates", "date_type", "ActivityDateType"),
    ("iati_participating_orgs", "role", "OrganisationRole"),
)

RULES_OF_VERSION_1: tuple[IatiRule, ...] = tuple(
    IatiRule(
        name="cannot_be_upgraded",
        table=table,
        column=column,
        severity="error",
        remedy=f"version {VERSIONS[-1]} has no counterpart of this code of version 1; publish in that version with a code of the codelist {name}",
        found=_of_version_1(table, column, name),
    )
    for table, column, name in _NEEDED_OF_VERSION_1
)
