"""From the raw root to what dbt reads: deliveries found, rows judged, sets compared, Parquet laid out under the build folder.

`land` is the whole; `prepare`, `land_source` and `settle` are its steps, so that the orchestrator can show each source by itself.
"""

from __future__ import annotations

import multiprocessing
import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import partial
from pathlib import Path

import duckdb
import polars as pl

from pipelines import settings
from pipelines.contracts import SOURCE_NAMES, SOURCES, iati, landed_schema
from pipelines.iati import activity_pass, identifiers, organisations
from pipelines.iati.schema import digest as digest_of_schema
from pipelines.judging import limits
from pipelines.judging.places import PLACE_LABEL_COLUMNS
from pipelines.judging.rate_agreement import JUDGED_COLUMNS
from pipelines.judging.row_pass import contract_columns, kept_part, part_name, row_pass
from pipelines.judging.set_pass import SetPass
from pipelines.landing.deliveries import (
    HashCache,
    content_sha256,
    count_once,
    departed,
    discover,
    fingerprint,
    leave_out,
    past_deliveries,
    stamp,
    supersede,
    with_mappings,
)
from pipelines.landing.past_figures import PREVIOUS_FIGURES_COLUMNS, land_previous_figures
from pipelines.landing.rates import ECB_COLUMNS, ecb_reference_rates
from pipelines.mapping.mapping import Mapping as DeliveryMapping
from pipelines.mapping.mapping import apply_mapping
from pipelines.processes import begin_worker
from pipelines.reading.tabular import read
from pipelines.shapes.delivery import Delivery, PastDelivery, Stray
from pipelines.shapes.errors import ConfigurationError, FileViolation, MappingError, ProgramError, UnreadableDelivery
from pipelines.shapes.left_out import RULE as LEFT_OUT
from pipelines.shapes.left_out import LeftOut
from pipelines.shapes.part import AMOUNT_COLUMNS, AMOUNT_GROUP, QUARANTINE_COLUMNS, REJECTED_COLUMNS, IatiPart, Part, TablePart
from pipelines.shapes.table import Table
from pipelines.storage import StorageError, storage_error

__all__ = ["ConfigurationError", "LandingSummary", "SourceSummary", "fingerprint", "land", "land_source", "prepare", "settle"]

# A file that took so long to read is told of at once.
LONG_SECONDS = 2
# Below so many bytes a file, starting another process takes longer than reading.
WORTH_A_WORKER = 16 << 20

DELIVERY_COLUMNS: dict[str, pl.DataType] = {
    "delivery_id": pl.String(),
    "source": pl.String(),
    "table_name": pl.String(),
    "source_file": pl.String(),
    "source_sha256": pl.String(),
    "rows_delivered": pl.Int64(),
    "rows_loaded": pl.Int64(),
    "rows_quarantined": pl.Int64(),
    "status": pl.String(),
    "message": pl.String(),
}

RUN_COLUMNS: dict[str, pl.DataType] = {"run_id": pl.String(), "as_of": pl.Date(), "previous_release_id": pl.String(), "started_at": pl.Datetime("us")}

# Tables of the deliveries: one per source, several of `iati`.
DELIVERED_TABLES: dict[str, dict[str, pl.DataType]] = {
    **{name: landed_schema(source) for name, source in SOURCES.items()},
    **{name: table.schema for name, table in iati.TABLES.items()},
}

# Tables that dbt reads beside the sources' own.
LANDING_TABLES: dict[str, dict[str, pl.DataType]] = {
    "deliveries": DELIVERY_COLUMNS,
    "quarantine": QUARANTINE_COLUMNS,
    "rejected_rows": REJECTED_COLUMNS,
    "delivered_amounts": AMOUNT_COLUMNS,
    "place_labels": PLACE_LABEL_COLUMNS,
    "organisation_spellings": organisations.SPELLING_COLUMNS,
    "ecb_reference_rates": ECB_COLUMNS,
    "rate_judgements": JUDGED_COLUMNS,
    "run_parameters": RUN_COLUMNS,
    "previous_figures": PREVIOUS_FIGURES_COLUMNS,
}


