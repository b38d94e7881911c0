"""Contract of `subprogramme_succession`: what became of a subprogramme when its entity's structure changed."""

from __future__ import annotations

import dataframely as dy
import polars as pl

from pipelines.contracts.columns import Rule, Shipped, Source, code, day, text


class SubprogrammeSuccession(dy.Schema):
    """One row per step from a subprogramme of one structure to one of the next."""

    entity = text("entity whose subprogrammes they are", required=True)
    from_subprogramme = text("code in the structure that ends", required=True)
    to_subprogramme = text("code in the structure that begins; empty where the subprogramme ended", required=True, filled=False)
    succession = code("what happened", ("renamed", "merged", "split", "ended"), required=True)
    valid_from = day("first day of the structure that begins", required=True)
    source = text("where the step is stated")

    @dy.rule()
    def successor_needed(cls) -> pl.Expr:
        """Only what ended has no successor."""
        return (pl.col("succession") == "ended") == pl.col("to_subprogramme").is_null()


SOURCE = Source(
    name="subprogramme_succession",
    grain="one row per step from a subprogramme of one structure to one of the next",
    domain="reference",
    schema=SubprogrammeSuccession,
    key=("entity", "from_subprogramme", "to_subprogramme", "succession", "valid_from"),
    row_date="valid_from",
    references={"entity": "entities", "to_subprogramme": "subprogrammes"},
    default_book="reference_data",
    shipped=Shipped(speaks_of=("entity", "from_subprogramme", "to_subprogramme", "valid_from"), says={"succession": "change"}, is_dated=False),
    rules={
        "successor_needed": Rule(
            severity="error", column="to_subprogramme", remedy="name the subprogramme that followed, or say `ended` and leave `to_subprogramme` empty"
        )
    },
)
