"""What starts the job: the day, and deliveries that arrive, change or disappear."""

import json
from pathlib import Path

import dagster as dg
from dagster._core.definitions.unresolved_asset_job_definition import UnresolvedAssetJobDefinition

from pipelines.defs.warehouse import JOB
from pipelines.publish import release
from pipelines.publish.fingerprint import stamps_of
from pipelines.publish.lock import holder

DAILY_AT = "30 4 * * *"
SECONDS_BETWEEN_LOOKS = 30


def refresh_job() -> UnresolvedAssetJobDefinition:
    """Everything, in one process: a process per step costs seconds each, and DuckDB has one writer anyway."""
    return dg.define_asset_job(
        JOB,
        selection=dg.AssetSelection.all() | dg.AssetSelection.all_asset_checks(),
        executor_def=dg.in_process_executor,
        description="Load the deliveries, build, check and publish a release.",
    )


def daily_schedule() -> dg.ScheduleDefinition:
    """Once a day, since a release speaks for a day."""
    return dg.ScheduleDefinition(
        name="daily",
        job_name=JOB,
        cron_schedule=DAILY_AT,
        execution_timezone="UTC",
        default_status=dg.DefaultScheduleStatus.RUNNING,
        description="Refresh once a day, so that the release speaks for today.",
    )


def deliveries_sensor(home: Path, raw_root: Path) -> dg.SensorDefinition:
    """Start the job when the files under the raw root have changed and hold still."""

    @dg.sensor(
        name="deliveries",
        job_name=JOB,
        minimum_interval_seconds=SECONDS_BETWEEN_LOOKS,
        default_status=dg.DefaultSensorStatus.RUNNING,
        description="Refresh when a delivery arrives, changes or disappears.",
    )
    def deliveries(context: dg.SensorEvaluationContext) -> dg.SensorResult | dg.SkipReason:
        if not raw_root.is_dir():
            return dg.SkipReason(f"{raw_root} does not exist")
        seen = stamps_of(raw_root)
        # `seen` is how the files looked last time, `started` how they looked when a run was last asked for.
        before = json.loads(context.cursor) if context.cursor else {"seen": None, "started": _released_from(home)}
        if seen == before["started"]:
            return dg.SkipReason("no delivery has changed")
        if seen != before["seen"]:
            context.update_cursor(json.dumps({**before, "seen": seen}))
            return dg.SkipReason("deliveries are changing: waiting until they hold still")
        if said := holder(home):
            return dg.SkipReason(f"a run is under way: {said}")
        return dg.SensorResult(run_requests=[dg.RunRequest(run_key=seen)], cursor=json.dumps({"seen": seen, "started": seen}))

    return deliveries


def _released_from(home: Path) -> str | None:
    """How the files looked from which the current release was made."""
    current = release.current(home)
    return release.summary(current)["fingerprint"].get("stamps") if current else None