@dataclass(frozen=True, kw_only=True)
class Prepared:
    """What is to be landed: deliveries with their mappings, strays, and what the previous release had."""

    raw_root: Path
    home: Path
    deliveries: tuple[Delivery, ...]
    mappings: dict[str, DeliveryMapping]
    strays: tuple[Stray, ...]
    past: tuple[PastDelivery, ...]


@dataclass(frozen=True, kw_only=True)
class SourceLanding:
    """The row pass of one source: its deliveries as they turned out, with the parts of those that load."""

    source: str
    deliveries: tuple[Delivery, ...]
    parts: dict[str, Part | IatiPart]
    seconds: float


@dataclass(frozen=True, kw_only=True)
class SourceSummary:
    """Figures of one source: rows, money per measure and currency, files."""

    source: str
    deliveries: int
    set_aside: int
    rows_delivered: int
    rows_loaded: int
    rows_quarantined: int
    amounts: dict[str, Decimal]
    sha256: dict[str, str]
    seconds: float


@dataclass(frozen=True, kw_only=True)
class LandingSummary:
    """What landing did, in total and per source; `aside` names each delivery that is set aside, with the rule that it broke."""

    deliveries: int
    rows_delivered: int
    rows_loaded: int
    rows_quarantined: int
    set_aside: int
    sources: dict[str, SourceSummary]
    seconds: float
    messages: tuple[str, ...] = field(default=())
    aside: tuple[str, ...] = field(default=())


Progress = Callable[[str], None]


def land(
    raw_root: Path,
    home: Path,
    build_dir: Path,
    *,
    run_id: str,
    as_of: date,
    previous_release: Path | None,
    progress: Progress | None = None,
    seeds: Path = settings.SEEDS,
) -> LandingSummary:
    """Land every delivery under the raw root.

    Args:
        raw_root: folder of deliveries.
        home: the warehouse, whose `landing` folder keeps parts between runs.
        build_dir: this run's folder; `landing/<table>/*.parquet` is written there.
        run_id: name of this run.
        as_of: day as of which the release speaks.
        previous_release: folder of the release before, if any.
        progress: told one line per delivery.
        seeds: folder of reference data.

    Raises:
        ConfigurationError: no raw root, or no delivery.
        StorageError: the disk is full.
    """
    prepared = prepare(raw_root, home, previous_release=previous_release)
    landings = [land_source(prepared, source, progress=progress) for source in SOURCE_NAMES]
    return settle(prepared, landings, build_dir, run_id=run_id, as_of=as_of, previous_release=previous_release, seeds=seeds, progress=progress)


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
    globs = {file: tuple(mapping.supersedes) for file, mapping in mappings.items() if mapping.supersedes}
    return Prepared(
        raw_root=raw_root,
        home=home,
        deliveries=tuple(supersede(deliveries, globs)),
        mappings=mappings,
        strays=tuple(strays),
        past=tuple(past_deliveries(_database(previous_release))),
    )


def _database(release: Path | None) -> Path | None:
    if release is None:
        return None
    return release / "techcoop.duckdb" if release.is_dir() else release


