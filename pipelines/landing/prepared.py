"""What a run has to land: the deliveries that were found, with their mappings, and what the release before had."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from pipelines.iati.schema import digest as digest_of_schema
from pipelines.landing.deliveries import HashCache, count_once, discover, leave_out, past_deliveries, supersede, with_mappings, without_values
from pipelines.mapping.mapping import Mapping
from pipelines.shapes.delivery import Delivery, PastDelivery, Stray
from pipelines.shapes.left_out import LeftOut


@dataclass(frozen=True, kw_only=True)
class Prepared:
    """What is to be landed: deliveries with their mappings (by file and table), strays, and what the previous release had."""

    raw_root: Path
    home: Path
    deliveries: tuple[Delivery, ...]
    mappings: dict[tuple[str, int], Mapping]
    strays: tuple[Stray, ...]
    past: tuple[PastDelivery, ...]


def prepare(raw_root: Path, home: Path, *, previous_release: Path | None = None, left_out: Sequence[LeftOut] = ()) -> Prepared:
    """Find deliveries and their mappings, and decide which are superseded. A mapping that cannot be understood sets aside what it governs.

    Args:
        raw_root: folder of deliveries.
        home: the warehouse.
        previous_release: folder of the release before, if any.
        left_out: deliveries that an operator leaves out. They replace nothing.

    Raises:
        ConfigurationError: no raw root, no delivery, or one that is to be left out has changed.
        StorageError: the disk is full.
    """
    # A schema that is not there is told before a run begins.
    digest_of_schema()
    hashes = HashCache(home / "landing" / "hashes.json")
    deliveries, strays = discover(raw_root, hashes)
    hashes.save()
    deliveries, mappings = with_mappings(deliveries, raw_root)
    deliveries = leave_out(count_once(deliveries), left_out)
    globs = {file: tuple(mapping.supersedes) for (file, _), mapping in mappings.items() if mapping.supersedes}
    return Prepared(
        raw_root=raw_root,
        home=home,
        deliveries=tuple(supersede(deliveries, globs)),
        mappings=mappings,
        strays=tuple(without_values(strays, raw_root, mappings.values())),
        past=tuple(past_deliveries(database_of(previous_release))),
    )


def database_of(release: Path | None) -> Path | None:
    """The database of a release that is named by its folder, or by the database itself; None if there is no such release."""
    database = release / "techcoop.duckdb" if release is not None and release.is_dir() else release
    return database if database is not None and database.exists() else None
