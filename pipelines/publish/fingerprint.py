"""What a release is a function of, as hashes: deliveries with their mappings, seeds, code, the as-of date.

Two runs with the same fingerprint make the same release, so the second one need not build. This
module stays light: it is what a run in which nothing changed pays.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from pipelines import settings
from pipelines.publish import release
from pipelines.publish.run import Acceptance

# Written by tools, not by people; dbt's own target lies in the home.
NOT_CODE = {"__pycache__", "target", "logs", "dbt_packages"}


def fingerprint(raw_root: Path, home: Path, *, as_of: date) -> dict[str, str]:
    """The hashes of everything that a release depends on, one per kind of cause.

    Args:
        raw_root: the folder of deliveries.
        home: the warehouse's folder, whose cache spares hashing deliveries again.
        as_of: the day that the release speaks for.
    """
    from pipelines.ingest import deliveries

    return {
        "deliveries": deliveries.fingerprint(raw_root, home),
        "seeds": content_hash(settings.SEEDS),
        "code": content_hash(settings.PROJECT / "pipelines", settings.DBT_PROJECT, settings.PROJECT / "requirements.lock"),
        "as_of": as_of.isoformat(),
    }


def content_hash(*paths: Path) -> str:
    """One sha256 over the names and contents of files and folders of ours (small: no cache)."""
    digest = hashlib.sha256()
    for file in _files(paths):
        content = file.read_bytes()
        digest.update(f"{file.relative_to(settings.PROJECT).as_posix()}\0{len(content)}\0".encode())
        digest.update(content)
    return digest.hexdigest()


def changes(home: Path, found: Mapping[str, str], acceptances: Sequence[Acceptance] = ()) -> list[str]:
    """What differs from the current release, in words; empty when a run would make the same again.

    An acceptance that the release was made with is no change; a new one is.
    """
    made: Mapping[str, Any] | None = None
    if (folder := release.current(home)) is not None:
        made = release.summary(folder)
    if made is None:
        return ["nothing has been released yet"]
    said = {accepted["check"] for accepted in made["acceptances"]}
    changed = [kind for kind, value in found.items() if made["fingerprint"].get(kind) != value]
    return changed + [f"acceptance of {accepted.name}" for accepted in acceptances if accepted.name not in said]


def _files(paths: Iterable[Path]) -> list[Path]:
    found = []
    for path in paths:
        if path.is_dir():
            found += [file for file in path.rglob("*") if file.is_file() and not NOT_CODE.intersection(file.relative_to(path).parts)]
        elif path.exists():
            found.append(path)
    return sorted(found)