def land_source(prepared: Prepared, source: str, *, progress: Progress | None = None) -> SourceLanding:
    """The row pass over every delivery of one source. A file that cannot be used is set aside; the others go on.

    Args:
        prepared: what was found.
        source: its name.
        progress: told of files that take long; how many rows load is known, and told, after the set pass.

    Raises:
        StorageError: the disk is full.
        ProgramError: something of ours failed on a file.
    """
    began = time.monotonic()
    done: list[Delivery] = []
    ahead = _landed_ahead(prepared) if source == iati.SOURCE_NAME else {}
    parts: dict[str, Part | IatiPart] = {}
    loaded_with: dict[str | None, list[Delivery]] = {}
    refused: set[str | None] = set()
    # What others replace or repeat comes last: if those turn out to be unusable, it counts after all.
    for delivery in sorted((one for one in prepared.deliveries if one.source == source), key=lambda one: (one.status == "superseded", one.same_as is not None)):
        if delivery.superseded_by in refused:
            delivery = replace(delivery, status="loaded", message=f"{delivery.superseded_by} was to replace it and was set aside")
        stood_in_for = delivery.same_as if delivery.same_as in refused else None
        if stood_in_for:
            delivery = replace(delivery, status="loaded", rule=None, message=f"{stood_in_for} has the same content and was set aside")
        if delivery.status == "loaded":
            started = time.monotonic()
            delivery, part = ahead.pop(delivery.delivery_id, None) or _land_delivery(prepared, delivery)
            twins = loaded_with.setdefault(delivery.sha256, [])
            twin = next((one for one in twins if _are_same_rows(parts[one.delivery_id], part)), None) if part is not None else None
            if twin is not None:
                delivery, part = delivery.repeats(twin.source_file), None
            if part is not None:
                twins.append(delivery)
                parts[delivery.delivery_id] = part
                refused.discard(stood_in_for)
                if progress and time.monotonic() - started > LONG_SECONDS:
                    progress(f"{delivery.source_file}: {part.rows_delivered:,} rows read")
        if delivery.status == "set_aside":
            refused.add(delivery.source_file)
        done.append(delivery)
    return SourceLanding(source=source, deliveries=tuple(done), parts=parts, seconds=time.monotonic() - began)


def _are_same_rows(one: Part | IatiPart, other: Part | IatiPart) -> bool:
    """Whether two parts of one content hold the same rows, whatever their mappings say: then they are one table, and count once."""
    if isinstance(one, IatiPart) or isinstance(other, IatiPart):
        return False
    if (one.rows_delivered, one.rows_quarantined) != (other.rows_delivered, other.rows_quarantined) or one.rows_delivered == one.rows_quarantined:
        return False
    sums = [
        pl.scan_parquet(part.rows, glob=False)
        .select(pl.struct(pl.exclude("_delivery_id", "_source_file", "_source_sha256", "_loaded_at")).hash().sum())
        .collect(engine="streaming")
        .item()
        for part in (one, other)
    ]
    return sums[0] == sums[1]


def _landed_ahead(prepared: Prepared) -> dict[str, tuple[Delivery, IatiPart | None]]:
    """What the row pass makes of activity files that it has not read before, several at once: reading XML is work for one processor.

    Nothing where there is one file, one worker, or so little to read that starting another process would cost more.

    Raises:
        StorageError: the disk is full.
    """
    folder = prepared.home / "landing" / iati.SOURCE_NAME
    todo = [one for one in prepared.deliveries if one.source == iati.SOURCE_NAME and one.status == "loaded" and not _is_kept(one, folder)]
    workers = min(settings.workers(), len(todo))
    if workers < 2 or sum(path.stat().st_size for path in {one.path for one in todo} if path.exists()) < WORTH_A_WORKER * workers:
        return {}
    alone = replace(prepared, deliveries=(), strays=(), past=())
    # Spawned, not forked: polars has threads of its own, which a fork would leave behind in an unknown state.
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(workers, mp_context=context, initializer=begin_worker, initargs=(os.getpid(),)) as pool:
        landed = pool.map(partial(_land_delivery, alone), todo)
        return {one.delivery_id: outcome for one, outcome in zip(todo, landed, strict=True)}


