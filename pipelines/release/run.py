"""One run: its folder under `build/`, what it found, and how it ended.

`begin` clears what killed runs left behind; `publish` and `block` keep the results of the last five runs,
blocked ones too, and write `status.json`. Of the last blocked run the build stays, too, so that it can be
asked why. Everything here happens under the home's lock.
"""

from __future__ import annotations

import json
import logging
import os
import re
import secrets
import shutil
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipelines import storage
from pipelines.engine import plain
from pipelines.release import releases as release
from pipelines.release.files import DamagedFile, point, read_json, write_json
from pipelines.shapes.left_out import LeftOut

if TYPE_CHECKING:
    from pipelines.shapes.check_result import CheckResult
    from pipelines.validate.runner import Acceptance

KEPT_RUNS = 5
STATUS = "status.json"
CHECKS = "check_results.jsonl"
LANDED = "landed.json"
BUILT = "built.json"
CHECK_RESULTS = "check_results.json"
ERROR = "error.txt"
SUMMARY = "summary.json"

# Errors that the disk had no room for, by run.
_unwritten: dict[str, str] = {}
_ID = re.compile(r"(\d{8}T\d{6}Z)-[0-9a-f]+")
_SECOND = "%Y%m%dT%H%M%SZ"

_log = logging.getLogger("techcoop")


@dataclass(frozen=True, kw_only=True)
class Run:
    """A run under way.

    Attributes:
        run_id: UTC start time and four random digits, later than that of any other run of the home; becomes the release's id.
        build: the run's own folder; `build/now` points to it, so that dbt always sees one path.
        fingerprint: what the release will be a function of (see `pipelines.release.fingerprint`).
        left_out: deliveries that the operator leaves out.
        previous: the release that was current when the run began, which checks compare with.
        full: whether everything is built from nothing, also what nothing has changed.
    """

    run_id: str
    home: Path
    raw_root: Path
    build: Path
    as_of: date
    started_at: datetime
    fingerprint: Mapping[str, str]
    acceptances: Sequence[Acceptance]
    left_out: Sequence[LeftOut]
    previous: Path | None
    full: bool = False

    @property
    def now(self) -> Path:
        """The build folder under the name that stays the same from run to run."""
        return self.home / "build" / "now"

    @property
    def database(self) -> Path:
        """The build file, under the path that dbt writes."""
        return self.now / release.DATABASE

    @property
    def previous_database(self) -> Path | None:
        """The database of the release that this run is compared with."""
        return self.previous / release.DATABASE if self.previous else None


def new_id(home: Path) -> str:
    """An id for a run that begins now. It is later than the ids of all other runs and releases, also where the clock has gone backwards."""
    known = [folder.name for place in ("releases", "runs", "build") for folder in (home / place).glob("*") if _ID.fullmatch(folder.name)]
    fresh = f"{datetime.now(UTC):{_SECOND}}-{secrets.token_hex(2)}"
    newest = max(known, default="")
    if fresh > newest:
        return fresh
    after = datetime.strptime(newest.partition("-")[0], _SECOND) + timedelta(seconds=1)
    return f"{after:{_SECOND}}-{fresh.rpartition('-')[2]}"


def begin(
    home: Path,
    raw_root: Path,
    *,
    as_of: date,
    fingerprint: Mapping[str, str],
    acceptances: Sequence[Acceptance] = (),
    left_out: Sequence[LeftOut] = (),
    run_id: str | None = None,
    full: bool = False,
) -> Run:
    """Start a run: clear what killed runs left, make its folder, point `build/now` to it.

    Args:
        home: the warehouse's folder.
        raw_root: the folder of deliveries.
        as_of: the day that the release speaks for.
        fingerprint: what the release will be a function of.
        acceptances: plausibility checks that may fail.
        left_out: deliveries that are not loaded.
        run_id: from `new_id`, if the caller must know it beforehand.
        full: builds everything from nothing.
    """
    started_at = datetime.now(UTC)
    run_id = run_id or new_id(home)
    clear_leftovers(home)
    build = home / "build" / run_id
    build.mkdir(parents=True)
    point(home / "build" / "now", run_id)
    return Run(
        run_id=run_id,
        home=home,
        raw_root=raw_root,
        build=build,
        as_of=as_of,
        started_at=started_at,
        fingerprint=fingerprint,
        acceptances=acceptances,
        left_out=left_out,
        previous=release.current(home),
        full=full,
    )


