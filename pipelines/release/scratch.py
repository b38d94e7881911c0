"""One model and its parents, built in a scratch copy of the current release: for whoever changes a model and wants to see it, without a run.

What landed is as the release has it; models that read landed files are not built again. Nothing here is checked or published, and the next run
clears it away. `make model SELECT=shares_by_region` calls it.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import duckdb

from pipelines import settings
from pipelines.dbt import selected
from pipelines.release import releases
from pipelines.storage import StorageError, copied

SHOWN_ROWS = 10


def scratch_home(home: Path) -> Path:
    """A home of its own beside the runs of another: its `build/now` holds the copy."""
    return home / "build" / "scratch"


def build_model(home: Path, model: str) -> Path:
    """Build a model with its parents and their tests in a fresh copy of the current release, and return the copy.

    Args:
        home: the warehouse's folder.
        model: by its name in the dbt project.

    Raises:
        releases.UnknownRelease: there is no release to copy.
        subprocess.CalledProcessError: dbt could not build it, or a test failed; dbt has said why.
    """
    current = releases.current(home)
    if current is None:
        raise releases.UnknownRelease(f"no release under {home}: `techcoop run` makes the first")
    scratch = scratch_home(home)
    database = scratch / "build" / "now" / releases.DATABASE
    database.parent.mkdir(parents=True, exist_ok=True)
    copied(current / releases.DATABASE, database)
    subprocess.run([sys.executable, *selected.arguments(scratch, model)], cwd=settings.DBT_PROJECT, check=True)
    return database


def main(arguments: Sequence[str] | None = None) -> int:
    """Build the model named, then print where it lies and its first rows."""
    parser = argparse.ArgumentParser(prog="make model SELECT=MODEL", description=__doc__)
    parser.add_argument("model", help="name of a model, such as shares_by_region")
    parser.add_argument("--home", type=Path, help="the warehouse; default: TECHCOOP_HOME, else warehouse")
    given = parser.parse_args(arguments)
    home = settings.warehouse_home(given.home)
    try:
        database = build_model(home, given.model)
    except (releases.UnknownRelease, StorageError) as error:
        print(error, file=sys.stderr)
        return 2
    except subprocess.CalledProcessError:
        return 1
    table = selected.table_of(scratch_home(home), given.model)
    with duckdb.connect(database, read_only=True) as connection:
        print(f"{table} in {database}:")
        connection.sql(f"select * from {table} limit {SHOWN_ROWS}").show(max_width=160)
    return 0


if __name__ == "__main__":
    sys.exit(main())
