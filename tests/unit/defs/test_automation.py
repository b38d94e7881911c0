import json

import dagster as dg
import pytest

from pipelines.defs.automation import daily_schedule, deliveries_sensor
from pipelines.publish.fingerprint import stamps_of
from pipelines.publish.lock import lock


@pytest.fixture
def look(tmp_path):
    """look() -> run keys that the sensor asks for, evaluated as the daemon does, cursor after cursor."""
    home, raw = tmp_path / "warehouse", tmp_path / "raw"
    (raw / "missions").mkdir(parents=True)
    sensor = deliveries_sensor(home, raw)
    cursor = [None]

    def evaluate():
        context = dg.build_sensor_context(cursor=cursor[0])
        result = sensor.evaluate_tick(context)
        cursor[0] = result.cursor or cursor[0]
        return [request.run_key for request in result.run_requests or []]

    evaluate.home, evaluate.raw = home, raw
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
    delivery.write_text("mission_id\n")
    arrived = look() + look()
    delivery.write_text("mission_id\nM2\n")
    changed = look() + look()
    delivery.unlink()
    withdrawn = look() + look()
    assert [len(keys) for keys in (arrived, changed, withdrawn)] == [1, 1, 1]
    assert len({*arrived, *changed, *withdrawn}) == 3


def test_sensor_waits_while_a_run_holds_the_lock(look):
    (look.raw / "missions" / "m.csv").write_text("mission_id\n")
    look()
    with lock(look.home):
        assert look() == []
    assert len(look()) == 1


def test_release_made_from_the_same_files_needs_no_run(look):
    release = look.home / "releases" / "20240101T000000Z-0000"
    release.mkdir(parents=True)
    (release / "summary.json").write_text(json.dumps({"fingerprint": {"stamps": stamps_of(look.raw)}}))
    (look.home / "current").symlink_to("releases/20240101T000000Z-0000")
    assert look() + look() == []


def test_job_runs_once_a_day():
    schedule = daily_schedule()
    assert schedule.job_name == "refresh"
    assert schedule.cron_schedule.endswith("* * *")
