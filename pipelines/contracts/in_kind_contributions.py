"""Contract of `in_kind_contributions`: what is given instead of money."""

from __future__ import annotations

import dataframely as dy
import polars as pl

from pipelines.contracts.columns import Conversion, Source, code, currency_code, day, money, split, text


class InKindContributions(dy.Schema):
    """One row per contribution. Many are never valued: an empty value is unknown, not nothing."""

    contribution_id = text("the organisation's number of the contribution", required=True)
    entity = text("entity that receives, a code of data/seeds/entities.csv", required=True)
    provider = text("who gives: a country or an organisation", required=True)
    kind = code("what is given", ("staff", "venue", "travel", "equipment", "expertise", "other"), required=True)
    received_on = day("day on which it was received, or its first day", required=True)
    value_amount = money("its value, where somebody put one on it")
    currency = currency_code("ISO 4217 code of the value")
    project_id = text("the project that it belongs to")
    subprogramme = text("code of the entity's subprogramme")
    recipients = split("countries, groups of countries, GLOBAL or INTERREGIONAL that it is for")

    @dy.rule()
    def currency_needed(cls) -> pl.Expr:
        """No amount without its currency (law 6)."""
        return pl.col("value_amount").is_null() | pl.col("currency").is_not_null()


SOURCE = Source(
    name="in_kind_contributions",
    grain="one row per contribution in kind, valued or not",
    domain="finance",
    schema=InKindContributions,
    key=("contribution_id",),
    row_date="received_on",
    amount_columns=("value_amount",),
    conversion=Conversion(on=("received_on",)),
    fact="fct_in_kind_contributions",
    days=("received_on",),
    is_divided=True,
    split_columns=("recipients",),
    place_columns=("recipients",),
    giver_columns=("provider",),
    references={"entity": "entities", "subprogramme": "subprogrammes", "project_id": "trust_fund_projects"},
    default_book="project_ledger",
)
