"""The pages of the current release, made anew into a folder of their own: for whoever changes a page and wants to see it, without a run.

The sealed release is only read. The suites run once more, because a release keeps their results and not their words. `make site` calls it.
"""

from __future__ import annotations

import argparse
import shutil
import sys
from collections.abc import Sequence
from datetime import UTC
from pathlib import Path

import duckdb

from pipelines import settings
from pipelines.dbt.manifest import manifest
from pipelines.release import releases
from pipelines.release.files import read_json
from pipelines.release.public import Edition
from pipelines.release.scratch import scratch_home
from pipelines.shapes.check_result import CheckResult
from pipelines.site.build import build_site
from pipelines.site.reader import Release
from pipelines.validate.runner import Acceptance, validate


def rebuild(home: Path, folder: Path) -> Path:
    """Write the site of the current release into a folder, in place of what lies there, and return the first page.

    Raises:
        releases.UnknownRelease: there is no release.
    """
    current = releases.current(home)
    if current is None:
        raise releases.UnknownRelease(f"no release under {home}: `techcoop run` makes the first")
    database = current / releases.DATABASE
    results = [CheckResult(**result) for result in read_json(current / "check_results.json")]
    edition = edition_of(database)
    before = home / "releases" / edition.previous_id if edition.previous_id else None
    previous = before if before and releases.is_whole(before) else None
    accepted = [Acceptance(check=one.check_name, target=one.target, reason=one.reason or "") for one in results if one.status == "accepted"]
    release = Release(
        edition=edition,
        previous=previous,
        results=results,
        outcomes=validate(database, previous / releases.DATABASE if previous else None, accepted),
        manifest=manifest(home),
    )
    shutil.rmtree(folder, ignore_errors=True)
    return build_site(database, folder, release=release)


def edition_of(database: Path) -> Edition:
    """What a released file says of itself."""
    with duckdb.connect(database, read_only=True) as connection:
        (told,) = connection.sql("select release_id, as_of, made_at, previous_release_id from audit.release").fetchall()
    release_id, as_of, made_at, previous_id = told
    return Edition(release_id=release_id, as_of=as_of, made_at=made_at.replace(tzinfo=UTC), licence=settings.licence(), previous_id=previous_id)


def main(arguments: Sequence[str] | None = None) -> int:
    """Rebuild the pages and name the first of them."""
    parser = argparse.ArgumentParser(prog="make site", description=__doc__)
    parser.add_argument("--home", type=Path, help="the warehouse; default: TECHCOOP_HOME, else warehouse")
    parser.add_argument("--out", type=Path, help="the folder to write into; default: site/ in the home's build/scratch")
    given = parser.parse_args(arguments)
    home = settings.warehouse_home(given.home)
    try:
        print(rebuild(home, given.out or scratch_home(home) / "site"))
    except releases.UnknownRelease as error:
        print(error, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
