"""What starts the job: the day, and deliveries that arrive, change or disappear."""

import json
import time
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import dagster as dg

from pipelines.defs.warehouse import JOB
from pipelines.release.fingerprint import stamps_of
from pipelines.release.lock import holder
from pipelines.release.run import settled_stamps

DAILY_AT = "30 4 * * *"
SECONDS_BETWEEN_LOOKS = 30
# A run that made no release is asked for once more, with growing patience: what blocked it may be a plausibility check that waits for a person.
SECONDS_BETWEEN_TRIES = 60
MOST_SECONDS_BETWEEN_TRIES = 6 * 3600
_status = dg.DagsterRunStatus
UNFINISHED = {_status.NOT_STARTED, _status.QUEUED, _status.STARTING, _status.STARTED, _status.SUSPENDED, _status.CANCELING}
# Dagster writes the key that a sensor asked with into this tag (https://docs.dagster.io/guides/deploy/execution/run-coordinators, system tags).
RUN_KEY_TAG = "dagster/run_key"


def refresh_job() -> Any:
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
    """Start the job when the files under the raw root have changed and hold still, and again until a release was made of them."""

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
        cursor = Cursor.read(context.cursor)
        if seen == settled_stamps(home):
            return _wait(context, replace(cursor, seen=seen, asked=None), "no delivery has changed since a run that released them, or found them unchanged")
        if seen != cursor.seen:
            return _wait(context, replace(cursor, seen=seen), "deliveries are changing: waiting until they hold still")
        if said := holder(home):
            return dg.SkipReason(f"a run is under way: {said}")
        if cursor.asked == seen:
            # Asked for, and not released: the run waits its turn, or it failed, was blocked or cancelled.
            if (status := _status_of(context, cursor.key)) in UNFINISHED:
                return dg.SkipReason(f"the run that was asked for is {status.value.lower()}")
            if time.time() < cursor.again_at:
                return dg.SkipReason("the last run of these deliveries made no release; it is asked for again later, or at once when a delivery changes")
            pause = min(cursor.pause * 2, MOST_SECONDS_BETWEEN_TRIES)
        else:
            pause = SECONDS_BETWEEN_TRIES
        # Dagster never repeats a run key: the number makes it a new one also where the files look as they did before.
        asked = Cursor(seen=seen, asked=seen, number=cursor.number + 1, pause=pause, again_at=time.time() + pause)
        return dg.SensorResult(run_requests=[dg.RunRequest(run_key=asked.key)], cursor=asked.written())

    return deliveries


@dataclass(frozen=True, kw_only=True)
class Cursor:
    """What the sensor remembers from look to look.

    Attributes:
        seen: how the files looked last time.
        asked: how they looked when a run was last asked for; None once they are released.
        number: of the run that was asked for last.
        pause: seconds until the same run is asked for once more, if it makes no release; doubled each time.
        again_at: seconds since 1970 when that is.
    """

    seen: str | None = None
    asked: str | None = None
    number: int = 0
    pause: float = 0
    again_at: float = 0

    @property
    def key(self) -> str:
        """The key of the run that was asked for last."""
        return f"{self.asked}-{self.number}"

    @classmethod
    def read(cls, text: str | None) -> "Cursor":
        """A cursor that was written; where there is none, or one of another kind, it begins with a number that was never asked with."""
        try:
            return cls(**json.loads(text or ""))
        except (ValueError, TypeError):
            return cls(number=int(time.time()))

    def written(self) -> str:
        """As text, for Dagster to keep."""
        return json.dumps(asdict(self))


def _wait(context: dg.SensorEvaluationContext, cursor: Cursor, why: str) -> dg.SkipReason:
    context.update_cursor(cursor.written())
    return dg.SkipReason(why)


def _status_of(context: dg.SensorEvaluationContext, key: str) -> dg.DagsterRunStatus | None:
    """How the run with a key stands; None where there is none (any more)."""
    found = context.instance.get_runs(dg.RunsFilter(job_name=JOB, tags={RUN_KEY_TAG: key}), limit=1)
    return found[0].status if found else None
