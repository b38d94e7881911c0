"""Releases: a build folder becomes `releases/<id>`, and `current` moves to it in one step.

Readers open `<home>/techcoop.duckdb` and `<home>/docs`, fixed symlinks through `current`. A kill
between any two steps leaves either the old release or the new one current, whole. Where `current` is
gone or leads to nothing whole, the newest whole release stands in for it: copying `releases/` alone
is a restore.
"""

from __future__ import annotations

import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pipelines.release.files import DamagedFile, point, read_json, write_json
from pipelines.settings import kept_releases
from pipelines.storage import sync_folder

DATABASE = "techcoop.duckdb"
SUMMARY = "summary.json"
# What only the build needs: links to the landed parts, and where the engine spills.
WORKING_FOLDERS = ("landing", "spill", "checks.tmp")
LINKS = {"techcoop.duckdb": "current/techcoop.duckdb", "docs": "current/docs"}


class UnknownRelease(Exception):
    """There is no such release to go back to."""


def current(home: Path) -> Path | None:
    """The folder of the current release, or of the newest whole one where `current` leads to none; None before the first."""
    named = _named(home)
    if named is not None:
        return named
    whole = ids(home)
    return home / "releases" / whole[-1] if whole else None


def mend(home: Path) -> str | None:
    """Restore the links that readers open, where the newest whole release stands in for a `current` that leads to none.

    Returns:
        What was found and done, in one line; None where nothing was wrong.
    """
    found = current(home)
    if found is None or _named(home) is not None:
        return None
    link = home / "current"
    was = f"leads to {link.readlink()}, which is no whole release" if link.is_symlink() else "is missing"
    try:
        _make_current(home, found.name)
    except OSError:
        return f"the link {link} {was}; the newest whole release {found.name} is read instead (this user may not write here, so the link stays as it is)"
    return f"the link {link} {was}; it was restored to the newest whole release {found.name}"


def is_whole(release: Path) -> bool:
    """Whether a folder holds a release with all of its database, as far as names and sizes tell."""
    try:
        said = read_json(release / SUMMARY)
        size = (release / DATABASE).stat().st_size
    except (OSError, DamagedFile):
        return False
    return isinstance(said, dict) and said.get("released") is True and said.get("database_bytes", size) == size


def ids(home: Path) -> list[str]:
    """The ids of all whole releases on disk, oldest first."""
    return sorted(folder.name for folder in (home / "releases").glob("*") if is_whole(folder))


def summary(release: Path) -> dict[str, Any]:
    """What the run said that made a release."""
    said: dict[str, Any] = read_json(release / SUMMARY)
    return said


def _named(home: Path) -> Path | None:
    """The whole release that the link `current` leads to."""
    link = home / "current"
    if not link.is_symlink():
        return None
    named = home / link.readlink()
    return named if is_whole(named) else None


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
    stamped = {"released_at": datetime.now(UTC).isoformat(timespec="seconds"), "database_bytes": (build / DATABASE).stat().st_size}
    write_json(build / SUMMARY, {**summary(build), **stamped})
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
