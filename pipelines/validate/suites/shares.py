"""Share tables: laws 3, 4, 6, 7 and 8, and what a reader would find odd.

The same checks hold for every `marts.shares_by_…` that the build file has, so a new share table is guarded from its first run.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pipelines.validate.suites.checks import Check, Suite, Tables

PREFIX = "marts.shares_by_"
BASE = "marts.shares_by_subprogramme"
GROUP = ("book", "entity", "reporter_role", "fiscal_year", "period_type", "record_basis", "measure", "funding_source", "funding_level")
FIGURES = frozenset({"value", "unit", "total_value", "share_pct", "rounded_pct", "distinct_count", "unconverted_rows", "has_negative_part", "is_exclusive"})
# Columns that name a breakdown of which each table holds several side by side; one breakdown adds up, all of them together do not.
SCHEMES = ("region_scheme", "sector_vocabulary", "sector_level")
# Cash only: contributions in kind never stand in a cash total, and technical cooperation is a second view of the same money.
CASH = "measure <> 'in_kind_usd' and funding_source not in ('technical_cooperation', 'in_kind')"


def share_tables(tables: Tables) -> list[str]:
    """The share tables of the build file, the one by subprogramme always among them."""
    return sorted({BASE, *(name for name in tables if name.startswith(PREFIX))})


@dataclass(frozen=True)
class _ShareTable:
    """A share table as its checks ask it.

    Attributes:
        name: with its schema.
        columns: in their order.
    """

    name: str
    columns: tuple[str, ...]

    @property
    def breakdown(self) -> str:
        """Columns within which parts are a whole."""
        return ", ".join((*GROUP, "unit", *(column for column in SCHEMES if column in self.columns)))

    @property
    def dimensions(self) -> list[str]:
        """Columns that say which line it is."""
        return [column for column in self.columns if column not in FIGURES and not column.endswith("_name")]

    @property
    def exclusive(self) -> str:
        """Condition under which parts do not overlap."""
        return "is_exclusive" if "is_exclusive" in self.columns else "true"

    def forbid(self, name: str, query: str, *, protects: str, expected: str, **more: Any) -> Check:
        """A check that the query finds nothing."""
        return Check(name=name, target=self.name, query=query, protects=protects, expected=expected, **more)


def checks(tables: Tables) -> list[Check]:
    """Every check on every share table."""
    found = []
    for name in share_tables(tables):
        table = _ShareTable(name, tables.get(name, (*GROUP, *FIGURES)))
        found += [*_percentages(table), *_sums(table), *_flags(table), *_overlaps(table), *_other_tables(table)]
    return found


def _percentages(table: _ShareTable) -> list[Check]:
    """Law 3: shares are of the whole."""
    return [
        table.forbid(
            "shares_add_to_100",
            f"""select {table.breakdown}, sum(share_pct) as found from {{batch}} where share_pct is not null and {table.exclusive}
                group by all having abs(sum(share_pct) - 100) > 0.001""",
            law=3,
            expected="share_pct of one breakdown adds to 100 within 0.001",
            protects="Shares of one breakdown are the whole: nothing is missing and nothing counts twice.",
        ),
        table.forbid(
            "rounded_shares_add_to_100",
            f"""select {table.breakdown}, sum(rounded_pct) as found from {{batch}} where rounded_pct is not null and {table.exclusive}
                group by all having sum(rounded_pct) <> 100""",
            law=3,
            expected="rounded_pct of one breakdown adds to exactly 100.0",
            protects="A printed table of percentages adds to exactly 100.0.",
        ),
        table.forbid(
            "shares_follow_from_values",
            f"""select {", ".join(table.dimensions)}, value, total_value, share_pct from {{batch}}
                where ({table.exclusive} and (share_pct is null) <> (rounded_pct is null)) or (share_pct is not null and (total_value <= 0
                   or abs(cast(share_pct as double) - 100 * cast(value as double) / cast(nullif(total_value, 0) as double)) > 0.00001))""",
            law=3,
            expected="share_pct = 100 × value ÷ total_value, and none where the total is not above zero",
            protects="A published percentage is the value beside it divided by the total beside it.",
        ),
    ]


def _sums(table: _ShareTable) -> list[Check]:
    """Law 4: parts and levels are the same money."""
    across_levels = ", ".join(column for column in table.dimensions if column not in ("funding_source", "funding_level"))
    return [
        table.forbid(
            "parts_add_to_total",
            f"""select {table.breakdown}, sum(value) as found, max(total_value) as total from {{batch}} where {table.exclusive}
                group by all having coalesce(sum(value), 0) <> coalesce(max(total_value), 0)
                                 or coalesce(min(total_value), 0) <> coalesce(max(total_value), 0)""",
            law=4,
            expected="Σ value = total_value, exactly",
            protects="The parts of a breakdown are its total to the cent.",
        ),
        table.forbid(
            "levels_agree",
            f"""with levels as (select {across_levels}, funding_level, sum(value) as value from {{batch}} where {CASH} group by all)
                select {across_levels}, sum(value) filter (where funding_level = 0) as all_funding,
                       sum(value) filter (where funding_level = 1) as families, sum(value) filter (where funding_level = 2) as sources
                from levels group by all
                having all_funding is distinct from families or families is distinct from sources""",
            law=4,
            expected="level 0 `all` = Σ level 1 = Σ level 2",
            protects="All funding, its families and its sources are the same money.",
        ),
    ]


def _flags(table: _ShareTable) -> list[Check]:
    """Laws 6 and 7, and what a reader is told of odd lines."""
    dimensions = ", ".join(table.dimensions)
    return [
        table.forbid(
            "unconverted_is_counted",
            f"select {dimensions} from {{batch}} where unconverted_rows is null or unconverted_rows < 0 or (value is null and unconverted_rows = 0)",
            law=6,
            expected="unconverted rows counted, none taken as 0",
            protects="Money without a rate is left out and counted, not quietly taken as nothing.",
        ),
        table.forbid(
            "groups_are_named",
            f"select * from {{batch}} where {' or '.join(f'{column} is null' for column in GROUP)}",
            law=7,
            expected="no NULL in " + ", ".join(GROUP),
            protects="Every figure says its book, basis, period and reporter, so that none is added to another's by accident.",
        ),
        table.forbid(
            "negative_parts_are_flagged",
            f"select {dimensions}, value from {{batch}} where value < 0 and has_negative_part is not true",
            expected="has_negative_part where a value is below zero",
            protects="A reader is told that refunds or corrections outweigh a part, so that a share below zero is no surprise.",
        ),
        table.forbid(
            "one_unit_per_measure",
            "select measure, string_agg(distinct unit, ', ') as units from {batch} group by measure having count(distinct unit) > 1",
            severity="warning",
            expected="one unit per measure",
            protects="Figures of one measure can be compared.",
        ),
    ]


def _overlaps(table: _ShareTable) -> list[Check]:
    """Law 8, for a table that says which of its parts overlap."""
    if "is_exclusive" not in table.columns:
        return []
    within_countries = ", ".join((*GROUP, "unit", *(column for column in ("subprogramme",) if column in table.columns)))
    return [
        table.forbid(
            "overlaps_stay_within_total",
            f"""with countries as (select {within_countries}, sum(value) filter (where value > 0) as value
                                       from {{batch}} where region_scheme = 'country' group by all)
                    select {", ".join(f"mine.{column}" for column in table.dimensions)}, mine.value, countries.value as all_countries
                    from {{batch}} as mine inner join countries using ({within_countries})
                    where not mine.is_exclusive and mine.value > countries.value""",
            law=8,
            expected="no group of countries above all countries together",
            protects="A country that belongs to two groups counts once in each and never twice in one.",
        ),
        table.forbid(
            "only_country_groups_overlap",
            "select distinct region_scheme from {batch} where (region_scheme = 'country_group') <> (not is_exclusive)",
            law=8,
            expected="is_exclusive false for country_group only",
            protects="A country in two groups is counted once in every exclusive breakdown.",
        ),
    ]


def _other_tables(table: _ShareTable) -> list[Check]:
    """Law 4 across tables: each says what the one by subprogramme says."""
    found = []
    shared = f"{', '.join(GROUP)}, unit"
    if table.name != BASE:
        # Deliverables have no recipients, and a table of one kind of record holds its own measures only.
        found.append(
            table.forbid(
                "breakdowns_agree",
                f"""with mine as (select {table.breakdown}, sum(value) as value from {{batch}} where {table.exclusive} group by all),
                         base as (select {shared}, sum(value) as value from {BASE} group by all)
                    select {", ".join(f"mine.{column}" for column in table.breakdown.split(", "))}, mine.value as here, base.value as by_subprogramme
                    from mine left join base using ({shared})
                    where base.measure in (select measure from mine) and mine.value is distinct from base.value""",
                law=4,
                expected="the same total as by subprogramme, exactly",
                protects="Two tables of the same money show the same total.",
            )
        )
    if table.name.endswith(("_region", "_and_region")):
        schemes = f"(select distinct region_scheme from {{batch}} where {table.exclusive})"
        found.append(
            table.forbid(
                "no_money_lost_by_region",
                f"""select base.* from (select {shared}, region_scheme from {BASE}, {schemes} as schemes
                                       where not regexp_matches(measure, '^(planned|actual)_') group by all) as base
                    anti join {{batch}} as mine using ({table.breakdown})""",
                law=4,
                expected="every group by subprogramme stands in every exclusive scheme",
                protects="Every figure by subprogramme has its breakdown by region.",
            )
        )
    return found


SUITE = Suite(name="shares", title="Shares by subprogramme, region and other breakdowns", checks=checks)