def clear_leftovers(home: Path) -> None:
    """Remove the folders of killed runs and of releases whose removal was cut short."""
    for leftover in sorted((home / "build").glob("*")):
        if leftover.is_symlink() or leftover.is_file():
            leftover.unlink()
        else:
            shutil.rmtree(leftover)


def interrupted(home: Path) -> str | None:
    """The id of a run that began and never ended; only meaningful while nobody holds the lock."""
    return next((folder.name for folder in sorted((home / "build").glob("2*")) if folder.is_dir()), None)


def add_check_results(run: Run, results: Iterable[CheckResult]) -> None:
    """Keep check results in the run's folder, where they outlive whatever goes wrong later."""
    path = run.build / CHECKS
    before = path.stat().st_size if path.exists() else 0
    try:
        with path.open("a", encoding="utf-8") as lines:
            lines.writelines(json.dumps(asdict(result), ensure_ascii=False, default=str) + "\n" for result in results)
    except OSError:
        # A full disk must not leave half a line, which nobody could read at the end of the run.
        os.truncate(path, before)
        raise


def check_results(run: Run) -> list[dict[str, Any]]:
    """The check results that the run has kept so far, as rows of `audit.check_results` without their `run_id`."""
    path = run.build / CHECKS
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()] if path.exists() else []


def note_error(run: Run, message: str) -> None:
    """Keep what went wrong outside of the checks; the first error is the cause, later ones follow from it."""
    path = run.build / ERROR
    if path.exists() or run.run_id in _unwritten:
        return
    message = plain(message)
    try:
        path.write_text(message, encoding="utf-8")
    except OSError:
        # What went wrong may be that the disk is full; the end of the run makes room.
        path.unlink(missing_ok=True)
        _unwritten[run.run_id] = message


def _noted_error(run: Run) -> str | None:
    path = run.build / ERROR
    return path.read_text(encoding="utf-8") if path.exists() else _unwritten.get(run.run_id)


def add_landed(run: Run, figures: Mapping[str, Any]) -> None:
    """Keep what was delivered, loaded and quarantined."""
    write_json(run.build / LANDED, figures)


def add_built(run: Run, *, built: int, carried: int) -> None:
    """Keep how many seeds and models were built, and how many stand as the release before has them."""
    write_json(run.build / BUILT, {"models_built": built, "models_carried": carried})


def summary(run: Run, *, released: bool) -> dict[str, Any]:
    """What a run says at its end: the object that `techcoop run --json` prints.

    A run that made no release always has a failure that says why: an error, the checks that failed, or that it was stopped.
    """
    results = check_results(run)
    landed = read_json(run.build / LANDED) or {}
    count = {status: sum(result["status"] == status for result in results) for status in ("passed", "warned", "failed", "errored", "accepted")}
    error = _noted_error(run)
    # After an error, checks that could not run for want of a table say nothing of their own.
    telling = ("failed",) if error else ("failed", "errored")
    failures = [_finding(result) for result in results if result["status"] in telling]
    if not released and (error or not failures):
        failures.insert(0, {"check": "run", "target": run.run_id, "observed": error or "it was stopped", "expected": "the run comes to its end"})
    return {
        "run_id": run.run_id,
        "release_id": run.run_id if released else None,
        "released": released,
        "unchanged": False,
        "deliveries": landed.get("deliveries", 0),
        "rows_delivered": landed.get("rows_delivered", 0),
        "rows_loaded": landed.get("rows_loaded", 0),
        "rows_quarantined": landed.get("rows_quarantined", 0),
        **(read_json(run.build / BUILT) or {"models_built": 0, "models_carried": 0}),
        "checks_passed": count["passed"],
        "checks_warned": count["warned"],
        "checks_accepted": count["accepted"],
        "checks_failed": count["failed"],
        "checks_errored": count["errored"],
        "seconds": round((datetime.now(UTC) - run.started_at).total_seconds(), 1),
        "failures": failures,
        "warnings": [_finding(result) for result in results if result["status"] in ("warned", "accepted")],
        "sources": landed.get("sources", {}),
        "as_of": run.as_of,
        "started_at": run.started_at.isoformat(timespec="seconds"),
        "previous_release": run.previous.name if run.previous else None,
        "fingerprint": dict(run.fingerprint),
        "acceptances": [{"check": accepted_name(accepted), "reason": accepted.reason} for accepted in run.acceptances],
        "left_out": [asdict(delivery) for delivery in run.left_out],
    }


