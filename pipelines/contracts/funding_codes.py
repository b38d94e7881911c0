"""Contract of `funding_codes`: what kind of money stands behind an entity's fund."""

from __future__ import annotations

import dataframely as dy
import polars as pl

from pipelines.contracts.columns import Rule, Shipped, Source, day, funding_code, text


class FundingCodes(dy.Schema):
    """One row per fund of an entity and period. None is shipped."""

    entity = text("entity that keeps the fund", required=True)
    fund_code = text("code of the fund in the entity's books", required=True)
    fund_name = text("name of the fund")
    funding_source = funding_code(required=True)
    valid_from = day("first day on which the code means this", required=True)
    valid_to = day("first day after it; empty while it does")
    source = text("where this is stated")

    @dy.rule()
    def end_before_start(cls) -> pl.Expr:
        """The end is exclusive: a validity has at least one day."""
        return pl.col("valid_to") > pl.col("valid_from")


SOURCE = Source(
    name="funding_codes",
    grain="one row per fund of an entity and period",
    domain="reference",
    schema=FundingCodes,
    key=("entity", "fund_code", "valid_from"),
    row_date="valid_from",
    references={"entity": "entities"},
    default_book="reference_data",
    shipped=Shipped(speaks_of=("entity", "fund_code"), says={"funding_source": "funding_source"}),
    rules={"end_before_start": Rule(severity="error", column="valid_to", remedy="correct `valid_from` or `valid_to`, which is the first day after the end")},
)
