"""dbt as this process sees it: a child that has read the project and waits for the word to build, and the manifest that it wrote.

No orchestrator here: `techcoop run` starts dbt before it imports anything slow, so that the two go side by side.
"""

from __future__ import annotations

import fcntl
import json
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any

from pipelines import sealed, settings, storage
from pipelines.dbt import child as dbt_child
from pipelines.dbt import reading
from pipelines.engine import plain, says_internal

# A process that the engine brought down has one of these return codes.
CRASHED = (-signal.SIGSEGV, -signal.SIGABRT, -signal.SIGBUS)


class DbtProjectError(Exception):
    """dbt cannot read its own project, or gave up before the end of a build."""


class EngineCrashError(DbtProjectError):
    """dbt gave up because of an error of the engine itself."""


def manifest(home: Path) -> Path:
    """The manifest of the project as it now is, parsed if that has not happened yet.

    Raises:
        DbtProjectError: dbt finds an error in the project; the message is dbt's.
        pipelines.storage.StorageError: the disk is full.
    """
    wanted = kept_manifest(home)
    if sealed.holds(wanted):
        return wanted
    with Dbt(home) as dbt:
        return dbt.manifest()


def kept_manifest(home: Path) -> Path:
    """Where the manifest of the project as it now is lies, once it has been parsed: a build, which writes its own, does not disturb readers."""
    return home / "dbt" / f"manifest-{reading.project_hash()}.json"


class Dbt:
    """A dbt that starts to read the project at once, in a process of its own; ended on leaving the context.

    Its folder under the home is in use by one dbt at a time: another one (the user interface's, say) waits here.
    """

    def __init__(self, home: Path) -> None:
        """Start; returns while dbt is still importing itself."""
        self.home = home
        self._kept = kept_manifest(home)
        self._kept.parent.mkdir(parents=True, exist_ok=True)
        self._lock = (self._kept.parent / ".lock").open("w")
        fcntl.flock(self._lock, fcntl.LOCK_EX)
        self._said = tempfile.TemporaryFile("w+")  # noqa: SIM115 (closed on leaving, as the lock is)
        self._start()

    def _start(self) -> None:
        self._is_parsed = self._is_building = False
        reading.forget_damaged(dbt_child.target(self.home))
        self._process = subprocess.Popen(
            [sys.executable, *dbt_child.arguments(self.home)],
            cwd=settings.DBT_PROJECT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._said,
            text=True,
        )

    def _end(self) -> None:
        self._process.kill()
        self._process.wait()
        self._process.stdin.close()
        self._process.stdout.close()

    def __enter__(self) -> Dbt:
        """The process runs already."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None) -> None:
        """End the process, whatever it is doing."""
        self._end()
        self._said.close()
        self._lock.close()

    def manifest(self) -> Path:
        """The manifest; waits for dbt if the project, as it now is, was never parsed.

        Raises:
            DbtProjectError: dbt finds an error in the project; the message is dbt's.
            pipelines.storage.StorageError: the disk is full.
        """
        if not sealed.holds(self._kept):
            read = reading.kept(reading.MANIFEST)
            if read is None:
                self._wait_until_parsed()
                read = dbt_child.target(self.home) / reading.MANIFEST
            for old in self._kept.parent.glob("manifest-*"):
                old.unlink()
            unfinished = self._kept.with_suffix(".new")
            unfinished.write_bytes(read.read_bytes())
            sealed.put(unfinished, as_of=self._kept)
            unfinished.replace(self._kept)
        return self._kept

    def build(self, nodes: Sequence[str] | None = None, *, alone: bool = False) -> Iterator[dict[str, Any]]:
        """Build seeds and models and run their data tests; yields `unique_id`, `status`, `seconds` and `failures` of each node as it finishes.

        Args:
            nodes: names of those to build, the tests among them; all if not given.
            alone: with one thread, where two have made the engine err.

        Raises:
            DbtProjectError: dbt gave up; a node that failed is no such case.
            pipelines.storage.StorageError: the disk is full.
        """
        if self._is_building:
            # Tried again: the process has built once, and reads the project anew for a second time.
            self._end()
            self._start()
        self._wait_until_parsed()
        self._is_building = True
        self._process.stdin.write(json.dumps({"nodes": nodes, "alone": alone}) + "\n")
        self._process.stdin.flush()
        while not (answer := self._answer()).get("ended"):
            yield answer
        # Until it has gone it holds the build file, which others are to read now.
        self._process.wait()

    def _wait_until_parsed(self) -> None:
        self._is_parsed = self._is_parsed or bool(self._answer()["parsed"])

    def _answer(self) -> dict[str, Any]:
        line = self._process.stdout.readline()
        answer = json.loads(line) if line else {}
        if answer and "error" not in answer:
            return answer
        self._process.wait()
        self._said.seek(0)
        why = plain("\n".join(filter(None, (answer.get("error"), self._said.read().strip())))) or f"it ended with {self._process.returncode}"
        if storage.says_full(why):
            raise storage.full(self.home)
        if says_internal(why) or self._process.returncode in CRASHED:
            raise EngineCrashError(f"dbt could not go on: {why}")
        raise DbtProjectError(f"dbt cannot {'build' if self._is_parsed else 'parse'} {settings.DBT_PROJECT}: {why}")


if __name__ == "__main__":
    # So that no run has to: reading the project belongs to its installation, as byte code does.
    with tempfile.TemporaryDirectory() as scratch:
        manifest(Path(scratch))
