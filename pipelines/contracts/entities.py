"""Contract of `entities`: organisations and their parts, under the codes that deliveries use."""

from __future__ import annotations

import dataframely as dy
import polars as pl

from pipelines.contracts.columns import Rule, Shipped, Source, day, text


class Entities(dy.Schema):
    """One row per entity, beside those of data/seeds/entities.csv."""

    entity = text("code of the entity", required=True)
    name = text("name in words", required=True)
    entity_kind = text("kind of entity: department, fund, specialized_agency")
    former_names = text("names that it had before, separated by |")
    short_names = text("short names that people use, separated by |")
    parent_entity = text("code of the entity that it is part of")
    valid_from = day("first day on which the entity existed")
    valid_to = day("first day on which it existed no more")
    source_symbol = text("symbol of the document that names it")
    source_address = text("web address of the document that names it")

    @dy.rule()
    def citation_missing(cls) -> pl.Expr:
        """Whoever names an organisation says where the name stands."""
        return pl.col("source_symbol").is_not_null() | pl.col("source_address").is_not_null()

    @dy.rule()
    def end_before_start(cls) -> pl.Expr:
        """The end is exclusive: a validity has at least one day."""
        return pl.col("valid_to") > pl.col("valid_from")


SOURCE = Source(
    name="entities",
    grain="one row per entity",
    domain="reference",
    schema=Entities,
    key=("entity",),
    row_date="valid_from",
    references={"parent_entity": "entities"},
    default_book="reference_data",
    shipped=Shipped(speaks_of=("entity",), says={"name": "name", "entity_kind": "entity_kind", "parent_entity": "parent_entity"}, is_dated=False),
    rules={
        "citation_missing": Rule(severity="error", column="source_symbol", remedy="cite the document: fill in `source_symbol` or `source_address`"),
        "end_before_start": Rule(severity="error", column="valid_to", remedy="correct `valid_from` or `valid_to`, which is the first day after the end"),
    },
)
