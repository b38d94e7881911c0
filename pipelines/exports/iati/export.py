"""Writing activity files: one entity on demand, all of them with a release. A file is judged by our own rules before it gets its name."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import chain
from pathlib import Path

import duckdb
from lxml import etree

from pipelines.contracts.iati import SOURCE_NAME, WAREHOUSE
from pipelines.engine import literal
from pipelines.exports.iati import projects
from pipelines.exports.iati.activities import Publisher, activities
from pipelines.release.files import file_name
from pipelines.release.public import open_public

VERSION = "2.03"
SHOWN_FINDINGS = 5
# What a release exports by itself, projects and transactions: some ten seconds' work. Ten million would take as many minutes on every run.
RELEASE_RECORDS = 100_000


class NothingToExport(Exception):
    """The entity has no project that may be written; the message is one line."""


class ExportRefused(Exception):
    """What was written breaks rules of our own; the message says which."""


class UnknownPublisher(Exception):
    """There is no such entity, or nobody knows its reference as a publisher."""


@dataclass(frozen=True, kw_only=True)
class Exported:
    """What a file holds."""

    activities: int
    transactions: int


def export_entity(database: Path, entity: str, out: Path, *, known_at: datetime, include_illustrative: bool = False) -> Exported:
    """Write the projects that an entity leads as one activity file.

    Args:
        database: of a release; its public view is read.
        entity: code of `entities`.
        out: the file; it appears whole, or not at all.
        known_at: when the figures were known: the day that the release speaks for, no later than it was made.
        include_illustrative: whether constructed records are written, each with a narrative that says so.

    Raises:
        UnknownPublisher: no such entity, or no reference of it in the seed `iati_publishers`.
        NothingToExport: no project of the entity may be written.
        ExportRefused: the file breaks a rule of ours.
    """
    fresh = out.with_name(f".{out.name}.new")
    try:
        with tempfile.TemporaryDirectory(prefix="techcoop-") as spill, open_public(database, spill=Path(spill)) as connection:
            exported = _write(connection, entity, fresh, known_at=known_at, include_illustrative=include_illustrative)
        _judge(fresh, out.name)
        fresh.replace(out)
    finally:
        fresh.unlink(missing_ok=True)
    return exported


def export_release(database: Path, folder: Path, *, known_at: datetime, say: Callable[[str], None]) -> list[Path]:
    """Write one file for every entity with something to publish; without any, not even a folder.

    A file that breaks a rule is left out and told: it must not keep back the release, whose figures have passed their own checks. So is what
    would make a release wait: beyond `RELEASE_RECORDS` an entity is exported by command only.
    """
    with open_public(database) as connection:
        entities = projects.entities_to_export(connection)
    written: list[Path] = []
    room = RELEASE_RECORDS
    for entity, records in entities.items():
        if records > room:
            told = f"no activity file of {entity} with the release: {records:,} projects and transactions"
            say(f"{told} (techcoop export iati --entity {entity} --out FILE writes it)")
            continue
        room -= records
        folder.mkdir(exist_ok=True)
        out = folder / f"{entity if file_name(entity) == entity.lower() else file_name(entity)}.xml"
        try:
            export_entity(database, entity, out, known_at=known_at)
        except ExportRefused as refused:
            say(f"no activity file of {entity}: {refused}")
        else:
            written.append(out)
    if folder.exists() and not written:
        folder.rmdir()
    return written


def _write(connection: duckdb.DuckDBPyConnection, entity: str, path: Path, *, known_at: datetime, include_illustrative: bool) -> Exported:
    publisher = _publisher(connection, entity, known_at)
    found = projects.projects(connection, entity, include_illustrative=include_illustrative)
    first = next(found, None)
    if first is None:
        raise NothingToExport(_why_nothing(connection, entity))
    count, transactions = 0, 0
    generated = known_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    with etree.xmlfile(str(path), encoding="utf-8") as file:
        file.write_declaration()
        with file.element("iati-activities", {"version": VERSION, "generated-datetime": generated}, nsmap={"techcoop": WAREHOUSE}):
            for project in chain([first], found):
                transactions += len(project.transactions)
                for activity in activities(project, publisher):
                    count += 1
                    file.write("\n", activity)
            file.write("\n")
    return Exported(activities=count, transactions=transactions)


def _publisher(connection: duckdb.DuckDBPyConnection, entity: str, known_at: datetime) -> Publisher:
    named = connection.execute(f"select name from reference.entities where entity = {literal(entity)}").fetchone()
    if named is None:
        raise UnknownPublisher(f'no entity {entity!r}; the codes are in data/seeds/entities.csv (techcoop sql "select entity, name from reference.entities")')
    known = connection.execute(f"select publisher from reference.iati_publishers where entity = {literal(entity)}").fetchone()
    if known is None:
        raise UnknownPublisher(f"{entity} has no reference as a publisher; add a row with its identifier to data/seeds/iati_publishers.csv and run again")
    names = connection.execute(
        f"select subprogramme, valid_from, valid_to, name from reference.subprogrammes where entity = {literal(entity)} order by valid_from desc nulls last"
    ).fetchall()
    places = (
        connection.execute("select country, name from reference.countries order by valid_from nulls first").fetchall()
        + connection.execute("select country_group, name from reference.country_groups").fetchall()
    )
    categories = connection.execute(
        f"""
        select subprogramme, max(sector)
        from reference.sector_map
        where publisher = {literal(known[0])} and entity = {literal(entity)} and sector_vocabulary = '2' and valid_to is null
        group by subprogramme
        having count(*) = 1
        """
    ).fetchall()
    return Publisher(
        entity=entity,
        reference=known[0],
        name=named[0],
        known_on=known_at.astimezone(UTC).date(),
        subprogrammes=[*names, ("UNALLOCATED", None, None, "Not allocated to a subprogramme"), ("UNKNOWN", None, None, "Subprogramme not known")],
        places={**dict(places), **_EVERYWHERE},
        categories=dict(categories),
    )


_EVERYWHERE = {
    "GLOBAL": "Global",
    "INTERREGIONAL": "Interregional",
    "REGIONAL": "Regional",
    "UNALLOCATED": "Not allocated to a recipient",
    "UNKNOWN": "Recipient not known",
}


def _why_nothing(connection: duckdb.DuckDBPyConnection, entity: str) -> str:
    left = connection.execute(f"select count(*) from marts.dim_project where entity = {literal(entity)} and record_basis = 'illustrative'").fetchone()[0]
    if left:
        return f"{entity} has nothing to export: its {left} projects are illustrative (--include-illustrative writes them, marked as such)"
    return f"{entity} has nothing to export: the release has no projects of it"


def _judge(path: Path, name: str) -> None:
    """Read the file as a delivery and refuse it for whatever would not load."""
    import polars as pl

    from pipelines.iati.activity_pass import activity_pass
    from pipelines.shapes.delivery import Delivery
    from pipelines.shapes.errors import UnreadableDelivery

    delivery = Delivery(source=SOURCE_NAME, source_file=name, path=path, sha256=hashlib.sha256(name.encode()).hexdigest())
    with tempfile.TemporaryDirectory(prefix="techcoop-") as folder:
        try:
            part = activity_pass(delivery, Path(folder))
        except UnreadableDelivery as error:
            raise ExportRefused(str(error)) from error
        found = pl.read_parquet(part.findings).filter(pl.col("severity").is_in(["critical", "error"]))
    if found.height:
        shown = [f"{row['rule']} in {row['table_name']} {row['source_row']} ({row['value']}): {row['remedy']}" for row in found.head(SHOWN_FINDINGS).to_dicts()]
        more = f"; and {found.height - SHOWN_FINDINGS} more" if found.height > SHOWN_FINDINGS else ""
        raise ExportRefused(f"{found.height} findings: {'; '.join(shown)}{more}")
