"""Processes that work for a run and must not outlive it."""

from __future__ import annotations

import ctypes
import gc
import os
import signal
import sys

PR_SET_PDEATHSIG = 1


def end_with_parent(parent: int) -> None:
    """Ask the kernel to kill this process when its parent dies (Linux; elsewhere it finishes its work alone)."""
    if sys.platform != "linux":
        return
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    # The parent may have died before the kernel was asked.
    if os.getppid() != parent:
        sys.exit("the run that this process worked for has ended")


def keep_many_objects() -> None:
    """Look for cycles less often: modules, definitions and pages are many objects that stay, and every 700th would cost a run more than a second."""
    gc.set_threshold(100_000, 20, 50)


def begin_worker(parent: int) -> None:
    """Begin one of several processes that work side by side: it ends with its parent, and keeps to one processor."""
    end_with_parent(parent)
    # Before polars is imported, which then counts its threads.
    os.environ["POLARS_MAX_THREADS"] = "1"
