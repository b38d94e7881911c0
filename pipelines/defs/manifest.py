"""dbt's manifest, from which the definitions are made: parsed once per state of the dbt project and home.

No orchestrator here: `techcoop run` starts the parsing before it imports anything slow, so that the
two go side by side.
"""

from __future__ import annotations

import fcntl
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from pipelines import settings, storage
from pipelines.defs import dbt_child
from pipelines.publish.fingerprint import content_hash


class DbtProjectError(Exception):
    """dbt cannot read its own project."""


def manifest(home: Path) -> Path:
    """The manifest of the project as it now is, parsed if that has not happened yet.

    Raises:
        DbtProjectError: dbt finds an error in the project; the message is dbt's.
        pipelines.storage.StorageError: the disk is full.
    """
    with parsing(home) as parsed:
        return parsed()


@contextmanager
def parsing(home: Path) -> Iterator[Callable[[], Path]]:
    """Start parsing if it is needed, and hand over the function that waits for the manifest."""
    folder = home / "dbt"
    folder.mkdir(parents=True, exist_ok=True)
    wanted = folder / f"manifest-{content_hash(settings.DBT_PROJECT, settings.SEEDS)[:16]}.json"
    with (folder / ".lock").open("w") as lock:
        # Two processes may need the manifest at once (the user interface and a run); one parses.
        fcntl.flock(lock, fcntl.LOCK_EX)
        process = None if wanted.exists() else _parse(home)

        def parsed() -> Path:
            if process is not None and not wanted.exists():
                _keep(process, home, wanted)
            return wanted

        try:
            yield parsed
        finally:
            if process is not None and process.poll() is None:
                process.kill()
                process.wait()


def _parse(home: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, *dbt_child.arguments(home), "--quiet", "parse"],
        cwd=settings.DBT_PROJECT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def _keep(process: subprocess.Popen[str], home: Path, wanted: Path) -> None:
    """Wait for dbt and put its manifest where a later build, which writes its own, does not disturb readers."""
    said, _ = process.communicate()
    if process.returncode != 0 and storage.says_full(said):
        raise storage.full(home)
    if process.returncode != 0:
        raise DbtProjectError(f"dbt cannot parse {settings.DBT_PROJECT}: {said.strip()}")
    for old in wanted.parent.glob("manifest-*.json"):
        old.unlink()
    unfinished = wanted.with_suffix(".new")
    unfinished.write_bytes((dbt_child.target(home) / "manifest.json").read_bytes())
    unfinished.replace(wanted)
