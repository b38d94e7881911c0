"""The set pass: what can only be said of all loaded deliveries together. Keys and references, never whole rows.

Here stands only the order of the questions; each has a module of its own. Rows are rejected first, so that what is asked of the others is asked
of rows that load.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import duckdb
import polars as pl

from pipelines import engine
from pipelines.contracts import Source
from pipelines.engine import literal
from pipelines.judging import limits
from pipelines.judging.editions import tell_future_editions
from pipelines.judging.keys import reject_repeated_keys
from pipelines.judging.overlaps import tell_accounting_bases, tell_overlaps
from pipelines.judging.places import KnownPlaces, place_labels, read_places
from pipelines.judging.reference_data import reject_overlapping_validities, tell_contradictions
from pipelines.judging.references import tell_unknown_references
from pipelines.judging.sets import ENTITIES, Sets, same_row
from pipelines.judging.unknown_places import delivered_groups, givers, places_met, tell_unknown_places
from pipelines.shapes.part import AMOUNT_COLUMNS, AMOUNT_GROUP

_RATES = "exchange_rates"


@dataclass(frozen=True, kw_only=True)
class SetsJudged:
    """What the set pass found.

    Attributes:
        findings: Parquet files in the columns of `audit.quarantine`.
        rejected: how many rows of each delivery must not be loaded.
        amounts: quarantined amounts of rejected rows, in the columns of `delivered_amounts`.
        labels: what the places mean that rows name, in the columns of `place_labels`.
        entities: what the entities mean that rows name, in the columns of `entity_labels`.
    """

    findings: tuple[Path, ...]
    rejected: dict[str, int]
    amounts: tuple[pl.DataFrame, ...]
    labels: pl.DataFrame
    entities: pl.DataFrame


def set_pass(
    sources: Mapping[str, Source],
    parts: Mapping[str, Sequence[Path]],
    *,
    seeds: Path,
    out: Path,
    rejected: Path,
    scratch: Path,
    as_of: date,
    rates: limits.Rates,
    labels: Iterable[str] = (),
) -> SetsJudged:
    """Judge the parts of all loaded deliveries against each other.

    Args:
        sources: contracts by name.
        parts: Parquet files of the row pass, by source.
        seeds: folder of reference data.
        out: folder for findings.
        rejected: Parquet of the rows that must not be loaded, written if there are any.
        scratch: folder for what does not fit into memory.
        as_of: day that the release speaks for.
        rates: those at hand; they are told of those delivered here.
        labels: places that other deliveries name, to be read with those met here.
    """
    with duckdb.connect(config=engine.spilling(scratch)) as connection:
        sets = Sets(connection, sources, parts, seeds=seeds, out=out)
        given = [sources[name] for name in sets.parts]
        # Whoever is quarantined gives nobody a name: entities are judged before the others are read under their codes.
        for source in given:
            if source.name == ENTITIES:
                _reject_by_key(sets, source)
        entities = sets.read_entities()
        amounts = _reject(sets, given, rates)
        met = []
        names = set(labels)
        for source in given:
            tell_contradictions(sets, source)
            tell_unknown_references(sets, source)
            names |= givers(sets, source)
            met += places_met(sets, source)
            tell_overlaps(sets, source)
            tell_future_editions(sets, source, as_of)
            tell_accounting_bases(sets, source)
        places = KnownPlaces(seeds, delivered_groups(sets))
        read = read_places(names | {one.label for one in met}, places)
        tell_unknown_places(sets, met, read, places)
        rejected_by_delivery = dict(sets.ask("select _delivery_id, count(*) from rejected group by all"))
        if rejected_by_delivery:
            connection.execute(f"copy (from rejected order by all) to {literal(rejected)} (format parquet)")
        return SetsJudged(findings=tuple(sets.findings), rejected=rejected_by_delivery, amounts=tuple(amounts), labels=place_labels(read), entities=entities)


def _reject(sets: Sets, given: Sequence[Source], rates: limits.Rates) -> list[pl.DataFrame]:
    """Reject rows by key and by size, and give the amounts of those that are rejected."""
    for source in given:
        if source.name != ENTITIES:
            _reject_by_key(sets, source)
    if _RATES in sets.parts:
        rates.judge(sets.connection, sets.rows(_RATES))
    for source in given:
        if source.amount_columns and limits.find(sets.connection, sets.rows(source.name), source.amount_columns, source.row_date, rates):
            sets.reject(source.name, "select distinct _delivery_id, _source_row, _source_column from beyond")
            sets.keep(limits.findings(source.name, source.name))
    return [amounts for source in given if sets.count(sets.rejected(source.name)) for amounts in _rejected_amounts(sets, source)]


def _reject_by_key(sets: Sets, source: Source) -> None:
    reject_repeated_keys(sets, source)
    reject_overlapping_validities(sets, source)


def _rejected_amounts(sets: Sets, source: Source) -> list[pl.DataFrame]:
    """Amounts of rejected rows, by the groups of law 5."""
    delivered = sets.delivered(source.name)
    columns = {name for (name,) in sets.ask(f"select column_name from (describe from {delivered})")}
    year = "fiscal_year" if "fiscal_year" in columns else f"year({source.row_date})"
    types = dict.fromkeys(AMOUNT_GROUP, "varchar") | {"fiscal_year": "integer"}
    amounts = []
    for amount in source.amount_columns or (None,):
        measure = source.measure_column or (literal(amount) if amount else "null")
        group = {name: name if name in columns else "null" for name in AMOUNT_GROUP} | {"fiscal_year": year, "measure": measure}
        lines = sets.ask(
            f"""select {literal(source.name)}, _delivery_id, _source_file,
                    {", ".join(f"cast({expression} as {types[name]}) as {name}" for name, expression in group.items())},
                    {"sum(cast(0 as decimal(38, 10)))" if amount else "cast(null as decimal(38, 10))"},
                    {f"coalesce(sum({amount}), 0)" if amount else "null"}, 0, count(*)
                from {delivered} as r semi join {sets.rejected(source.name)} as o on {same_row("r", "o")} group by all"""
        )
        amounts.append(pl.DataFrame(lines, schema=AMOUNT_COLUMNS, orient="row"))
    return amounts
