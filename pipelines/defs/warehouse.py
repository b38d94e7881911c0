"""The resource that makes a job a run: it holds the lock, begins the run, and records how it ended."""

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path

import dagster as dg
from pydantic import Field, PrivateAttr

from pipelines import storage
from pipelines.engine import plain
from pipelines.landing.deliveries import named
from pipelines.landing.prepared import Prepared, prepare
from pipelines.landing.row_passes import SourceLanding
from pipelines.release import releases as release
from pipelines.release import run as runs
from pipelines.release.fingerprint import changes, fingerprint
from pipelines.release.lock import lock
from pipelines.release.run import Run
from pipelines.validate.runner import Acceptance, Outcome

JOB = "refresh"
SETTLED = "settled_deliveries"
RELEASE = dg.AssetKey("release")

# What passes by itself: a busy device, a network file system that comes back, too many open files for a moment.
TRANSIENT = {errno.EAGAIN, errno.EBUSY, errno.EINTR, errno.EMFILE, errno.ENFILE, errno.ESTALE, errno.ETIMEDOUT, errno.ECONNRESET, errno.ENETUNREACH}
RETRIES = 3
SECONDS_BETWEEN_RETRIES = 2


class AcceptedCheck(dg.Config):
    """A plausibility check that may fail in this run.

    Attributes:
        check: its name.
        reason: why, in the operator's words.
        target: the table; every table that the check guards if empty.
    """

    check: str
    reason: str
    target: str | None = None


class LeftOutDelivery(dg.Config):
    """A delivery that this run leaves out.

    Attributes:
        delivery: its id, or its file below the raw root.
        reason: why, in the operator's words.
    """

    delivery: str
    reason: str


class Warehouse(dg.ConfigurableResource):
    """One home and one folder of deliveries; in a job, the run under way in them.

    Attributes:
        home: the folder that a run writes.
        raw_root: the folder of deliveries.
        as_of: the day that the release speaks for, `YYYY-MM-DD`; today (UTC) if empty.
        accept: checks that may fail.
        without: deliveries that are left out.
        force: builds also where nothing has changed since the current release.
        full: builds everything from nothing, also the models that nothing has changed.
        run_id: the run's id, if whoever starts it must know it beforehand and holds the lock.
        wait_seconds: how long to wait for another run to end.
    """

    home: str
    raw_root: str
    as_of: str | None = None
    accept: list[AcceptedCheck] = Field(default_factory=list)
    without: list[LeftOutDelivery] = Field(default_factory=list)
    force: bool = False
    full: bool = False
    run_id: str | None = None
    wait_seconds: float = 600.0

    _run: Run | None = PrivateAttr(default=None)
    _unchanged: str | None = PrivateAttr(default=None)
    _prepared: Prepared | None = PrivateAttr(default=None)
    _landed: dict[str, SourceLanding] = PrivateAttr(default_factory=dict)
    _outcomes: list[Outcome] = PrivateAttr(default_factory=list)
    _unchanged_tables: set[str] = PrivateAttr(default_factory=set)

    @property
    def run(self) -> Run:
        """The run under way."""
        assert self._run is not None, "a run is under way only inside a job"
        return self._run

    @property
    def unchanged(self) -> str | None:
        """The current release, where nothing has changed since it and there is nothing to do; None in a run."""
        return self._unchanged

    @property
    def prepared(self) -> Prepared:
        """The deliveries found when the run began."""
        assert self._prepared is not None, "deliveries are looked for when a run begins"
        return self._prepared

    @property
    def landed(self) -> dict[str, SourceLanding]:
        """What the row pass made of each source so far."""
        return self._landed

    @property
    def unchanged_tables(self) -> set[str]:
        """Tables and views of the build, `schema.name`, that hold what the release before holds."""
        return self._unchanged_tables

    @property
    def outcomes(self) -> list[Outcome]:
        """What the suites found so far, with what a page about it needs."""
        return self._outcomes

    @contextmanager
    def yield_for_execution(self, context: dg.InitResourceContext) -> Iterator["Warehouse"]:
        """Hold the lock from before the first asset to after the last, whatever happens in between."""
        refuse_partial(context.run)
        home, raw_root = Path(self.home), Path(self.raw_root)
        as_of = date.fromisoformat(self.as_of) if self.as_of else datetime.now(UTC).date()
        acceptances = [Acceptance(check=accepted.check, target=accepted.target, reason=accepted.reason) for accepted in self.accept]
        with lock(home, wait_seconds=self.wait_seconds):
            if mended := release.mend(home):
                context.log.warning(mended)
            left_out = [one for without in self.without for one in named(raw_root, home, [without.delivery], without.reason)]
            found = fingerprint(raw_root, home, as_of=as_of, left_out=left_out)
            current = release.current(home)
            if current is not None and not self.force and not self.full and not changes(home, found, acceptances):
                runs.unchanged(home, current, found["stamps"])
                self._unchanged = current.name
                yield self
                return
            # Before the run begins: what is wrong with the configuration is no failed run.
            self._prepared = prepare(raw_root, home, previous_release=current, left_out=left_out)
            self._run = runs.begin(
                home, raw_root, as_of=as_of, fingerprint=found, acceptances=acceptances, left_out=left_out, run_id=self.run_id, full=self.full
            )
            try:
                yield self
            finally:
                if self._run.build.exists():
                    runs.block(self._run)


def refuse_partial(run: dg.DagsterRun | None) -> None:
    """A release is built as a whole or not at all.

    Raises:
        dagster.Failure: the run selects some assets, or continues another run whose build folder is gone.
    """
    if run is None:
        return
    whole = not run.asset_selection or RELEASE in run.asset_selection
    if whole and (not run.step_keys_to_execute or {SETTLED, RELEASE.to_python_identifier()} <= set(run.step_keys_to_execute)):
        return
    raise dg.Failure(f"A release is built as a whole, from every delivery: launch the job `{JOB}`, not single assets or steps of it.", allow_retries=False)


@contextmanager
def step(warehouse: Warehouse) -> Iterator[Run]:
    """The run, for the body of one asset: transient errors are tried again, others are kept as the reason why there is no release."""
    run = warehouse.run
    try:
        yield run
    except OSError as error:
        if error.errno in TRANSIENT:
            raise dg.RetryRequested(max_retries=RETRIES, seconds_to_wait=SECONDS_BETWEEN_RETRIES) from error
        runs.note_error(run, cause(run, error))
        raise
    except Exception as error:
        runs.note_error(run, cause(run, error))
        raise


def cause(run: Run, error: BaseException) -> str:
    """What ended a step, as one line. What follows from a full disk (a log cut short, a table that is not there) is said as what it is."""
    message = one_line(error)
    if not isinstance(error, storage.StorageError) and (storage.is_full(error) or storage.says_full(message) or storage.has_no_room(run.home)):
        return str(storage.full(run.home))
    return message


def one_line(error: BaseException) -> str:
    """An error's message as one line."""
    description = error.description if isinstance(error, dg.Failure) else str(error)
    return plain(description or "") or type(error).__name__
