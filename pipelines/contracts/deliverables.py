"""Contract of `deliverables`: outputs that a programme budget plans and reports as counts."""

from __future__ import annotations

import dataframely as dy
import polars as pl

from pipelines.contracts import codes
from pipelines.contracts.columns import LARGEST_COUNT, PERIOD, Rule, Source, code, day, number, text, year


class Deliverables(dy.Schema):
    """One row per planned or delivered output count."""

    book = text("the set of books, for example programme_budget", required=True)
    entity = text("entity that delivers, a code of data/seeds/entities.csv", required=True)
    fiscal_year = year()
    period_type = code("kind of period; only equal kinds are compared or added", codes.PERIOD_TYPES, default="year")
    period_start = day("first day of the period; follows from the year unless several years are meant")
    period_end = day("last day of the period; follows from the year unless several years are meant")
    subprogramme = text("code of the entity's subprogramme; empty where the count is the whole entity's")
    deliverable = code(
        "category of output",
        (
            "technical_cooperation_projects",
            "seminars_workshops_training",
            "fact_finding_missions",
            "advisory_services",
            "publications",
            "technical_materials",
            "meetings_serviced",
            "documents",
        ),
        required=True,
    )
    status = code("planned or actual; never added", ("planned", "actual"), required=True)
    quantity = number("how many", required=True, at_least=0, below=LARGEST_COUNT)
    unit = text("what is counted: projects, days, missions, publications", required=True)

    @dy.rule()
    def period_needed(cls) -> pl.Expr:
        """Several years have no obvious first and last day."""
        return (pl.col("period_type") != "multi_year") | (pl.col("period_start").is_not_null() & pl.col("period_end").is_not_null())

    @dy.rule()
    def end_before_start(cls) -> pl.Expr:
        """A period ends on or after its first day."""
        return pl.col("period_end") >= pl.col("period_start")

    @dy.rule()
    def count_in_money(cls) -> pl.Expr:
        """A count is no money: whatever is in US dollars is added up in cents, and reconciled with what was delivered as money."""
        return pl.col("unit").str.to_uppercase() != "USD"


SOURCE = Source(
    name="deliverables",
    grain="one row per planned or delivered output count",
    domain="activities",
    schema=Deliverables,
    key=("book", "entity", "fiscal_year", "subprogramme", "deliverable", "status", "as_of"),
    is_key_tested=False,
    row_date="period_end",
    days=PERIOD,
    is_divided=True,
    references={"entity": "entities", "subprogramme": "subprogrammes"},
    rules={
        "end_before_start": Rule(severity="error", column="period_end", remedy="correct `period_start` or `period_end`; the period ends before it starts"),
        "count_in_money": Rule(
            severity="error", column="unit", remedy="say what is counted (projects, days, publications); money is delivered under subprogramme_allocations"
        ),
    },
)
