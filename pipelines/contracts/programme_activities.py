"""Contract of `programme_activities`: what a programme of action plans and what was done of it."""

from __future__ import annotations

import dataframely as dy
import polars as pl

from pipelines.contracts import codes
from pipelines.contracts.columns import Rule, Source, code, day, flag, split, text

GOOD_OFFICES = "good_offices"
"""The activity type of a contact under good offices, of which no more is told than that it took place."""


class ProgrammeActivities(dy.Schema):
    """One row per planned or done activity of a programme of action; a recurring one has a row each time."""

    activity_id = text("the organisation's number of the activity", required=True)
    programme = text("programme of action, a code of data/seeds/mandates.csv, for example UNRCCA-2021-2025", required=True)
    function_codes = split("functions that the activity serves, codes of data/seeds/mandates.csv", required=True)
    activity_type = text(
        "what it is, in one word of the deliverer's; `good_offices` and those of data/seeds/mandates.csv have a meaning",
        required=True,
    )
    recurrence = code("whether it comes again", ("once", "annual", "semi_annual", "ad_hoc"))
    planned_on = day("day for which it is planned; a date is a target")
    planned_not_after = day("last day by which it is to be done, where no day is set")
    done_on = day("day on which it was done (its first day)")
    is_unplanned = flag("whether it was done without having been planned")
    status = code("where it stands", ("planned", "done", "postponed", "cancelled"), required=True)
    countries = split("countries and groups that took part or are meant")
    partners = text("partners, codes of data/seeds/partners.csv separated by |")
    theme = text("theme, in the deliverer's words")
    includes_afghanistan = flag("whether Afghanistan was invited or took part")
    gender_marker = code("women, peace and security: from 2 on a main objective", codes.MARKERS)
    youth_marker = code("youth, peace and security: from 2 on a main objective", codes.MARKERS)
    confidentiality = code("restricted rows never reach site or exports", codes.CONFIDENTIALITY, default="public")

    @dy.rule()
    def good_offices_identified(cls) -> pl.Expr:
        """A contact under good offices says nothing about with whom, where or on what."""
        told = pl.any_horizontal(pl.col(name).is_not_null() for name in ("countries", "partners", "theme", "includes_afghanistan"))
        return (pl.col("activity_type") != GOOD_OFFICES) | ~told

    @dy.rule()
    def done_without_day(cls) -> pl.Expr:
        """What is done was done on a day."""
        return (pl.col("status") != "done") | pl.col("done_on").is_not_null()

    @dy.rule()
    def day_without_done(cls) -> pl.Expr:
        """What has a day of being done is done."""
        return pl.col("done_on").is_null() | (pl.col("status") == "done")

    @dy.rule()
    def unplanned_with_plan(cls) -> pl.Expr:
        """What was not planned has no planned day and was done."""
        planned = pl.col("planned_on").is_not_null() | pl.col("planned_not_after").is_not_null() | (pl.col("status") != "done")
        return ~pl.col("is_unplanned").fill_null(False) | ~planned

    @dy.rule()
    def end_before_start(cls) -> pl.Expr:
        """The last day of a plan is not before its day."""
        return pl.col("planned_not_after") >= pl.col("planned_on")


SOURCE = Source(
    name="programme_activities",
    grain="one row per planned or done activity of a programme of action",
    domain="programmes",
    schema=ProgrammeActivities,
    key=("activity_id",),
    is_key_tested=False,
    row_date="done_on",
    split_columns=("function_codes", "countries"),
    list_columns=("partners",),
    place_columns=("countries",),
    references={"function_codes": "mandates", "partners": "partners"},
    default_book="activity_register",
    rules={
        # the column shown is the type, so that the finding does not repeat what must not be told
        "good_offices_identified": Rule(
            severity="error",
            column="activity_type",
            remedy="leave countries, partners, theme and includes_afghanistan empty: contacts under good offices are counted only",
        ),
        "done_without_day": Rule(severity="error", column="done_on", remedy="say on which day it was done, or correct `status`"),
        "day_without_done": Rule(severity="error", column="status", remedy="write `done`, or empty `done_on`"),
        "unplanned_with_plan": Rule(
            severity="error", column="is_unplanned", remedy="what was not planned has no planned day and the status `done`; correct one of them"
        ),
        "end_before_start": Rule(severity="error", column="planned_not_after", remedy="correct one of the two days; the last one lies before the planned one"),
    },
)