def accepted_name(accepted: Acceptance) -> str:
    """An acceptance as written on the command line: `CHECK` or `CHECK:TARGET`."""
    return accepted.check if accepted.target is None else f"{accepted.check}:{accepted.target}"


def _finding(result: Mapping[str, Any]) -> dict[str, Any]:
    """A check's result as the summary tells it, each part in one line."""
    return {"check": result["check_name"], "target": result["target"], "observed": plain(result["observed"]), "expected": plain(result["expected"])}


def publish(run: Run) -> dict[str, Any]:
    """Make the run's folder the current release and say so in `runs/` and `status.json`."""
    said = summary(run, released=True)
    results = check_results(run)
    for kept in (CHECKS, LANDED, BUILT, ERROR):
        (run.build / kept).unlink(missing_ok=True)
    write_json(run.build / CHECK_RESULTS, results)
    write_json(run.build / release.SUMMARY, said)
    release.publish(run.home, run.build)
    _conclude(run, said, results)
    return said


def block(run: Run) -> dict[str, Any]:
    """End a run that made no release: its results and its build stay in `runs/`, the current release stays current."""
    said = summary(run, released=False)
    results = check_results(run)
    _keep_build(run, results)
    shutil.rmtree(run.build)
    _conclude(run, said, results)
    return said


def blocked_database(home: Path, run_id: str) -> Path:
    """The build file of a blocked run, to be asked read-only.

    Raises:
        release.UnknownRelease: the build of no such run is kept; the message names the one that is.
    """
    found = home / "runs" / run_id / release.DATABASE
    if found.exists() and _ID.fullmatch(run_id):
        return found
    kept = [file.parent.name for file in (home / "runs").glob(f"*/{release.DATABASE}")]
    there = f"kept is that of {', '.join(kept)}" if kept else "no build is kept"
    raise release.UnknownRelease(f"no build of the run {run_id!r} under {home}: only the last blocked run keeps its build, and {there}")


def _keep_build(run: Run, results: Sequence[Mapping[str, Any]]) -> None:
    """Keep the build file of a blocked run in place of that of an earlier one, with the run's check results in it."""
    built = run.build / release.DATABASE
    if not built.is_file():
        return
    for older in (run.home / "runs").glob(f"*/{release.DATABASE}"):
        older.unlink()
    if storage.has_no_room(run.home):
        return
    if results:
        from pipelines.shapes.check_result import CheckResult
        from pipelines.validate.results import append_results

        # A build that ended early may have no such table, or may be no database at all: what there is can be asked all the same.
        with suppress(Exception):
            append_results(built, run.run_id, [CheckResult(**result) for result in results])
    if built.with_name(f"{built.name}.wal").exists():
        return
    kept = run.home / "runs" / run.run_id
    kept.mkdir(parents=True, exist_ok=True)
    built.chmod(0o444)
    built.rename(kept / release.DATABASE)


def unchanged(home: Path, found: Path, stamps: str | None = None) -> dict[str, Any]:
    """End before building: the current release (`found`) already is what a run would make.

    Args:
        home: the warehouse's folder.
        found: the current release.
        stamps: how the files of the deliveries looked (see `pipelines.release.fingerprint.stamps_of`).
    """
    made = release.summary(found)
    said = {
        **{key: made[key] for key in ("deliveries", "rows_delivered", "rows_loaded", "rows_quarantined")},
        **{key: made[key] for key in ("checks_passed", "checks_warned", "checks_accepted", "checks_failed", "checks_errored")},
        "release_id": found.name,
        "released": False,
        "unchanged": True,
        "failures": [],
        "as_of": made["as_of"],
    }
    clear_leftovers(home)
    write_status(home, {"outcome": "unchanged", "run_id": None, "at": _now(), "failures": []}, stamps=stamps)
    return said


def rollback(home: Path, release_id: str) -> None:
    """Make an older release current again and say so in `status.json`.

    Raises:
        release.UnknownRelease: there is no such release.
    """
    release.rollback(home, release_id)
    write_status(home, {"outcome": "rolled_back", "run_id": release_id, "at": _now(), "failures": []})


def _conclude(run: Run, said: Mapping[str, Any], results: Sequence[Mapping[str, Any]]) -> None:
    """Keep the results of the run among the last five, drop `build/now`, write the status."""
    kept = run.home / "runs" / run.run_id
    kept.mkdir(parents=True, exist_ok=True)
    write_json(kept / CHECK_RESULTS, list(results))
    write_json(kept / SUMMARY, dict(said))
    for old in _ended(run.home)[:-KEPT_RUNS]:
        shutil.rmtree(old)
    run.now.unlink(missing_ok=True)
    stamps = run.fingerprint.get("stamps") if said["released"] else None
    write_status(run.home, _outcome(said, _now()), stamps=stamps)


