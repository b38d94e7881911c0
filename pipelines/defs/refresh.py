"""The job from the command line: the same job as the user interface's, in this process."""

from __future__ import annotations

import logging
import os
from collections.abc import Sequence
from contextlib import ExitStack, redirect_stdout
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipelines.dbt.manifest import Dbt
from pipelines.processes import keep_many_objects
from pipelines.release import run as runs
from pipelines.release.files import read_json
from pipelines.release.lock import lock
from pipelines.shapes.left_out import LeftOut

if TYPE_CHECKING:
    from pipelines.validate.runner import Acceptance


def execute_refresh(
    *,
    raw_root: Path,
    home: Path,
    as_of: date,
    acceptances: Sequence[Acceptance] = (),
    left_out: Sequence[LeftOut] = (),
    full: bool = False,
    wait_seconds: float = 0,
    dbt: Dbt | None = None,
) -> dict[str, Any]:
    """Run the job `refresh` in this process and return what the run said (see `pipelines.release.run.summary`).

    Whether anything has changed is the caller's question: this builds. With `DAGSTER_HOME` set, the run appears in that instance's history;
    without, it leaves none.

    Args:
        raw_root: the folder of deliveries.
        home: the warehouse's folder.
        as_of: the day that the release speaks for.
        acceptances: plausibility checks that may fail.
        left_out: deliveries that are not loaded.
        full: builds everything from nothing, also the models that nothing has changed.
        wait_seconds: how long to wait for another run, where the caller does not hold the lock.
        dbt: reads the project already, if the caller knew early that there is something to build.

    Raises:
        Exception: what kept the run from beginning: configuration, a home in use, a dbt project that cannot be read.
    """
    os.environ["DAGSTER_DISABLE_TELEMETRY"] = "1"
    keep_many_objects()
    with ExitStack() as stack:
        # Held from here on, so that the id is still the latest when the run begins.
        stack.enter_context(lock(home, wait_seconds=wait_seconds))
        run_id = runs.new_id(home)
        # dbt reads its project while this process imports the orchestrator.
        dbt = dbt or stack.enter_context(Dbt(home))
        import dagster as dg

        from pipelines.defs.assembly import definitions
        from pipelines.defs.history import ephemeral_instance
        from pipelines.defs.warehouse import JOB

        job = definitions(home, raw_root, dbt).resolve_job_def(JOB)
        warehouse = _configuration(run_id, home=home, raw_root=raw_root, as_of=as_of, acceptances=acceptances, left_out=left_out, full=full)
        instance = stack.enter_context(dg.DagsterInstance.get() if os.environ.get("DAGSTER_HOME") else ephemeral_instance())
        # The libraries of the orchestrator talk about themselves, and dbt's own lines are in its log; stdout belongs to the answer.
        dg.get_dagster_logger().setLevel(logging.ERROR)
        stack.enter_context(redirect_stdout(stack.enter_context(Path(os.devnull).open("w"))))
        failure: BaseException | None = None
        try:
            job.execute_in_process(run_config={"resources": {"warehouse": {"config": warehouse}}, "loggers": {"progress": {}}}, instance=instance)
        except (Exception, dg.DagsterExecutionInterruptedError) as error:
            failure = error
    said = read_json(home / "runs" / run_id / runs.SUMMARY)
    if said is None:
        raise _cause(failure) if failure else RuntimeError("the run ended without a word")
    if failure is not None and _is_configuration(_cause(failure)):
        raise _cause(failure)
    return said


def _configuration(
    run_id: str, *, home: Path, raw_root: Path, as_of: date, acceptances: Sequence[Acceptance], left_out: Sequence[LeftOut], full: bool
) -> dict[str, Any]:
    """The run as the configuration of the resource `warehouse`, in types that the orchestrator keeps."""
    return {
        "home": str(home),
        "raw_root": str(raw_root),
        "as_of": as_of.isoformat(),
        "accept": [{"check": accepted.check, "target": accepted.target, "reason": accepted.reason} for accepted in acceptances],
        "without": [{"delivery": delivery.delivery_id, "reason": delivery.reason} for delivery in left_out],
        "force": True,
        "full": full,
        "run_id": run_id,
    }


def _cause(error: BaseException) -> BaseException:
    """What lies under the orchestrator's own exceptions."""
    while error.__cause__ is not None and type(error).__module__.startswith("dagster"):
        error = error.__cause__
    return error


def _is_configuration(error: BaseException) -> bool:
    from pipelines.shapes.errors import ConfigurationError

    return isinstance(error, ConfigurationError)
