"""Contract of `published_figures`: what publications say, to be tested against the warehouse."""

from __future__ import annotations

import dataframely as dy
import polars as pl

from pipelines.contracts import codes
from pipelines.contracts.columns import Rule, Source, code, day, funding_code, number, text


class PublishedFigures(dy.Schema):
    """One row per statement in a publication. A statement without a period stays; it is not computable."""

    figure_id = text("our number of the statement", required=True)
    entity = text("entity that the statement is about, a code of data/seeds/entities.csv", required=True)
    book = text("the set of books that the statement speaks of; needed where several hold the money")
    accounting_basis = code("accounting basis of the figure", codes.ACCOUNTING_BASES)
    period_start = day("first day of the period; empty where the statement gives none", required=True, filled=False)
    period_end = day("last day of the period; empty where the statement gives none", required=True, filled=False)
    measure = text("measure of the share tables, for example expenditure_usd, advisory_mission_count", required=True)
    statistic = code("what is said of the measure", ("value", "share_pct", "change_pct", "average"), required=True)
    funding_source = funding_code("whose money the statement speaks of, a code of the tree or `all` or `technical_cooperation`", totals=True)
    denominator = funding_code("funding source whose total divides; empty: the row's own", totals=True)
    dimension_scheme = code(
        "breakdown in which the value stands",
        (
            "none",
            "subprogramme",
            "region",
            "country_group",
            "country",
            "funding_source",
            "activity_type",
            "donor",
            "donor_group",
            "priority_area",
            "sector",
            "project_scope",
            "division",
        ),
        default="none",
    )
    dimension_value = text("value of the breakdown")
    comparator = code("how the statement compares", ("eq", "approx", "gt", "gte", "lt", "lte", "between"), required=True)
    value = number("the figure stated", required=True)
    value_upper = number("upper figure of `between`")
    rounding_unit = number('unit to which the figure is rounded: 100000 for "24.1 million"', required=True, above=0)
    tolerance = number("accepted difference where the statement gives one", at_least=0)
    unit = text("unit of the figure: USD, percent, projects")
    statement = text("the statement in our own short wording")
    locator = text("paragraph, table or page of the document")
    note = text("what is known about the figure, for example why two documents disagree")
    source_symbol = text("symbol of the document that states it")
    source_address = text("web address of the document that states it")

    @dy.rule()
    def citation_missing(cls) -> pl.Expr:
        """A statement without a document cannot be checked by anybody."""
        return pl.col("source_symbol").is_not_null() | pl.col("source_address").is_not_null()

    @dy.rule()
    def upper_value_needed(cls) -> pl.Expr:
        """`between` has two ends, the upper one not below the lower."""
        return (pl.col("comparator") != "between") | (pl.col("value_upper").is_not_null() & (pl.col("value_upper") >= pl.col("value")))

    @dy.rule()
    def dimension_value_needed(cls) -> pl.Expr:
        """A breakdown without a value names nothing."""
        return (pl.col("dimension_scheme") == "none") | pl.col("dimension_value").is_not_null()

    @dy.rule()
    def end_before_start(cls) -> pl.Expr:
        """A period ends on or after its first day."""
        return pl.col("period_end") >= pl.col("period_start")


SOURCE = Source(
    name="published_figures",
    grain="one row per statement in a publication",
    domain="publications",
    schema=PublishedFigures,
    key=("figure_id",),
    row_date="period_end",
    references={"entity": "entities"},
    rules={
        "citation_missing": Rule(severity="error", column="source_symbol", remedy="cite the document: fill in `source_symbol` or `source_address`"),
        "upper_value_needed": Rule(severity="error", column="value_upper", remedy="`between` needs `value_upper`, not below `value`"),
        "dimension_value_needed": Rule(severity="error", column="dimension_value", remedy="name the value of the breakdown, or set `dimension_scheme` to none"),
        "end_before_start": Rule(severity="error", column="period_end", remedy="correct `period_start` or `period_end`; the period ends before it starts"),
    },
)
