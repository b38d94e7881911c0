"""Contract of `country_group_members`: which countries belong to a group, and when."""

from __future__ import annotations

import dataframely as dy
import polars as pl

from pipelines import settings
from pipelines.contracts.columns import Rule, Shipped, Source, code, day, text
from pipelines.contracts.place_names import SPECIAL_PLACES
from pipelines.contracts.seeds import read_seed

# What stands for a place already; regions are numbers.
NO_GROUPS = (*SPECIAL_PLACES, *(row["country"] for row in read_seed(settings.SEEDS, "countries")))


class CountryGroupMembers(dy.Schema):
    """One row per country, group and period of membership."""

    country_group = text("code of the group, of data/seeds/country_groups.csv or the deliverer's own", required=True)
    country = text("the member: alpha-2, alpha-3 or a name", required=True)
    valid_from = day("first day of membership", required=True)
    valid_to = day("first day after it; empty while it lasts")
    membership_kind = text("how the country belongs to the group; empty: member", default="member")
    date_precision = code("how exactly the days are known", ("day", "month", "year"), default="day")
    source = text("where the membership is stated")

    @dy.rule()
    def code_of_another_place(cls) -> pl.Expr:
        """A recipient has one meaning: a group that is called like a country, a region or a word such as GLOBAL would give it two."""
        group = pl.col("country_group").str.strip_chars().str.to_uppercase()
        return ~(group.is_in(NO_GROUPS) | group.str.contains(r"^\d+$"))

    @dy.rule()
    def end_before_start(cls) -> pl.Expr:
        """The end is exclusive: a validity has at least one day."""
        return pl.col("valid_to") > pl.col("valid_from")


SOURCE = Source(
    name="country_group_members",
    grain="one row per country, group and period of membership",
    domain="reference",
    schema=CountryGroupMembers,
    key=("country_group", "country", "valid_from"),
    row_date="valid_from",
    place_columns=("country",),
    default_book="reference_data",
    shipped=Shipped(speaks_of=("country_group", "country"), says={"valid_from": "valid_from", "valid_to": "valid_to", "membership_kind": "membership_kind"}),
    rules={
        "code_of_another_place": Rule(
            severity="error", column="country_group", remedy="give the group a code of its own: no code of a country or a region, not GLOBAL or the like"
        ),
        "end_before_start": Rule(severity="error", column="valid_to", remedy="correct `valid_from` or `valid_to`, which is the first day after the end"),
    },
)
