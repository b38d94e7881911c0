"""Contract of `subprogrammes`: the programme structure of an entity, dated."""

from __future__ import annotations

import dataframely as dy
import polars as pl

from pipelines.contracts.columns import Rule, Shipped, Source, day, number, text


class Subprogrammes(dy.Schema):
    """One row per subprogramme of a structure. Codes are used again when a structure changes, so that each has its days."""

    entity = text("entity whose subprogramme it is, a code of data/seeds/entities.csv or of a delivery of entities", required=True)
    subprogramme = text("code of the subprogramme", required=True)
    subprogramme_name = text("name in that structure", required=True)
    structure = text("name of the structure; empty: made from `valid_from` and `valid_to`, as 2020- or 2020-2024")
    sort_order = number("order in tables and charts", at_least=0, below=1_000_000)
    valid_from = day("first day of the structure", required=True)
    valid_to = day("first day after it; empty while it is in force")
    source_symbol = text("symbol of the document that states it")
    source_address = text("web address of the document that states it")

    @dy.rule()
    def citation_missing(cls) -> pl.Expr:
        """Whoever states a structure says where it stands."""
        return pl.col("source_symbol").is_not_null() | pl.col("source_address").is_not_null()

    @dy.rule()
    def end_before_start(cls) -> pl.Expr:
        """The end is exclusive: a validity has at least one day."""
        return pl.col("valid_to") > pl.col("valid_from")


SOURCE = Source(
    name="subprogrammes",
    grain="one row per subprogramme of a structure",
    domain="reference",
    schema=Subprogrammes,
    key=("entity", "structure", "subprogramme", "valid_from"),
    row_date="valid_from",
    references={"entity": "entities"},
    default_book="reference_data",
    shipped=Shipped(speaks_of=("entity",), called=("subprogramme", "subprogramme_name"), says={"subprogramme": "subprogramme", "subprogramme_name": "name"}),
    rules={
        "citation_missing": Rule(severity="error", column="source_symbol", remedy="cite the document: fill in `source_symbol` or `source_address`"),
        "end_before_start": Rule(severity="error", column="valid_to", remedy="correct `valid_from` or `valid_to`, which is the first day after the end"),
    },
)
