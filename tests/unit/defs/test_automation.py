import json
import shutil
import uuid
from types import SimpleNamespace

import dagster as dg
import pytest

from pipelines.defs import automation
from pipelines.defs.automation import SECONDS_BETWEEN_TRIES, daily_schedule, deliveries_sensor
from pipelines.defs.history import ephemeral_instance
from pipelines.release import run as runs
from pipelines.release.fingerprint import stamps_of
from pipelines.release.lock import lock


@pytest.fixture
def look(tmp_path, monkeypatch):
    """look() -> run keys that the sensor asks for, evaluated as the daemon does, cursor after cursor; the clock stands still until it is moved."""
    home, raw = tmp_path / "warehouse", tmp_path / "raw"
    (raw / "missions").mkdir(parents=True)
    home.mkdir()
    sensor = deliveries_sensor(home, raw)
    clock = SimpleNamespace(now=1_800_000_000.0)
    monkeypatch.setattr(automation.time, "time", lambda: clock.now)
    cursor, instance = [None], dg.DagsterInstance.ephemeral()

    def evaluate():
        context = dg.build_sensor_context(cursor=cursor[0], instance=instance)
        result = sensor.evaluate_tick(context)
        cursor[0] = result.cursor or cursor[0]
        return [request.run_key for request in result.run_requests or []]

    def end(key, status=dg.DagsterRunStatus.SUCCESS, *, released=True):
        """The run with that key exists and stands so; a released one settles what lies there now."""
        instance.add_run(dg.DagsterRun(job_name="refresh", run_id=str(uuid.uuid4()), status=status, tags={"dagster/run_key": key}))
        if released:
            runs.write_status(home, {"outcome": "released", "run_id": "20260101T000000Z-0000", "at": None, "failures": []}, stamps=stamps_of(raw))

    evaluate.home, evaluate.raw, evaluate.clock, evaluate.end, evaluate.cursor = home, raw, clock, end, cursor
    return evaluate


def test_run_starts_when_a_delivery_has_arrived_and_holds_still(look):
    (look.raw / "missions" / "m.csv").write_text("mission_id\n")
    assert look() == []
    (look.raw / "missions" / "m.csv").write_text("mission_id\nM1\n")
    assert look() == []
    assert len(look()) == 1
    assert look() == []


def test_changed_and_withdrawn_deliveries_start_a_run_each(look):
    delivery = look.raw / "missions" / "m.csv"
    asked = []
    for change in (lambda: delivery.write_text("mission_id\n"), lambda: delivery.write_text("mission_id\nM2\n"), delivery.unlink):
        change()
        asked.append(look() + look())
        look.end(*asked[-1])
        assert look() == []
    assert [len(keys) for keys in asked] == [1, 1, 1]
    assert len({key for keys in asked for key in keys}) == 3


def test_folder_that_returns_to_an_earlier_state_is_loaded_again(look):
    """The file goes out and comes back with its time: Dagster never repeats a run key, so the key must be a new one."""
    delivery, aside = look.raw / "missions" / "m.csv", look.raw.parent / "m.csv"
    delivery.write_text("mission_id\n")
    asked = []
    for move in (None, (delivery, aside), (aside, delivery), (delivery, aside), (aside, delivery)):
        if move:
            shutil.move(*move)
        asked += look() + look()
        look.end(asked[-1])
        assert look() == []
    assert len(asked) == len(set(asked)) == 5


@pytest.mark.parametrize("status", [dg.DagsterRunStatus.CANCELED, dg.DagsterRunStatus.FAILURE, dg.DagsterRunStatus.SUCCESS, None])
def test_run_that_made_no_release_is_asked_for_again_with_growing_patience(look, status):
    (look.raw / "missions" / "m.csv").write_text("mission_id\n")
    asked, pauses = look() + look(), []
    for _ in range(3):
        if status:
            look.end(asked[-1], status, released=False)
        waited = 0
        while not (again := look()):
            look.clock.now += SECONDS_BETWEEN_TRIES
            waited += SECONDS_BETWEEN_TRIES
        asked += again
        pauses.append(waited)
    assert len(set(asked)) == 4
    assert pauses == [SECONDS_BETWEEN_TRIES, 2 * SECONDS_BETWEEN_TRIES, 4 * SECONDS_BETWEEN_TRIES]


@pytest.mark.parametrize("status", [dg.DagsterRunStatus.NOT_STARTED, dg.DagsterRunStatus.STARTED, dg.DagsterRunStatus.CANCELING])
def test_run_under_way_is_not_asked_for_twice(look, status):
    (look.raw / "missions" / "m.csv").write_text("mission_id\n")
    (key,) = look() + look()
    look.end(key, status, released=False)
    look.clock.now += 1_000_000
    assert look() == []


def test_sensor_waits_while_a_run_holds_the_lock(look):
    (look.raw / "missions" / "m.csv").write_text("mission_id\n")
    look()
    with lock(look.home):
        assert look() == []
    assert len(look()) == 1


def test_release_made_from_the_same_files_needs_no_run(look):
    release = look.home / "releases" / "20240101T000000Z-0000"
    release.mkdir(parents=True)
    (release / "techcoop.duckdb").touch()
    (release / "summary.json").write_text(json.dumps({"released": True, "fingerprint": {"stamps": stamps_of(look.raw)}}))
    (look.home / "current").symlink_to("releases/20240101T000000Z-0000")
    assert look() + look() == []


def test_rollback_is_not_undone_by_the_sensor(look):
    (look.raw / "missions" / "m.csv").write_text("mission_id\n")
    look.end(*(look() + look()))
    runs.write_status(look.home, {"outcome": "rolled_back", "run_id": "20250101T000000Z-0000", "at": None, "failures": []})
    assert look() + look() == []


@pytest.mark.parametrize("text", ["", "no cursor", "[]", json.dumps({"seen": "a", "started": "b"})])
def test_cursor_of_another_kind_begins_anew(look, text):
    (look.raw / "missions" / "m.csv").write_text("mission_id\n")
    look.cursor[0] = text
    assert len(look() + look()) == 1


def test_job_runs_once_a_day():
    schedule = daily_schedule()
    assert schedule.job_name == "refresh"
    assert schedule.cron_schedule.endswith("* * *")


def test_a_run_from_the_command_line_leaves_no_event_behind():
    @dg.asset
    def delivered() -> int:
        return 1

    with ephemeral_instance() as instance:
        assert dg.materialize([delivered], instance=instance).success
        assert instance.get_latest_materialization_event(dg.AssetKey("delivered")) is None
