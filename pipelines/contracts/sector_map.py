"""Contract of `sector_map`: which subprogramme a sector of an activity file is work of."""

from __future__ import annotations

import dataframely as dy
import polars as pl

from pipelines.contracts.columns import Rule, Shipped, Source, day, text


class SectorMap(dy.Schema):
    """One row per sector, or prefix of sectors, and the subprogramme that it leads to."""

    entity = text("entity whose subprogrammes they are; its references as a publisher stand in data/seeds/iati_publishers.csv", required=True)
    sector_vocabulary = text("vocabulary of the sector, a code of IATI's list", required=True)
    sector = text("code of the sector, or what it begins with", required=True)
    subprogramme = text("code of the subprogramme", required=True)
    valid_from = day("first day on which the map holds", required=True)
    valid_to = day("first day after it; empty while it holds")
    source = text("whose reading it is")

    @dy.rule()
    def end_before_start(cls) -> pl.Expr:
        """The end is exclusive: a validity has at least one day."""
        return pl.col("valid_to") > pl.col("valid_from")


SOURCE = Source(
    name="sector_map",
    grain="one row per sector, or prefix of sectors, and period",
    domain="reference",
    schema=SectorMap,
    key=("entity", "sector_vocabulary", "sector", "valid_from"),
    row_date="valid_from",
    references={"entity": "entities", "subprogramme": "subprogrammes"},
    default_book="reference_data",
    shipped=Shipped(speaks_of=("entity", "sector_vocabulary", "sector"), says={"subprogramme": "subprogramme"}),
    rules={"end_before_start": Rule(severity="error", column="valid_to", remedy="correct `valid_from` or `valid_to`, which is the first day after the end")},
)
