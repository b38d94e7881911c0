"""One run at a time: an advisory lock on `<home>/.lock` that the kernel drops when its process dies.

The lock file also says who holds it, for the message that a second run gives.
"""

from __future__ import annotations

import errno
import fcntl
import json
import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

# The sensor's probe holds the lock for an instant; a run that starts just then must not give up.
PATIENCE_SECONDS = 0.5
POLL_SECONDS = 0.05

_held: dict[Path, int] = {}
_guard = threading.Lock()


class LockHeld(Exception):
    """Another run holds the home's lock."""


@contextmanager
def lock(home: Path, *, wait_seconds: float = 0) -> Iterator[None]:
    """Hold the home's lock; a second `with` in the same process finds it held and goes on.

    The command line takes the lock before it imports the orchestrator, whose resource then asks
    for it again.

    Args:
        home: the warehouse's folder, made if it is not there.
        wait_seconds: how long to wait for another process to finish.

    Raises:
        LockHeld: another process still holds it; the message names its process and since when.
    """
    path = home.resolve() / ".lock"
    with _guard:
        if path in _held:
            _held[path] += 1
            handle = None
        else:
            home.mkdir(parents=True, exist_ok=True)
            handle = _acquire(path, max(wait_seconds, PATIENCE_SECONDS))
            _held[path] = 1
    try:
        yield
    finally:
        with _guard:
            _held[path] -= 1
            if not _held[path]:
                del _held[path]
        if handle is not None:
            os.ftruncate(handle, 0)
            os.close(handle)


def holder(home: Path) -> str | None:
    """Who holds the lock now ("process 4711 since …"); None when it is free, or when this user may not even read it."""
    try:
        # To read is enough to ask: the home may lie where nothing can be written.
        handle = os.open(home / ".lock", os.O_RDONLY)
    except (FileNotFoundError, PermissionError):
        return None
    try:
        return None if _try(handle) else _described(handle)
    finally:
        os.close(handle)


def _acquire(path: Path, wait_seconds: float) -> int:
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    deadline = time.monotonic() + wait_seconds
    while not _try(handle):
        if time.monotonic() >= deadline:
            said = _described(handle)
            os.close(handle)
            raise LockHeld(f"another run holds {path.parent}: {said}. Wait for it to end, or say --wait SECONDS.")
        time.sleep(POLL_SECONDS)
    os.ftruncate(handle, 0)
    os.pwrite(handle, json.dumps({"pid": os.getpid(), "since": datetime.now(UTC).isoformat(timespec="seconds")}).encode(), 0)
    return handle


def _try(handle: int) -> bool:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        if error.errno in (errno.EAGAIN, errno.EACCES):
            return False
        raise
    return True


def _described(handle: int) -> str:
    try:
        known = json.loads(os.pread(handle, 4096, 0))
    except ValueError:
        return "a process that has not said which"
    return f"process {known['pid']} since {known['since']}"