def _land_delivery(prepared: Prepared, delivery: Delivery) -> tuple[Delivery, Part | IatiPart | None]:
    """Row pass of one delivery, from the kept parts if nothing changed.

    A delivery that somebody replaces while it is read is read once more; if it changes again it is set aside until the next run.
    """
    folder = prepared.home / "landing" / delivery.source
    mapping = prepared.mappings.get(delivery.source_file)
    for _ in range(2):
        part = kept(delivery, mapping, folder)
        if part is not None:
            return _with_message(delivery, part), part
        try:
            before = stamp(delivery.path)
            fresh = content_sha256(delivery, HashCache(prepared.home / "landing" / "hashes.json"))
            delivery = replace(delivery, sha256=fresh)
            part = judge_file(delivery, mapping, folder)
            if stamp(delivery.path) == before:
                return _with_message(delivery, part), part
        except MappingError as error:
            return delivery.broken_mapping(error, prepared.raw_root), None
        except (UnreadableDelivery, FileViolation) as error:
            detail = error.detail if isinstance(error, UnreadableDelivery) else str(error)
            return delivery.set_aside(error.rule, f"{detail} {error.remedy}".strip()), None
        except ProgramError:
            # What a program makes of a file that is replaced under its hands says nothing about either.
            if not _has_changed(delivery.path, before):
                raise
            continue
        except FileNotFoundError:
            return delivery.set_aside("gone_while_read", "the file disappeared while it was read; it is looked for again in the next run"), None
        except StorageError:
            raise
        except OSError as error:
            ours = error.filename is None or Path(error.filename).is_relative_to(prepared.home)
            full = storage_error(error, folder / "part")
            if ours and full is not None:
                raise full from error
            return delivery.set_aside("unreadable_file", f"the file cannot be read ({error.strerror}); give this user the right to read it"), None
        for file in _files(part):
            file.unlink(missing_ok=True)
    return delivery.set_aside("changed_while_read", "the file was replaced while it was read, twice; deliver it once it is finished, and run again"), None


def _has_changed(path: Path, before: tuple[int, int, int]) -> bool:
    try:
        return stamp(path) != before
    except OSError:
        return True


def kept(delivery: Delivery, mapping: DeliveryMapping | None, folder: Path) -> Part | IatiPart | None:
    """What an earlier run made of the same content under the same rules."""
    if delivery.source == iati.SOURCE_NAME:
        return activity_pass.kept_part(folder, activity_pass.part_name(delivery))
    return kept_part(folder, part_name(delivery, mapping))


def _is_kept(delivery: Delivery, folder: Path) -> bool:
    """Whether there are parts of an activity file; that they are whole is found out when they are taken."""
    return activity_pass.kept_part(folder, activity_pass.part_name(delivery), verify=False) is not None


def _with_message(delivery: Delivery, part: Part | IatiPart) -> Delivery:
    """A delivery that loads in part says so."""
    message = part.message if isinstance(part, IatiPart) else ""
    return replace(delivery, message=message) if message else delivery


def tables_of(source: str, part: Part | IatiPart) -> tuple[TablePart, ...]:
    """Files and counts of a part, table by table."""
    if isinstance(part, IatiPart):
        return part.tables
    return (TablePart(name=source, files=(part.rows,), rows_delivered=part.rows_delivered, rows_quarantined=part.rows_quarantined),)


def _files(part: Part | IatiPart) -> list[Path]:
    """Every file of a part."""
    if isinstance(part, IatiPart):
        return [part.findings, part.amounts, part.counts, *(file for table in part.tables for file in table.files)]
    return [part.rows, part.findings, part.amounts, part.rows.with_suffix(".json")]


def judge_file(delivery: Delivery, mapping: DeliveryMapping | None, folder: Path) -> Part | IatiPart:
    """Read, map and judge one file; temporary files live in a folder that is removed.

    Raises:
        UnreadableDelivery: the file cannot be read as a table, or not to its end.
        FileViolation: a required column is missing.
        MappingError: the mapping names a column that the contract does not know.
        OSError: the file cannot be read.
        StorageError: the disk is full.
        ProgramError: anything else, which is no fault of the file.
    """
    try:
        return activity_pass.activity_pass(delivery, folder) if delivery.source == iati.SOURCE_NAME else _judge_table(delivery, mapping, folder)
    except (UnreadableDelivery, FileViolation, MappingError, ConfigurationError, OSError):
        raise
    except (Exception, pl.exceptions.PanicException) as error:
        raise ProgramError.met_in(delivery.source_file, error) from error


def _judge_table(delivery: Delivery, mapping: DeliveryMapping | None, folder: Path) -> Part:
    source = SOURCES[delivery.source]
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".read-", dir=folder) as scratch:
        try:
            delivered = read(delivery.path, mapping.read_options if mapping else None, scratch=Path(scratch))
        except pl.exceptions.PolarsError as error:
            raise _unreadable(error) from error
        try:
            table = apply_mapping(delivered, mapping, contract_columns(source))
            return row_pass(delivery, source, table, mapping, folder)
        except pl.exceptions.PolarsError:
            # Reading and judging are one query: read alone, the file shows whether the fault is in it.
            _read_to_the_end(delivered)
            raise


