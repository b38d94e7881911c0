"""Which lines of which share table a published statement speaks of, as the models have read it (`intermediate.int_statements`)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

TABLES = {"priority_area": "shares_by_priority_area", "activity_type": "shares_by_activity_type"}
REGIONS = ("region", "country", "country_group", "project_scope")
SHARED = ("book", "entity", "record_basis", "period_type", "measure")


@dataclass(frozen=True, kw_only=True)
class Stated:
    """A statement in the share tables' own columns.

    Attributes:
        table: the share table.
        shared: column to value, of the part and of the whole alike.
        part: column to value, of the part that is spoken of.
        whole: column to value, of what it is a part of.
    """

    table: str
    shared: Mapping[str, Any]
    part: Mapping[str, Any]
    whole: Mapping[str, Any]


def levels_of_sources(rows: Callable[[str], Sequence[Mapping[str, Any]]]) -> dict[str, int]:
    """The level at which a source of funds, a family or a total stands whole in the share tables; a family's name goes before a source's.

    Args:
        rows: answers a statement about the release.
    """
    found = rows("select level_source, min(funding_level) as funding_level from intermediate.int_funding_levels group by level_source")
    return {row["level_source"]: row["funding_level"] for row in found}


def stated_lines(statement: Mapping[str, Any], read: Mapping[str, Any], levels: Mapping[str, int]) -> Stated:
    """The lines that a statement speaks of.

    Args:
        statement: of `marts.published_figure_checks`, by column.
        read: its `region_scheme` and `dimension_code` in `intermediate.int_statements`.
        levels: of sources, from `levels_of_sources`.
    """
    scheme, code = statement["dimension_scheme"], read["dimension_code"]
    shared = {column: statement[column] for column in SHARED} | {"reporter_role": "primary"}
    part = _source(code if scheme == "funding_source" else statement["funding_source"], levels)
    table = TABLES.get(scheme, "shares_by_subprogramme")
    if scheme in REGIONS:
        table = "shares_by_region"
        shared["region_scheme"] = read["region_scheme"] or scheme
        part |= {"region_scheme": shared["region_scheme"], "region": code}
    elif scheme in ("subprogramme", "priority_area", "activity_type"):
        part[scheme] = code
    return Stated(table=table, shared=shared, part=part, whole=_source(statement["denominator"] or statement["funding_source"], levels))


def _source(named: str | None, levels: Mapping[str, int]) -> dict[str, Any]:
    """The columns that choose a source of funds; a statement that names none means all of them."""
    source = named or "all"
    return {"funding_level": levels.get(source, 2), "funding_source": source}
