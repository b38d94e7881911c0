"""Contract of `assistance_requests`: needs and requests of States for technical assistance."""

from __future__ import annotations

import dataframely as dy
import polars as pl

from pipelines.contracts import codes
from pipelines.contracts.columns import Rule, Source, code, day, text


class AssistanceRequests(dy.Schema):
    """One row per need or request of one State. What answered it names it: `request_id` of missions and events, `request_ids` of projects."""

    request_id = text("the receiver's number of the request", required=True)
    country = text("the State that asks", required=True)
    received_on = day("day on which the request arrived", required=True)
    received_through = text("who passed the request on, for example government, resident_coordinator, questionnaire")
    need_area = text("what help is asked for, in the receiver's words", required=True)
    treaty_article = text("instrument and article that the State finds hard to implement, for example UNTOC:24")
    priority = text("how urgent, for example high, medium, low; empty where nobody said")
    priority_source = text("who set the priority, for example requesting_state, working_group, conference, secretariat")
    status = code("where it stands", ("received", "accepted", "in_delivery", "delivered", "declined"), required=True)
    responded_on = day("day of the first answer")
    entity = text("entity that answers, a code of data/seeds/entities.csv")
    provider_type = text("who gives the help: secretariat, state or organisation")
    confidentiality = code("restricted rows never leave the operator's own release", codes.CONFIDENTIALITY, default="public")
    description = text("the request in short words")

    @dy.rule()
    def answered_before_received(cls) -> pl.Expr:
        """Nobody answers what has not been asked."""
        return pl.col("responded_on") >= pl.col("received_on")

    @dy.rule()
    def several_countries(cls) -> pl.Expr:
        """A request is one State's, so that needs can be counted by State."""
        return ~pl.col("country").str.contains("|", literal=True)

    @dy.rule()
    def unknown_provider_type(cls) -> pl.Expr:
        """Help comes from the secretariat, from States or from other organisations."""
        return pl.col("provider_type").is_null() | pl.col("provider_type").is_in(codes.PROVIDER_TYPES)


SOURCE = Source(
    name="assistance_requests",
    grain="one row per need or request of one State",
    domain="needs",
    schema=AssistanceRequests,
    key=("request_id",),
    is_key_tested=False,
    row_date="received_on",
    place_columns=("country",),
    references={"entity": "entities"},
    default_book="activity_register",
    rules={
        "answered_before_received": Rule(
            severity="error", column="responded_on", remedy="correct `received_on` or `responded_on`; the request was answered before it was received"
        ),
        "several_countries": Rule(severity="error", column="country", remedy="write one row per State, each with a `request_id` of its own"),
        "unknown_provider_type": Rule(
            severity="warning",
            column="provider_type",
            remedy=f"use one of {', '.join(codes.PROVIDER_TYPES)}; the row is loaded, and the marts show the provider as unspecified",
        ),
    },
)
