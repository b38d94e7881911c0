"""The row pass over every delivery of a source: which of them load, and with which parts."""

from __future__ import annotations

import multiprocessing
import os
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import polars as pl

from pipelines import settings
from pipelines.contracts import iati
from pipelines.landing.cached import files_of, is_kept, kept
from pipelines.landing.deliveries import HashCache, content_sha256, stamp
from pipelines.landing.one_file import judge_file
from pipelines.landing.prepared import Prepared
from pipelines.processes import begin_worker
from pipelines.shapes.delivery import Delivery
from pipelines.shapes.errors import FileViolation, MappingError, ProgramError, UnreadableDelivery, in_sentences
from pipelines.shapes.part import IatiPart, Part
from pipelines.storage import StorageError, storage_error

# A file that took so long to read is told of at once.
LONG_SECONDS = 2
# Below so many bytes a file, starting another process takes longer than reading.
WORTH_A_WORKER = 16 << 20


@dataclass(frozen=True, kw_only=True)
class SourceLanding:
    """The row pass of one source: its deliveries as they turned out, with the parts of those that load."""

    source: str
    deliveries: tuple[Delivery, ...]
    parts: dict[str, Part | IatiPart]
    seconds: float


def land_source(prepared: Prepared, source: str, *, progress: Callable[[str], None] | None = None) -> SourceLanding:
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
                    progress(f"{delivery.title}: {part.rows_delivered:,} rows read")
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
    todo = [one for one in prepared.deliveries if one.source == iati.SOURCE_NAME and one.status == "loaded" and not is_kept(one, folder)]
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
    mapping = prepared.mappings.get((delivery.source_file, delivery.table))
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
            return delivery.set_aside(error.rule, in_sentences(error)), None
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
        for file in files_of(part):
            file.unlink(missing_ok=True)
    return delivery.set_aside("changed_while_read", "the file was replaced while it was read, twice; deliver it once it is finished, and run again"), None


def _has_changed(path: Path, before: tuple[int, int, int]) -> bool:
    try:
        return stamp(path) != before
    except OSError:
        return True


def _with_message(delivery: Delivery, part: Part | IatiPart) -> Delivery:
    """A delivery that loads in part says so."""
    message = part.message if isinstance(part, IatiPart) else ""
    return replace(delivery, message=message) if message else delivery