def _read_to_the_end(table: Table) -> None:
    """Raises UnreadableDelivery where the file looked well at its beginning and fails further in."""
    try:
        table.frame.select(pl.all().null_count()).collect(engine="streaming")
    except pl.exceptions.PolarsError as error:
        raise _unreadable(error) from error


def _unreadable(error: pl.exceptions.PolarsError) -> UnreadableDelivery:
    first = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
    return UnreadableDelivery(
        "unreadable_file", f"The file cannot be read to its end ({first[:200]}).", "Open it in the program that made it, save it again, and deliver that."
    )


def settle(
    prepared: Prepared,
    landings: Sequence[SourceLanding],
    build_dir: Path,
    *,
    run_id: str,
    as_of: date,
    previous_release: Path | None,
    seeds: Path = settings.SEEDS,
    progress: Progress | None = None,
) -> LandingSummary:
    """Set pass, audit tables, and the layout that dbt reads. `progress` is told one line per delivery: its rows, or why it is set aside.

    Raises:
        StorageError: the disk is full.
    """
    began = time.monotonic()
    landing = build_dir / "landing"
    try:
        return _settle(prepared, landings, landing, run_id, as_of, previous_release, seeds, began, progress)
    except (OSError, pl.exceptions.PolarsError, duckdb.Error) as error:
        clear = storage_error(error, landing)
        if clear is None:
            raise
        raise clear from error


def _settle(
    prepared: Prepared,
    landings: Sequence[SourceLanding],
    landing: Path,
    run_id: str,
    as_of: date,
    previous_release: Path | None,
    seeds: Path,
    began: float,
    progress: Progress | None,
) -> LandingSummary:
    shutil.rmtree(landing, ignore_errors=True)
    for table, schema in {**DELIVERED_TABLES, **LANDING_TABLES}.items():
        (landing / table).mkdir(parents=True)
        pl.DataFrame(schema=schema).write_parquet(landing / table / "_empty.parquet")
    for done in landings:
        for delivery_id, part in done.parts.items():
            for table in tables_of(done.source, part):
                for place, file in enumerate(table.files):
                    _link(file, landing / table.name / (f"{delivery_id}-{place}.parquet" if place else f"{delivery_id}.parquet"))

    reference = ecb_reference_rates(prepared.home / "landing" / "ecb")
    rates = limits.Rates(reference=lambda: reference, seeds=seeds, judged=landing / "rate_judgements" / "part.parquet")
    with tempfile.TemporaryDirectory(prefix="set-pass-", dir=landing.parent) as scratch:
        loaded = {done.source: [part.rows for part in done.parts.values()] for done in landings if done.source in SOURCES}
        activity_parts = [part for done in landings for part in done.parts.values() if isinstance(part, IatiPart)]
        activities = identifiers.compare(activity_parts, landing)
        spellings = organisations.spellings(activity_parts, seeds, landing / "quarantine")
        identifiers.number_on(activities.numbered_on, landing)
        sets = SetPass(SOURCES, loaded, seeds, landing / "quarantine", Path(scratch), as_of=as_of, rates=rates, labels=activities.countries)
        labels = sets.run(landing / "rejected_rows" / "part.parquet")
        parts = [part for done in landings for part in done.parts.values()]
        money = {name: activity_pass.files_of([part for part in parts if isinstance(part, IatiPart)], name) for name in iati.MONEY_TABLES}
        too_large, amounts_too_large = limits.of_activities(money, landing, Path(scratch), rates)

    rejected_of_activities = {key: activities.rejected.get(key, 0) + too_large.get(key, 0) for key in {*activities.rejected, *too_large}}
    deliveries = _delivery_lines(prepared, landings, sets.rejected_by_delivery, rejected_of_activities)
    amounts_of_sets = (*sets.amounts, activities.amounts, amounts_too_large)
    amounts = pl.concat([pl.DataFrame(schema=AMOUNT_COLUMNS), *(pl.read_parquet(part.amounts) for part in parts), *amounts_of_sets])
    amounts = amounts.group_by("source", "delivery_id", "source_file", *AMOUNT_GROUP).agg(
        *(pl.when(pl.col(name).is_not_null().any()).then(pl.col(name).sum()).alias(name) for name in ("amount_delivered", "amount_quarantined")),
        pl.col("rows_delivered").sum(),
        pl.col("rows_quarantined").sum(),
    )
    amounts = amounts.select([pl.col(name).cast(dtype) for name, dtype in AMOUNT_COLUMNS.items()]).sort("source", "source_file", *AMOUNT_GROUP)

    if progress:
        for line in _told(deliveries):
            progress(line)
    _write(deliveries, landing / "deliveries")
    for done in landings:
        for delivery_id, part in done.parts.items():
            _link(part.findings, landing / "quarantine" / f"{delivery_id}.parquet")
    _write(_file_findings(prepared, landings), landing / "quarantine")
    _write(amounts, landing / "delivered_amounts")
    _write(labels, landing / "place_labels")
    _write(spellings, landing / "organisation_spellings")
    _link(reference, landing / "ecb_reference_rates" / "rates.parquet")
    land_previous_figures(_database(previous_release), landing / "previous_figures" / "previous.parquet")
    release_id = previous_release.name if previous_release is not None and previous_release.is_dir() else None
    _write(pl.DataFrame([(run_id, as_of, release_id, datetime.now(UTC).replace(tzinfo=None))], schema=RUN_COLUMNS, orient="row"), landing / "run_parameters")
    _forget_unused_parts(prepared.home / "landing", parts)
    aside = tuple(f"{one.source_file} ({one.rule})" for done in landings for one in done.deliveries if one.status == "set_aside")
    return _summary(deliveries, landings, amounts, aside, seconds=time.monotonic() - began + sum(done.seconds for done in landings))


