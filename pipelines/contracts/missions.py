"""Contract of `missions`: advisory and other missions."""

from __future__ import annotations

import dataframely as dy
import polars as pl

from pipelines.contracts import codes
from pipelines.contracts.columns import LARGEST_COUNT, Conversion, Rule, Source, code, currency_code, day, flag, funding_code, money, number, split, text


class Missions(dy.Schema):
    """One row per mission: a trip, counted once, by its lead entity."""

    mission_id = text("the organisation's number of the mission", required=True)
    entity = text("entity that leads, a code of data/seeds/entities.csv", required=True)
    joint_entities = text("other entities, separated by |; the mission counts once, under its lead")
    subprogramme = text("code of the entity's subprogramme", required=True)
    mission_type = code(
        "what the mission was for",
        ("advisory", "needs_assessment", "project_formulation", "fact_finding", "monitoring", "good_offices", "liaison"),
        required=True,
    )
    status = code("where it stands; only undertaken missions count as such", codes.ACTIVITY_STATUSES, default="undertaken")
    modality = code("in person or not", codes.MODALITIES)
    start_date = day("first day", required=True)
    end_date = day("last day")
    recipients = split("countries, groups of countries, GLOBAL or INTERREGIONAL", required=True)
    scope = code("how far the mission reaches", codes.SCOPES)
    funding_source = funding_code(required=True)
    on_request = flag("whether a State asked for it")
    request_id = text("the request that it answers")
    project_id = text("the project that it belongs to")
    adviser_type = code("who travelled", ("regional_adviser", "interregional_adviser", "staff", "consultant"))
    adviser_days = number("working days of advisers", unit="days", at_least=0, below=LARGEST_COUNT)
    cost_amount = money("cost of the mission")
    currency = currency_code("ISO 4217 code of the cost")
    topic = text("topic, in the deliverer's words")
    priority_area = text("code of data/seeds/priority_areas.csv")
    partners = text("partners, separated by |")
    rc_notified_on = day("day on which the resident coordinator was told")
    normative_instrument = text("convention or norm that the mission serves")

    @dy.rule()
    def end_before_start(cls) -> pl.Expr:
        """A mission ends on or after its first day."""
        return pl.col("end_date") >= pl.col("start_date")

    @dy.rule()
    def currency_needed(cls) -> pl.Expr:
        """No amount without its currency (law 6)."""
        return pl.col("cost_amount").is_null() | pl.col("currency").is_not_null()


SOURCE = Source(
    name="missions",
    grain="one row per mission: a trip, counted once, by its lead entity",
    domain="activities",
    schema=Missions,
    key=("mission_id",),
    row_date="start_date",
    amount_columns=("cost_amount",),
    conversion=Conversion(on=("start_date",)),
    days=("start_date", "end_date"),
    is_divided=True,
    split_columns=("recipients",),
    place_columns=("recipients",),
    references={"entity": "entities", "subprogramme": "subprogrammes", "project_id": "trust_fund_projects", "priority_area": "priority_areas"},
    default_book="activity_register",
    rules={"end_before_start": Rule(severity="error", column="end_date", remedy="correct `start_date` or `end_date`; the mission ends before it starts")},
)
