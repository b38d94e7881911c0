"""Contract of `questionnaire_responses`: what States answered to questionnaires on an instrument."""

from __future__ import annotations

import dataframely as dy
import polars as pl

from pipelines.contracts.columns import Rule, Source, day, text


class QuestionnaireResponses(dy.Schema):
    """One row per State, instrument and cycle to which the questionnaire was sent. Without `responded_on` it has not been answered."""

    instrument = text("code of the instrument in data/seeds/instruments.csv", required=True)
    cycle = text("cycle of questions, for example 1 or 2004-2005", required=True)
    country = text("the State asked", required=True)
    sent_on = day("day on which the questionnaire was sent; whether the State was party or signatory is read on this day")
    responded_on = day("day of the answer; empty where there is none")
    assistance_needed = text("need areas in which the State asks for assistance, separated by |; `no` where it needs none")
    provisions_not_met = text("provisions that the State says it does not meet yet, separated by |")

    @dy.rule()
    def answered_before_sent(cls) -> pl.Expr:
        """Nobody answers a questionnaire that has not been sent."""
        return pl.col("responded_on") >= pl.col("sent_on")

    @dy.rule()
    def answer_without_day(cls) -> pl.Expr:
        """What a State answered has a day, else it would count among the unanswered."""
        return pl.col("responded_on").is_not_null() | (pl.col("assistance_needed").is_null() & pl.col("provisions_not_met").is_null())


SOURCE = Source(
    name="questionnaire_responses",
    grain="one row per State, instrument and cycle to which the questionnaire was sent",
    domain="needs",
    schema=QuestionnaireResponses,
    key=("instrument", "cycle", "country"),
    is_key_tested=False,
    row_date="sent_on",
    place_columns=("country",),
    default_book="activity_register",
    rules={
        "answered_before_sent": Rule(
            severity="error", column="responded_on", remedy="correct `sent_on` or `responded_on`; the questionnaire was answered before it was sent"
        ),
        "answer_without_day": Rule(
            severity="error",
            column="responded_on",
            remedy="fill in `responded_on`: the row tells an answer, and without a day it would count as unanswered",
        ),
    },
)