def _link(part: Path, target: Path) -> None:
    """The same file under another name; a copy where the file system cannot do that."""
    try:
        os.link(part, target)
    except OSError:
        shutil.copyfile(part, target)


def _write(table: pl.DataFrame, folder: Path) -> None:
    if len(table):
        table.write_parquet(folder / "part.parquet")


def _delivery_lines(
    prepared: Prepared, landings: Sequence[SourceLanding], rejected: dict[str, int], rejected_by_table: dict[tuple[str, str], int]
) -> pl.DataFrame:
    """Lines of `audit.deliveries`, one per delivery and table; only loaded ones carry counts."""
    lines: list[dict] = []
    seen: list[Delivery] = []
    for done in landings:
        for delivery in done.deliveries:
            seen.append(delivery)
            part = done.parts.get(delivery.delivery_id) if delivery.status == "loaded" else None
            nothing = TablePart(name=delivery.source, files=(), rows_delivered=0, rows_quarantined=0)
            for table in tables_of(delivery.source, part) if part else (nothing,):
                in_set = (
                    rejected.get(delivery.delivery_id, 0) if table.name == delivery.source else rejected_by_table.get((delivery.delivery_id, table.name), 0)
                )
                quarantined = table.rows_quarantined + in_set
                lines.append(
                    {
                        "delivery_id": delivery.delivery_id,
                        "source": delivery.source,
                        "table_name": table.name,
                        "source_file": delivery.source_file,
                        "source_sha256": delivery.sha256,
                        "rows_delivered": table.rows_delivered,
                        "rows_loaded": table.rows_delivered - quarantined,
                        "rows_quarantined": quarantined,
                        "status": delivery.status,
                        "message": delivery.message,
                    }
                )
    for old in departed(seen, prepared.past):
        lines.append({**old, "table_name": old["source"], "rows_delivered": 0, "rows_loaded": 0, "rows_quarantined": 0})
    return pl.DataFrame(lines, schema=DELIVERY_COLUMNS).sort("source", "source_file", "delivery_id", "table_name")


