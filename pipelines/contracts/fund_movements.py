"""Contract of `fund_movements`: what came into a fund, what left it, and who gave."""

from __future__ import annotations

import dataframely as dy
import polars as pl

from pipelines.contracts import codes
from pipelines.contracts.columns import PERIOD, Conversion, Rule, Source, code, currency_code, day, funding_code, money, text, year

MOVEMENTS = (
    "opening_balance",
    "pledge",
    "contribution",
    "investment_revenue",
    "transfer_in",
    "transfer_out",
    "refund_to_donor",
    "expense",
    "open_commitment",
    "closing_balance",
)


class FundMovements(dy.Schema):
    """One row per fund, year, movement and contributor. Amounts carry the sign they are printed with: a negative contribution is an adjustment."""

    line_id = text("the deliverer's own number of the line, where one contributor has several")
    book = text("the set of books, for example financial_statements", required=True)
    entity = text("entity that holds the fund, a code of data/seeds/entities.csv", required=True)
    fund_code = text("code of the fund", required=True)
    fund_name = text("name of the fund")
    funding_source = funding_code("what kind of fund it is, a code of data/seeds/funding_sources.csv; empty: a trust fund")
    fiscal_year = year()
    period_type = code("kind of period; only equal kinds are compared or added", codes.PERIOD_TYPES, default="year")
    period_start = day("first day of the period; follows from the year unless several years are meant")
    period_end = day("last day of the period; follows from the year unless several years are meant")
    movement = code("what the amount is; refunds, transfers out and expenses are written as positive amounts", MOVEMENTS, required=True)
    contributor = text("who gives, pledges or is paid back: a country or an organisation; empty where the line is of the fund as a whole")
    contributor_group = text("what the contributor is, in the deliverer's words: Government, Mixed (both) or anything else")
    earmarking = text("how the money is earmarked, in the deliverer's words")
    amount = money("the line's amount", required=True)
    currency = currency_code(required=True)

    @dy.rule()
    def period_needed(cls) -> pl.Expr:
        """Several years have no obvious first and last day."""
        return (pl.col("period_type") != "multi_year") | (pl.col("period_start").is_not_null() & pl.col("period_end").is_not_null())

    @dy.rule()
    def end_before_start(cls) -> pl.Expr:
        """A period ends on or after its first day."""
        return pl.col("period_end") >= pl.col("period_start")


SOURCE = Source(
    name="fund_movements",
    grain="one row per fund, year, movement and contributor",
    domain="finance",
    schema=FundMovements,
    # The next edition of a statement prints last year's figures again, some of them restated.
    key=("book", "fund_code", "fiscal_year", "movement", "contributor", "line_id", "as_of"),
    row_date="period_end",
    amount_columns=("amount",),
    measure_column="movement",
    conversion=Conversion(mean_of=PERIOD),
    fact="fct_fund_movements",
    days=PERIOD,
    is_divided=True,
    giver_columns=("contributor",),
    references={"entity": "entities"},
    rules={"end_before_start": Rule(severity="error", column="period_end", remedy="correct `period_start` or `period_end`; the period ends before it starts")},
)
