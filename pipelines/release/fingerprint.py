"""What a release is a function of, as hashes: deliveries with their mappings, seeds, code, the as-of date, the schema of IATI.

Two runs with the same fingerprint make the same release, so the second one need not build. What a
run in which nothing changed pays is this module, which therefore imports no data library until a
file under the raw root has been touched.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from stat import S_ISDIR
from typing import TYPE_CHECKING, Any

from pipelines import settings
from pipelines.release import releases as release
from pipelines.release.run import accepted_name
from pipelines.shapes.left_out import LeftOut
from pipelines.storage import content_hash

if TYPE_CHECKING:
    from pipelines.validate.runner import Acceptance

# Names, sizes and times of the files; no cause of a release, only a quick way to know that the deliveries are the same.
_STAMPS = "stamps"
_WORDS = {"left_out": "the deliveries left out"}


def fingerprint(raw_root: Path, home: Path, *, as_of: date, left_out: Sequence[LeftOut] = ()) -> dict[str, str]:
    """The hashes of everything that a release depends on, one per kind of cause.

    Args:
        raw_root: the folder of deliveries.
        home: the warehouse's folder, whose cache spares hashing a delivery again.
        as_of: the day that the release speaks for.
        left_out: deliveries that an operator leaves out.

    Raises:
        pipelines.landing.deliveries.ConfigurationError: the raw root is missing, unreadable or without any delivery.
    """
    found = release.current(home)
    made: Mapping[str, str] = release.summary(found)["fingerprint"] if found else {}
    stamps = stamps_of(raw_root)
    return {
        "deliveries": made["deliveries"] if made.get(_STAMPS) == stamps else _deliveries(raw_root, home),
        "seeds": content_hash(settings.SEEDS),
        "code": content_hash(settings.PROJECT / "pipelines", settings.DBT_PROJECT, settings.PROJECT / "requirements.lock"),
        "as_of": as_of.isoformat(),
        "iati_schema": _schema(settings.iati_schema()),
        "left_out": left_out_hash(left_out),
        _STAMPS: stamps,
    }


def stamps_of(raw_root: Path) -> str:
    """A hash over paths, sizes, times of change and inodes under the raw root: cheap, and different after any delivery."""
    digest = hashlib.sha256(str(raw_root).encode())
    for file in _everything(raw_root):
        try:
            stat = file.stat()
        except OSError as error:
            # Closed to this user, or gone since it was listed: that, too, is a state to tell from others.
            digest.update(f"{file.relative_to(raw_root).as_posix()}\0{error.strerror}\0".encode())
            continue
        # Of a folder only its mode, which says whether it may be looked into: it changes its time with every passing temporary file.
        seen = (stat.st_mode,) if S_ISDIR(stat.st_mode) else (stat.st_size, stat.st_mtime_ns, stat.st_ino, stat.st_mode)
        digest.update(f"{file.relative_to(raw_root).as_posix()}\0{seen}\0".encode())
    return digest.hexdigest()


def _everything(folder: Path, above: frozenset[Path] = frozenset()) -> Iterator[Path]:
    """All files and folders below one, in a fixed order. Links to folders are followed, since deliveries behind them are found, too."""
    real = folder.resolve()
    try:
        entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except OSError:
        return
    for entry in entries:
        yield Path(entry.path)
        try:
            deeper = entry.is_dir() and real not in above
        except OSError:
            continue
        if deeper:
            yield from _everything(Path(entry.path), above | {real})


def left_out_hash(left_out: Sequence[LeftOut]) -> str:
    """A hash of the deliveries that an operator leaves out, empty where there are none: a run without `--without` builds with them again."""
    named = "\n".join(sorted(delivery.delivery_id for delivery in left_out))
    return hashlib.sha256(named.encode()).hexdigest() if named else ""


def changes(home: Path, found: Mapping[str, str], acceptances: Sequence[Acceptance] = ()) -> list[str]:
    """What differs from the current release, in words; empty when a run would make the same again.

    An acceptance that the release was made with is no change; a new one is.
    """
    current = release.current(home)
    if current is None:
        return ["nothing has been released yet"]
    made: Mapping[str, Any] = release.summary(current)
    said = {accepted["check"] for accepted in made["acceptances"]}
    changed = [_WORDS.get(kind, kind) for kind, value in found.items() if kind != _STAMPS and made["fingerprint"].get(kind, "") != value]
    return changed + [f"acceptance of {name}" for name in map(accepted_name, acceptances) if name not in said]


def _schema(folder: Path | None) -> str:
    """Hash of the schema that activity files are held against, empty where there is none."""
    if folder is None:
        return ""
    digest = hashlib.sha256()
    for file in sorted(folder.glob("*.xsd")):
        digest.update(f"{file.name}\0".encode() + file.read_bytes())
    return digest.hexdigest()


def _deliveries(raw_root: Path, home: Path) -> str:
    """Hash of the deliveries and of the mappings beside them, each by its content."""
    from pipelines.landing.deliveries import fingerprint as of_deliveries

    return of_deliveries(raw_root, home)