def _told(deliveries: pl.DataFrame) -> list[str]:
    """One line per delivery that is here: what becomes of its rows, after both passes, or why none is loaded."""
    said = deliveries.filter(pl.col("status").is_in(["loaded", "set_aside"])).group_by("source", "source_file", "delivery_id", maintain_order=True)
    lines = []
    for one in said.agg(pl.col("status", "message").first(), pl.col("rows_delivered", "rows_quarantined").sum()).iter_rows(named=True):
        counted = f"{one['rows_delivered']:,} rows, {one['rows_quarantined']:,} quarantined"
        lines.append(f"{one['source_file']}: {counted if one['status'] == 'loaded' else 'set aside: ' + one['message']}")
    return lines


def _file_findings(prepared: Prepared, landings: Sequence[SourceLanding]) -> pl.DataFrame:
    """Findings about whole files: set aside, or in a folder that is no source."""
    lines = []
    for done in landings:
        for delivery in done.deliveries:
            if delivery.status == "set_aside":
                severity = "warning" if delivery.rule in ("same_content", LEFT_OUT) else "critical"
                lines.append((delivery.delivery_id, delivery.source, delivery.source, delivery.source_file, delivery.rule, severity, delivery.message))
    for stray in prepared.strays:
        at = Delivery(source=stray.source_file.partition("/")[0], source_file=stray.source_file, path=None, sha256=None)
        lines.append((at.delivery_id, at.source, at.source, at.source_file, "unknown_source", "warning", stray.message))
    names = ("delivery_id", "source", "table_name", "source_file", "rule", "severity", "remedy")
    frame = pl.DataFrame(lines, schema={name: QUARANTINE_COLUMNS[name] for name in names}, orient="row")
    return frame.select([(pl.col(name) if name in names else pl.lit(None)).cast(dtype).alias(name) for name, dtype in QUARANTINE_COLUMNS.items()])


def _forget_unused_parts(landing: Path, parts: Iterable[Part | IatiPart]) -> None:
    """Remove parts of deliveries that are gone or changed, and what a killed run left; builds and releases hold their own links."""
    used = {file for part in parts for file in _files(part)}
    used |= {file.parent for file in used if file.parent.parent.name == iati.SOURCE_NAME}
    for source in SOURCE_NAMES:
        for file in (landing / source).glob("*"):
            if file in used:
                continue
            if file.is_dir():
                shutil.rmtree(file, ignore_errors=True)
            else:
                file.unlink(missing_ok=True)


def _summary(deliveries: pl.DataFrame, landings: Sequence[SourceLanding], amounts: pl.DataFrame, aside: tuple[str, ...], *, seconds: float) -> LandingSummary:
    sources = {}
    for done in landings:
        lines = deliveries.filter(pl.col("source") == done.source)
        money = (
            amounts.filter((pl.col("source") == done.source) & pl.col("amount_delivered").is_not_null() & pl.col("currency").is_not_null())
            .group_by("measure", "currency")
            .agg((pl.col("amount_delivered").sum() - pl.col("amount_quarantined").sum()).alias("amount"))
            .sort("measure", "currency", nulls_last=True)
        )
        sources[done.source] = SourceSummary(
            source=done.source,
            deliveries=len(done.parts),
            set_aside=lines.filter(pl.col("status") == "set_aside")["delivery_id"].n_unique(),
            rows_delivered=int(lines["rows_delivered"].sum()),
            rows_loaded=int(lines["rows_loaded"].sum()),
            rows_quarantined=int(lines["rows_quarantined"].sum()),
            amounts={f"{measure} {currency}": amount for measure, currency, amount in money.iter_rows()},
            sha256={line["source_file"]: line["source_sha256"] for line in lines.filter(pl.col("status") == "loaded").iter_rows(named=True)},
            seconds=done.seconds,
        )
    return LandingSummary(
        deliveries=sum(summary.deliveries for summary in sources.values()),
        rows_delivered=sum(summary.rows_delivered for summary in sources.values()),
        rows_loaded=sum(summary.rows_loaded for summary in sources.values()),
        rows_quarantined=sum(summary.rows_quarantined for summary in sources.values()),
        set_aside=sum(summary.set_aside for summary in sources.values()),
        sources=sources,
        seconds=seconds,
        aside=aside,
        messages=tuple(f"{line['source_file']}: {line['message']}" for line in deliveries.filter(pl.col("status") == "set_aside").iter_rows(named=True)),
    )
