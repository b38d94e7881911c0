"""All deliveries together: the set pass, the tables that account for every row, and the layout that dbt reads."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

import duckdb
import polars as pl

from pipelines import settings
from pipelines.contracts import SOURCES, iati
from pipelines.iati import activity_pass, identifiers, organisations
from pipelines.judging import limits
from pipelines.judging.set_pass import set_pass
from pipelines.landing.accounts import LandingSummary, delivered_amounts, delivery_lines, file_findings, summary, told
from pipelines.landing.cached import forget_unused_parts
from pipelines.landing.layout import DAY_COLUMNS, RUN_COLUMNS, lay_out, link, write
from pipelines.landing.past_figures import land_previous_figures
from pipelines.landing.prepared import Prepared, database_of
from pipelines.landing.rates import ecb_reference_rates
from pipelines.landing.row_passes import SourceLanding
from pipelines.shapes.part import IatiPart
from pipelines.storage import storage_error


@dataclass(frozen=True, kw_only=True)
class Compared:
    """What the set pass found in all sources.

    Attributes:
        rejected: how many rows must not be loaded, by delivery and table.
        amounts: their money, in the columns of `delivered_amounts`.
        labels: what places mean, in the columns of `place_labels`.
        entities: what names of entities mean, in the columns of `entity_labels`.
        spellings: of organisations, in the columns of `organisation_spellings`.
    """

    rejected: dict[tuple[str, str], int]
    amounts: tuple[pl.DataFrame, ...]
    labels: pl.DataFrame
    entities: pl.DataFrame
    spellings: pl.DataFrame


def settle(
    prepared: Prepared,
    landings: Sequence[SourceLanding],
    build_dir: Path,
    *,
    run_id: str,
    as_of: date,
    previous_release: Path | None,
    seeds: Path = settings.SEEDS,
    progress: Callable[[str], None] | None = None,
) -> LandingSummary:
    """Set pass, audit tables, and the layout that dbt reads. `progress` is told one line per delivery: its rows, or why it is set aside.

    Raises:
        StorageError: the disk is full.
    """
    began = time.monotonic()
    landing = build_dir / "landing"
    try:
        lay_out(landings, landing)
        reference = ecb_reference_rates(prepared.home / "landing" / "ecb")
        link(reference, landing / "ecb_reference_rates" / "rates.parquet")
        compared = _compared(landings, landing, as_of, seeds, reference)
        deliveries = delivery_lines(prepared, landings, compared.rejected)
        amounts = delivered_amounts(landings, compared.amounts)
        for line in told(deliveries) if progress else ():
            progress(line)
        for table, lines in {
            "deliveries": deliveries,
            "quarantine": file_findings(prepared, landings),
            "delivered_amounts": amounts,
            "place_labels": compared.labels,
            "entity_labels": compared.entities,
            "organisation_spellings": compared.spellings,
            "release_day": pl.DataFrame([(as_of,)], schema=DAY_COLUMNS, orient="row"),
            "run_parameters": _run_parameters(run_id, as_of, previous_release),
        }.items():
            write(lines, landing / table)
        land_previous_figures(database_of(previous_release), landing / "previous_figures" / "previous.parquet")
        forget_unused_parts(prepared.home / "landing", [part for done in landings for part in done.parts.values()])
    except (OSError, pl.exceptions.PolarsError, duckdb.Error) as error:
        clear = storage_error(error, landing)
        if clear is None:
            raise
        raise clear from error
    return summary(deliveries, landings, amounts, seconds=time.monotonic() - began + sum(done.seconds for done in landings))


def _compared(landings: Sequence[SourceLanding], landing: Path, as_of: date, seeds: Path, reference: Path) -> Compared:
    """The set pass over every source; findings and rejected rows are written into the layout."""
    rates = limits.Rates(reference=lambda: reference, seeds=seeds, judged=landing / "rate_judgements" / "part.parquet")
    activity_parts = [part for done in landings for part in done.parts.values() if isinstance(part, IatiPart)]
    with tempfile.TemporaryDirectory(prefix="set-pass-", dir=landing.parent) as scratch:
        activities = identifiers.compare(activity_parts, landing)
        spellings = organisations.spellings(activity_parts, seeds, landing / "quarantine")
        identifiers.number_on(activities.numbered_on, landing)
        judged = set_pass(
            SOURCES,
            {done.source: [part.rows for part in done.parts.values()] for done in landings if done.source in SOURCES},
            seeds=seeds,
            out=landing / "quarantine",
            rejected=landing / "rejected_rows" / "part.parquet",
            scratch=Path(scratch),
            as_of=as_of,
            rates=rates,
            labels=activities.countries,
        )
        money = {name: activity_pass.files_of(activity_parts, name) for name in iati.MONEY_TABLES}
        too_large, amounts_too_large = limits.of_activities(money, landing, Path(scratch), rates)
    of_sources = {(one, done.source): judged.rejected[one] for done in landings for one in done.parts if one in judged.rejected}
    of_activities = {key: activities.rejected.get(key, 0) + too_large.get(key, 0) for key in {*activities.rejected, *too_large}}
    return Compared(
        rejected=of_sources | of_activities,
        amounts=(*judged.amounts, activities.amounts, amounts_too_large),
        labels=judged.labels,
        entities=judged.entities,
        spellings=spellings,
    )


def _run_parameters(run_id: str, as_of: date, previous_release: Path | None) -> pl.DataFrame:
    previous = previous_release.name if previous_release is not None and previous_release.is_dir() else None
    return pl.DataFrame([(run_id, as_of, previous, datetime.now(UTC).replace(tzinfo=None))], schema=RUN_COLUMNS, orient="row")