def _outcome(said: Mapping[str, Any], at: str | None) -> dict[str, Any]:
    """How a run ended, from its summary."""
    return {"outcome": "released" if said["released"] else "blocked", "run_id": said["run_id"], "at": at, "failures": said["failures"]}


def _ended(home: Path) -> list[Path]:
    """The folders of runs that ended, oldest first; whatever else lies among them is not ours."""
    return sorted(folder for folder in (home / "runs").glob("*") if _ID.fullmatch(folder.name) and folder.is_dir())


def write_status(home: Path, last_run: Mapping[str, Any], *, stamps: str | None = None) -> None:
    """Write `status.json` after a run, a rollback, or a run that found nothing changed.

    Args:
        home: the warehouse's folder.
        last_run: how it ended.
        stamps: how the files of the deliveries looked that are now in a release; None leaves what was known.
    """
    known = _known(home)
    last_failure = dict(last_run) if last_run["outcome"] == "blocked" else known.get("last_failure")
    told = {"last_run": dict(last_run), "last_failure": last_failure, "stamps": stamps or known.get("stamps")}
    write_json(home / STATUS, {**_release_status(home), **_staleness(home, last_run), **told})


def settled_stamps(home: Path) -> str | None:
    """How the files of the deliveries looked when a run last released them, or found that nothing in them had changed."""
    known = _known(home).get("stamps")
    whole = release.ids(home)
    return known or (release.summary(home / "releases" / whole[-1]).get("fingerprint", {}).get("stamps") if whole else None)


def status(home: Path, *, running: bool) -> dict[str, Any]:
    """The state of a home as it is now, also after a run that was killed.

    Args:
        home: the warehouse's folder.
        running: whether a run holds the lock (its folder under `build/` then is no leftover).
    """
    known = _known(home)
    last_run, last_failure = known.get("last_run"), known.get("last_failure")
    killed = None if running else interrupted(home)
    if killed is not None:
        last_run = last_failure = {"outcome": "killed", "run_id": killed, "at": None, "failures": []}
    return {**_release_status(home), **_staleness(home, last_run), "last_run": last_run, "last_failure": last_failure, "running": running}


def _known(home: Path) -> dict[str, Any]:
    """What `status.json` says; where it is damaged or gone, what the summaries of the last runs say instead."""
    try:
        known = read_json(home / STATUS)
        if isinstance(known, dict) and {"last_run", "last_failure"} <= known.keys():
            return known
        if known is not None:
            raise DamagedFile(f"{home / STATUS} is damaged: it does not say how the last run ended")
    except DamagedFile as damaged:
        _log.warning("%s; how the last runs ended is read from %s", damaged, home / "runs")
    known = {}
    for folder in _ended(home):
        with suppress(DamagedFile, OSError):
            said = read_json(folder / SUMMARY)
            if said:
                known["last_run"] = _outcome(said, said.get("started_at"))
                if not said["released"]:
                    known["last_failure"] = known["last_run"]
    return known


def _release_status(home: Path) -> dict[str, Any]:
    found = release.current(home)
    if found is None:
        return {"release_id": None, "released_at": None, "as_of": None, "acceptances": [], "left_out": []}
    made = release.summary(found)
    told = {name: made.get(name, []) for name in ("acceptances", "left_out")}
    return {"release_id": found.name, "released_at": made["released_at"], "as_of": made["as_of"], **told}


def _staleness(home: Path, last_run: Mapping[str, Any] | None) -> dict[str, Any]:
    """Stale: nothing is released, the last run made no release, or an older release was made current."""
    found = release.current(home)
    if found is None:
        return {"stale": True, "why": "nothing has been released yet"}
    # A kill between the switch and this file leaves an older failure behind: the release is newer, so it does not count.
    if last_run and last_run["outcome"] in ("blocked", "killed") and last_run["run_id"] > found.name:
        return {"stale": True, "why": f"the run {last_run['run_id']} was {last_run['outcome']}; the release before it stays current"}
    newest = release.ids(home)[-1]
    if newest != found.name:
        return {"stale": True, "why": f"the release {newest} is newer than the current one"}
    return {"stale": False, "why": None}


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
