"""What dbt has read of its project, kept beside the project for every home.

Reading the project costs as much as building a small warehouse from it, and the same dbt reads the same project the same way. Like Python's byte code
the outcome lies where the source lies, under a hash of everything that it depends on; where nothing can be written there, each process reads for itself.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from contextlib import suppress
from importlib.metadata import version
from pathlib import Path

from pipelines import sealed, settings
from pipelines.dbt import generated
from pipelines.storage import content_hash

MANIFEST = "manifest.json"
PARSED = "partial_parse.msgpack"
# They bring macros of their own, or read ours.
READERS = ("dbt-core", "dbt-common", "dbt-adapters", "dbt-duckdb")


def project_hash() -> str:
    """A name for the project as it now is, with what it has from the contracts."""
    generated.write()
    return content_hash(settings.DBT_PROJECT, settings.SEEDS)[:16]


def kept_reading() -> Path:
    """The folder with what this dbt read of the project as both now are, once it has been read: dbt's manifest, and the same as dbt writes it for itself."""
    read_by = " ".join(f"{name} {version(name)}" for name in READERS)
    return settings.DBT_PROJECT / "target" / f"read-{hashlib.sha256(f'{project_hash()} {read_by}'.encode()).hexdigest()[:16]}"


def kept(name: str) -> Path | None:
    """A file of what this dbt read of the project as both now are; None where it was not read yet, or what was kept is damaged."""
    file = kept_reading() / name
    return file if sealed.holds(file) else None


def forget_damaged(target: Path) -> None:
    """Remove what dbt would read instead of the project, if that is not what dbt wrote: a changed byte would be taken for the project's SQL.

    Args:
        target: dbt's target folder of a home, where dbt looks for what it read the last time.
    """
    for file in (kept_reading() / MANIFEST, kept_reading() / PARSED, target / PARSED):
        if file.exists() and not sealed.holds(file):
            with suppress(OSError):
                file.unlink()


def keep(target: Path) -> None:
    """Keep what dbt has read and left in its target folder, in place of what it read of older projects."""
    folder = kept_reading()
    sealed.put(target / PARSED)
    # Another user's folder, read only or full: no reason to stop a run.
    with suppress(OSError):
        folder.mkdir(parents=True, exist_ok=True)
        for name in (MANIFEST, PARSED):
            unfinished = folder / f"{name}.{os.getpid()}"
            try:
                shutil.copyfile(target / name, unfinished)
                sealed.put(unfinished, as_of=folder / name)
                unfinished.replace(folder / name)
            finally:
                unfinished.unlink(missing_ok=True)
        for older in folder.parent.glob("read-*"):
            if older != folder:
                shutil.rmtree(older)
