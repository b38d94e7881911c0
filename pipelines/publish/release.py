"""Releases: a build folder becomes `releases/<id>`, and `current` moves to it in one step.

Readers open `<home>/techcoop.duckdb` and `<home>/docs`, fixed symlinks through `current`. A kill
between any two steps leaves either the old release or the new one current, whole.
"""

from __future__ import annotations

import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pipelines.publish.files import point, read_json, sync_folder, write_json
from pipelines.settings import kept_releases

DATABASE = "techcoop.duckdb"
SUMMARY = "summary.json"
# What only the build needs: links to the landed parts, and where the engine spills.
WORKING_FOLDERS = ("landing", "spill", "checks.tmp")
LINKS = {"techcoop.duckdb": "current/techcoop.duckdb", "docs": "current/docs"}


class UnknownRelease(Exception):
    """There is no such release to go back to."""


def current(home: Path) -> Path | None:
    """The folder of the current release; None before the first."""
    link = home / "current"
    return home / link.readlink() if link.is_symlink() and (link / SUMMARY).exists() else None


def ids(home: Path) -> list[str]:
    """The ids of all releases on disk, oldest first."""
    return sorted(folder.name for folder in (home / "releases").glob("*") if (folder / SUMMARY).exists())


def summary(release: Path) -> dict[str, Any]:
    """What the run said that made a release."""
    return read_json(release / SUMMARY)


def publish(home: Path, build: Path) -> Path:
    """Make a checked build folder, named by its run, the current release.

    Args:
        home: the warehouse's folder.
        build: `build/<run>` with the database, its summary and whatever readers get.

    Returns:
        The release's folder.

    Raises:
        RuntimeError: a write-ahead log lies beside the database, so that the file is not whole.
    """
    if (build / f"{DATABASE}.wal").exists():
        raise RuntimeError(f"{build / DATABASE} has an unfinished write beside it (.wal): some connection was not closed")
    for working in WORKING_FOLDERS:
        if (build / working).exists():
            shutil.rmtree(build / working)
    write_json(build / SUMMARY, {**summary(build), "released_at": datetime.now(UTC).isoformat(timespec="seconds")})
    for file in build.rglob("*"):
        if file.is_file() and not file.is_symlink():
            file.chmod(0o444)
    released = home / "releases" / build.name
    released.parent.mkdir(exist_ok=True)
    build.rename(released)
    sync_folder(released.parent)
    _make_current(home, released.name)
    prune(home)
    return released


def rollback(home: Path, release_id: str) -> None:
    """Make an older release current again.

    Raises:
        UnknownRelease: no release has this id; the message lists those there are.
    """
    known = ids(home)
    if release_id not in known:
        raise UnknownRelease(f"no release {release_id!r} under {home}; there are: {', '.join(known) or 'none'}")
    _make_current(home, release_id)


def prune(home: Path) -> None:
    """Remove releases beyond the number kept, never the current one nor the one that it was compared with."""
    released = current(home)
    if released is None:
        return
    kept = {released.name, summary(released)["previous_release"]}
    newest_first = [release_id for release_id in reversed(ids(home)) if release_id not in kept]
    room = max(0, kept_releases() - len(kept - {None}))
    for release_id in newest_first[room:]:
        # First out of `releases/` in one step: a removal cut short must not leave half a release to roll back to.
        leaving = home / "build" / f"removed-{release_id}"
        leaving.parent.mkdir(exist_ok=True)
        (home / "releases" / release_id).rename(leaving)
        shutil.rmtree(leaving)


def _make_current(home: Path, release_id: str) -> None:
    for link, target in LINKS.items():
        point(home / link, target)
    point(home / "current", f"releases/{release_id}")
    sync_folder(home)
