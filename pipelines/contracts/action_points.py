"""Contract of `action_points`: what meetings agreed or suggested that somebody should do."""

from __future__ import annotations

import dataframely as dy
import polars as pl

from pipelines.contracts.columns import Rule, Source, code, day, text


class ActionPoints(dy.Schema):
    """One row per action and responsible entity. A record that gives no date of its own has bounds, never an invented day."""

    action_id = text("our number of the action", required=True)
    meeting = text("the meeting whose record states it", required=True)
    agreed_on = day("day of the meeting, where the record gives it")
    agreed_not_before = day("first day on which the meeting can have been, from what its record mentions")
    agreed_not_after = day("last day on which the meeting can have been, from what its record mentions")
    responsible_entity = text("entity that is to act, a code of data/seeds/entities.csv", required=True)
    action = text("what is to be done, in short words", required=True)
    commitment_strength = code("agreed, or only suggested; a suggestion is never overdue", ("agreed", "suggested"), default="agreed")
    due_on = day("last day; empty where none was set")
    done_on = day("day on which it was done")
    status = code("where it stands; open says no more than that no completion is on record", ("open", "in_progress", "done", "dropped"), required=True)
    locator = text("paragraph or page of the record")

    @dy.rule()
    def bounds_are_in_order(cls) -> pl.Expr:
        """The first possible day does not lie after the last."""
        return pl.col("agreed_not_before") <= pl.col("agreed_not_after")

    @dy.rule()
    def agreed_within_bounds(cls) -> pl.Expr:
        """A day that the record gives lies within the bounds that it also gives."""
        day = pl.col("agreed_on")
        return ((day >= pl.col("agreed_not_before")) | pl.col("agreed_not_before").is_null()) & (
            (day <= pl.col("agreed_not_after")) | pl.col("agreed_not_after").is_null()
        )

    @dy.rule()
    def done_before_agreed(cls) -> pl.Expr:
        """Nothing is done before it can have been agreed."""
        return pl.col("done_on") >= pl.coalesce("agreed_on", "agreed_not_before")

    @dy.rule()
    def done_has_its_day(cls) -> pl.Expr:
        """Only what is done has a day on which it was."""
        return pl.col("done_on").is_null() | (pl.col("status") == "done")


SOURCE = Source(
    name="action_points",
    grain="one row per action and responsible entity",
    domain="coordination",
    schema=ActionPoints,
    key=("action_id",),
    is_key_tested=False,
    row_date="agreed_on",
    references={"responsible_entity": "entities"},
    default_book="activity_register",
    rules={
        "bounds_are_in_order": Rule(
            severity="error", column="agreed_not_after", remedy="correct `agreed_not_before` or `agreed_not_after`; the last possible day lies before the first"
        ),
        "agreed_within_bounds": Rule(severity="error", column="agreed_on", remedy="correct `agreed_on` or the bounds; the day lies outside them"),
        "done_before_agreed": Rule(severity="error", column="done_on", remedy="correct `done_on`; it lies before the meeting"),
        "done_has_its_day": Rule(severity="error", column="status", remedy="set `status` to done, or leave `done_on` empty"),
    },
)
