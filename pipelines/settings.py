"""Where things lie: the project, the deliveries, the warehouse. Paths only; nothing here touches the disk."""

from __future__ import annotations

import os
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
DBT_PROJECT = PROJECT / "dbt_project"
SEEDS = PROJECT / "data" / "seeds"


def raw_root(given: Path | None = None) -> Path:
    """The folder of deliveries: the argument, else `TECHCOOP_RAW_DIR`, else what the project ships."""
    return Path(given or os.environ.get("TECHCOOP_RAW_DIR") or PROJECT / "data" / "raw").absolute()


def warehouse_home(given: Path | None = None) -> Path:
    """The folder that a run writes: the argument, else `TECHCOOP_HOME`, else `warehouse` in the project."""
    return Path(given or os.environ.get("TECHCOOP_HOME") or PROJECT / "warehouse").absolute()


def kept_releases() -> int:
    """How many releases stay on disk (`TECHCOOP_KEEP_RELEASES`, five unless said)."""
    return max(1, int(os.environ.get("TECHCOOP_KEEP_RELEASES", "5")))


def workers() -> int:
    """How many activity files are read at once (`TECHCOOP_WORKERS`; the processors at hand, at most four, unless said)."""
    return max(1, int(os.environ.get("TECHCOOP_WORKERS") or min(4, os.cpu_count() or 1)))


def iati_schema() -> Path | None:
    """The folder with the XML schema of IATI that activities are validated against, if there is one (`TECHCOOP_IATI_SCHEMA`)."""
    named = os.environ.get("TECHCOOP_IATI_SCHEMA")
    return Path(named).absolute() if named else None


def licence() -> str:
    """Under which terms a release is handed on (`TECHCOOP_LICENCE`); unless said, each source's own terms stand."""
    return os.environ.get("TECHCOOP_LICENCE") or "as each source states: see `sources` in datapackage.json"


def site_address() -> str:
    """Where readers open the documentation (`TECHCOOP_SITE_URL`); unless said, where `make docs` serves it. Ends without a slash."""
    return (os.environ.get("TECHCOOP_SITE_URL") or "http://127.0.0.1:8000").rstrip("/")
