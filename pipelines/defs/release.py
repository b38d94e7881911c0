"""The last asset: results and pages go into the build file and its folder, which then becomes the current release."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, time
from functools import partial
from pathlib import Path

import dagster as dg

from pipelines import settings
from pipelines.defs.warehouse import RELEASE, Warehouse, step
from pipelines.engine import tried_twice
from pipelines.exports.iati.export import export_release
from pipelines.exports.write import Standing, write_exports
from pipelines.release import releases
from pipelines.release import run as runs
from pipelines.release.public import Edition
from pipelines.release.run import Run
from pipelines.shapes.check_result import CheckResult
from pipelines.site.build import build_site
from pipelines.site.reader import Release
from pipelines.validate.results import append_results


def release_asset(checked: Sequence[dg.AssetKey], manifest: Path) -> dg.AssetsDefinition:
    """The release, which waits for every table and, since their checks block, for every check.

    Args:
        checked: keys of the tables.
        manifest: of the dbt project as it was built; whoever edits the project meanwhile changes nothing in this release.
    """

    @dg.asset(
        key=RELEASE,
        deps=list(checked),
        group_name="release",
        kinds={"duckdb"},
        description="The checked build, published: what analysts and reviewers read. Made as a whole, replaced in one step.",
    )
    def release(context: dg.AssetExecutionContext, warehouse: Warehouse) -> dg.MaterializeResult:
        with step(warehouse) as run:
            results = [CheckResult(**result) for result in runs.check_results(run)]
            blocking = [f"{result.check_name} on {result.target}" for result in results if result.is_blocking]
            if blocking:
                raise dg.Failure(f"not released: {', '.join(blocking)}", allow_retries=False)
            append_results(run.database, run.run_id, results)
            known_at = min(datetime.combine(run.as_of, time(), UTC), run.started_at)
            about = Release(
                edition=edition_of(run),
                previous=run.previous,
                results=results,
                outcomes=warehouse.outcomes,
                manifest=manifest,
            )
            # Files and site know nothing of each other: DuckDB writes the ones while Python writes the other.
            with ThreadPoolExecutor(1) as beside:
                stand = standing(run, warehouse.unchanged_tables)
                write = partial(write_exports, edition=about.edition, manifest=manifest, raw_root=run.raw_root, standing=stand)
                files = beside.submit(tried_twice, partial(write, run.database, run.build), context.log.warning)
                tried_twice(partial(build_site, run.database, run.build / "docs", release=about, progress=context.log.info), context.log.warning)
                files.result()
            tried_twice(partial(export_release, run.database, run.build / "iati", known_at=known_at, say=context.log.warning), context.log.warning)
            said = runs.publish(run)
        context.log.info(f"released {said['release_id']}")
        counts = ("deliveries", "rows_delivered", "rows_loaded", "rows_quarantined", "checks_passed", "checks_warned", "checks_accepted", "seconds")
        return dg.MaterializeResult(
            metadata={
                "release_id": said["release_id"],
                "site": dg.MetadataValue.url(f"{settings.site_address()}/index.html"),
                "site_folder": dg.MetadataValue.path(str(run.home / "docs")),
                "database": dg.MetadataValue.path(str(run.home / "techcoop.duckdb")),
                "size_bytes": (run.home / "techcoop.duckdb").stat().st_size,
                **{name: said[name] for name in counts},
            }
        )

    return release


def standing(run: Run, unchanged: set[str]) -> Standing | None:
    """The files of the release before that may stand; none where its files say another day."""
    if run.previous is None or releases.summary(run.previous).get("as_of") != run.as_of.isoformat():
        return None
    return Standing(folder=run.previous, tables=unchanged)


def edition_of(run: Run) -> Edition:
    """What the pages and files of this run's release say about where they belong."""
    return Edition(
        release_id=run.run_id,
        as_of=run.as_of,
        made_at=run.started_at,
        licence=settings.licence(),
        previous_id=run.previous.name if run.previous else None,
    )
