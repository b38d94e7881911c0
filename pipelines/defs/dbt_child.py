"""dbt in a child process that never outlives its parent.

Run as `python -m pipelines.defs.dbt_child HOME PARENT <dbt arguments>`. A run that is killed must not
leave a dbt behind that goes on writing: the next run would find the build file in use.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys
from pathlib import Path

from pipelines import settings

PR_SET_PDEATHSIG = 1


def arguments(home: Path) -> list[str]:
    """What Python is called with to run dbt for a home as a child of this process."""
    return ["-m", "pipelines.defs.dbt_child", str(home), str(os.getpid())]


def target(home: Path) -> Path:
    """Where dbt keeps manifest, partial parse and results of a home, from run to run."""
    return home / "dbt" / "target"


def environment(home: Path) -> dict[str, str]:
    """What dbt must know: where the build is, where its own files go, and that it sends nothing anywhere."""
    return {
        "TECHCOOP_BUILD": str(home / "build" / "now"),
        "DBT_PROJECT_DIR": str(settings.DBT_PROJECT),
        "DBT_PROFILES_DIR": str(settings.DBT_PROJECT),
        "DBT_TARGET_PATH": str(target(home)),
        "DBT_LOG_PATH": str(home / "dbt" / "logs"),
        "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
        "DBT_VERSION_CHECK": "false",
        "DO_NOT_TRACK": "1",
    }


def end_with_parent(parent: int) -> None:
    """Ask the kernel to kill this process when its parent dies (Linux; elsewhere the child finishes its work alone)."""
    if sys.platform != "linux":
        return
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    # The parent may have died before the kernel was asked.
    if os.getppid() != parent:
        sys.exit("the run that started dbt has ended")


if __name__ == "__main__":
    home, parent, *dbt_arguments = sys.argv[1:]
    end_with_parent(int(parent))
    os.environ.update(environment(Path(home)))
    from dbt.cli.main import cli

    cli(dbt_arguments, prog_name="dbt")
