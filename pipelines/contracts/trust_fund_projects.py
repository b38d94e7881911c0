"""Contract of `trust_fund_projects`: projects paid from trust funds and other earmarked money."""

from __future__ import annotations

import dataframely as dy
import polars as pl

from pipelines.contracts import codes
from pipelines.contracts.columns import Conversion, Rule, Source, code, currency_code, day, funding_code, money, split, text


class TrustFundProjects(dy.Schema):
    """One row per project. Its money stands in `project_transactions`; `budget_amount` is the plan."""

    project_id = text("the organisation's number of the project", required=True)
    title = text("title of the project", required=True)
    entity = text("entity that leads, a code of data/seeds/entities.csv", required=True)
    joint_entities = text("other entities, separated by |; the project counts once, under its lead")
    subprogrammes = split("subprogrammes of the leading entity")
    funding_source = funding_code(required=True)
    fund_code = text("code of the fund")
    donors = split("who pays")
    earmarking = text("how the money is earmarked, in the deliverer's words")
    start_date = day("first day", required=True)
    end_date = day("last day; empty while open")
    status = code("where the project stands", ("pipeline", "active", "finalisation", "closed", "cancelled", "suspended"), required=True)
    budget_amount = money("the approved budget")
    currency = currency_code("ISO 4217 code of the budget", required=True)
    recipients = split("countries, groups of countries, GLOBAL or INTERREGIONAL")
    scope = code("how far the project reaches", codes.SCOPES)
    priority_area = text("code of data/seeds/priority_areas.csv")
    partners = text("partners, separated by |")
    request_ids = text("requests of States that the project answers, separated by |")
    normative_instrument = text("convention or norm that the project serves")
    sdg_targets = split("targets of the 2030 Agenda, for example 7.3")
    gender_marker = text("the project's gender marker, in the words of its scheme")
    gender_marker_scheme = code("scheme of the gender marker", ("un_gem", "dac", "entity"))
    cooperation_modality = text("for example south_south, triangular")

    @dy.rule()
    def end_before_start(cls) -> pl.Expr:
        """A project ends on or after its first day."""
        return pl.col("end_date") >= pl.col("start_date")


SOURCE = Source(
    name="trust_fund_projects",
    grain="one row per project",
    domain="finance",
    schema=TrustFundProjects,
    key=("project_id",),
    row_date="start_date",
    amount_columns=("budget_amount",),
    conversion=Conversion(middle_of=("start_date", "end_date")),
    days=("start_date", "end_date"),
    is_divided=True,
    split_columns=("subprogrammes", "donors", "recipients", "sdg_targets"),
    place_columns=("recipients",),
    references={"entity": "entities", "subprogrammes": "subprogrammes", "priority_area": "priority_areas"},
    default_book="project_ledger",
    rules={"end_before_start": Rule(severity="error", column="end_date", remedy="correct `start_date` or `end_date`; the project ends before it starts")},
)
