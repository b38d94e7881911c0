"""Contract of `capacity_building_events`: workshops, seminars, study tours, training."""

from __future__ import annotations

import dataframely as dy
import polars as pl

from pipelines.contracts import codes
from pipelines.contracts.columns import LARGEST_COUNT, Conversion, Rule, Source, code, currency_code, day, funding_code, money, number, split, text


class CapacityBuildingEvents(dy.Schema):
    """One row per event: counted once, under the entity that leads it, however many countries took part."""

    event_id = text("the organisation's number of the event", required=True)
    entity = text("entity that leads, a code of data/seeds/entities.csv", required=True)
    joint_entities = text("other entities, separated by |; the event counts once, under its lead")
    subprogramme = text("code of the entity's subprogramme", required=True)
    event_type = code("kind of event", ("workshop", "seminar", "study_tour", "training_course", "expert_meeting", "conference"), required=True)
    status = code("where it stands; only undertaken events count as such", codes.ACTIVITY_STATUSES, default="undertaken")
    modality = code("in person or not", codes.MODALITIES)
    start_date = day("first day", required=True)
    end_date = day("last day")
    host_country = text("country in which it took place")
    recipients = split("countries, groups of countries, GLOBAL or INTERREGIONAL that it was for", required=True)
    scope = code("how far the event reaches", codes.SCOPES)
    funding_source = funding_code(required=True)
    project_id = text("the project that it belongs to")
    participants_women = number("participants who are women; empty where nobody counted", unit="persons", at_least=0, below=LARGEST_COUNT)
    participants_men = number("participants who are men; empty where nobody counted", unit="persons", at_least=0, below=LARGEST_COUNT)
    participants_unspecified = number(
        "participants whose sex is not stated; empty where there are none or nobody counted", unit="persons", at_least=0, below=LARGEST_COUNT
    )
    cost_amount = money("cost of the event")
    currency = currency_code("ISO 4217 code of the cost")
    topic = text("topic, in the deliverer's words")
    priority_area = text("code of data/seeds/priority_areas.csv")
    partners = text("partners, separated by |")
    rc_notified_on = day("day on which the resident coordinator was told")
    normative_instrument = text("convention or norm that the event serves")

    @dy.rule()
    def end_before_start(cls) -> pl.Expr:
        """An event ends on or after its first day."""
        return pl.col("end_date") >= pl.col("start_date")

    @dy.rule()
    def participants_not_whole(cls) -> pl.Expr:
        """Half a participant is a slip."""
        counts = ("participants_women", "participants_men", "participants_unspecified")
        return pl.all_horizontal((pl.col(name).is_null() | (pl.col(name) == pl.col(name).round(0))) for name in counts)

    @dy.rule()
    def currency_needed(cls) -> pl.Expr:
        """No amount without its currency (law 6)."""
        return pl.col("cost_amount").is_null() | pl.col("currency").is_not_null()


SOURCE = Source(
    name="capacity_building_events",
    grain="one row per event: a workshop, seminar, study tour or training, counted once, by its lead entity",
    domain="activities",
    schema=CapacityBuildingEvents,
    key=("event_id",),
    row_date="start_date",
    amount_columns=("cost_amount",),
    conversion=Conversion(on=("start_date",)),
    days=("start_date", "end_date"),
    is_divided=True,
    split_columns=("recipients",),
    place_columns=("recipients", "host_country"),
    references={"entity": "entities", "subprogramme": "subprogrammes", "project_id": "trust_fund_projects", "priority_area": "priority_areas"},
    default_book="activity_register",
    rules={
        "end_before_start": Rule(severity="error", column="end_date", remedy="correct `start_date` or `end_date`; the event ends before it starts"),
        "participants_not_whole": Rule(severity="error", column="participants_women", remedy="correct the participants; persons are counted in whole numbers"),
    },
)
