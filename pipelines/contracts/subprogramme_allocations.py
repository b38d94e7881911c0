"""Contract of `subprogramme_allocations`: lines of budgets and of performance reports."""

from __future__ import annotations

import dataframely as dy
import polars as pl

from pipelines.contracts import codes
from pipelines.contracts.columns import PERIOD, Conversion, Rule, Source, code, currency_code, day, funding_code, money, text, year


class SubprogrammeAllocations(dy.Schema):
    """One row per ledger line. Lines may repeat: identical ones are real in UN books."""

    line_id = text("the deliverer's own number of the line, if there is one")
    book = text("the set of books, for example programme_budget, financial_statements, open_un_org", required=True)
    entity = text("entity that spends, a code of data/seeds/entities.csv", required=True)
    fiscal_year = year()
    period_type = code("kind of period; only equal kinds are compared or added", codes.PERIOD_TYPES, default="year")
    period_start = day("first day of the period; follows from the year unless several years are meant")
    period_end = day("last day of the period; follows from the year unless several years are meant")
    budget_section = text("section of the programme budget, as in the edition of its year")
    budget_component = code(
        "part of the budget", ("policymaking_organs", "executive_direction", "programme_of_work", "programme_support", "unspecified"), default="unspecified"
    )
    subprogramme = text("code of the entity's subprogramme; empty where the line belongs to none")
    subprogramme_name = text("name of the subprogramme; shown where no structure that is shipped or delivered has its code")
    funding_source = funding_code(required=True)
    fund_code = text("code of the fund")
    fund_name = text("name of the fund")
    measure = code(
        "what the amount is",
        ("estimate", "appropriation", "revised_appropriation", "final_appropriation", "allotment", "commitment", "expenditure", "expense"),
        required=True,
    )
    amount = money("the line's amount", required=True)
    currency = currency_code(required=True)
    psc_treatment = code("whether programme support costs are in the amount", ("included", "excluded", "unknown"), default="unknown")
    accounting_basis = code("accounting basis of the book for this measure and period", codes.ACCOUNTING_BASES)

    @dy.rule()
    def period_needed(cls) -> pl.Expr:
        """Several years have no obvious first and last day."""
        return (pl.col("period_type") != "multi_year") | (pl.col("period_start").is_not_null() & pl.col("period_end").is_not_null())

    @dy.rule()
    def end_before_start(cls) -> pl.Expr:
        """A period ends on or after its first day."""
        return pl.col("period_end") >= pl.col("period_start")


SOURCE = Source(
    name="subprogramme_allocations",
    grain="one row per ledger line",
    domain="finance",
    schema=SubprogrammeAllocations,
    # A line number is unique within an entity's book and edition: the next edition prints the line again.
    key=("book", "entity", "line_id", "as_of"),
    key_given_by="line_id",
    is_key_tested=False,
    row_date="period_end",
    amount_columns=("amount",),
    measure_column="measure",
    conversion=Conversion(mean_of=PERIOD),
    fact="fct_allocations",
    days=PERIOD,
    is_divided=True,
    references={"entity": "entities", "subprogramme": "subprogrammes"},
    overlap=("book", "entity", "fiscal_year", "measure", "funding_source"),
    rules={"end_before_start": Rule(severity="error", column="period_end", remedy="correct `period_start` or `period_end`; the period ends before it starts")},
)
