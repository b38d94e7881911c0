import errno
import io
import json
from dataclasses import replace
from pathlib import Path

import pytest

from pipelines.release import releases as release
from pipelines.release import run as runs
from pipelines.release.fingerprint import changes, left_out_hash
from pipelines.shapes.check_result import CheckResult
from pipelines.shapes.left_out import LeftOut
from pipelines.validate.runner import Acceptance


def result(status="passed"):
    return CheckResult(
        check_name="magnitude", engine="great_expectations", target="raw.missions", severity="error", status=status, observed="1000", expected="below 20"
    )


def test_blocked_run_keeps_its_results_and_the_last_release(home, begun):
    first = begun("good")
    runs.publish(first)
    blocked = begun("bad")
    runs.add_check_results(blocked, [result("failed"), result()])
    said = runs.block(blocked)
    assert said["released"] is False and said["checks_failed"] == 1 and said["checks_passed"] == 1
    assert said["failures"] == [{"check": "magnitude", "target": "raw.missions", "observed": "1000", "expected": "below 20"}]
    assert (home / "techcoop.duckdb").read_text() == "good"
    assert len(json.loads((home / "runs" / blocked.run_id / "check_results.json").read_text())) == 2
    status = json.loads((home / "status.json").read_text())
    assert status["stale"] is True and status["release_id"] == first.run_id
    assert status["last_failure"]["run_id"] == blocked.run_id
    assert not list((home / "build").iterdir())


def test_blocked_run_without_a_failed_check_says_why(begun):
    run = begun()
    runs.note_error(run, "dbt could not parse the project")
    runs.note_error(run, "no such table")
    assert [failure["observed"] for failure in runs.block(run)["failures"]] == ["dbt could not parse the project"]
    assert [failure["observed"] for failure in runs.block(begun())["failures"]] == ["it was stopped"]


def test_run_whose_disk_is_full_says_why_all_the_same(home, begun, monkeypatch):
    first = begun("good")
    runs.publish(first)
    run = begun("half")
    runs.add_check_results(run, [result()])

    class Full(io.TextIOWrapper):
        def writelines(self, lines):
            super().write(next(iter(lines))[:20])
            super().flush()
            raise OSError(errno.ENOSPC, "No space left on device")

        write = writelines

    with monkeypatch.context() as disk:
        disk.setattr(Path, "open", lambda path, mode, encoding: Full(io.FileIO(path, mode), encoding))
        disk.setattr(Path, "write_text", lambda path, text, encoding: path.open("w", encoding=encoding).write([text]))
        with pytest.raises(OSError):
            runs.add_check_results(run, [result("failed")])
        runs.note_error(run, "the disk is full")
    said = runs.block(run)
    assert [failure["observed"] for failure in said["failures"]] == ["the disk is full"] and said["checks_passed"] == 1
    assert (home / "techcoop.duckdb").read_text() == "good"


def test_release_after_a_blocked_run_is_not_stale_and_remembers_the_failure(home, begun):
    blocked = begun()
    runs.block(blocked)
    runs.publish(begun())
    status = runs.status(home, running=False)
    assert status["stale"] is False and status["last_failure"]["run_id"] == blocked.run_id


def test_results_of_the_last_five_runs_are_kept(home, begun):
    made = [runs.block(begun())["run_id"] for _ in range(7)]
    assert sorted(folder.name for folder in (home / "runs").iterdir()) == made[2:]


def test_killed_run_is_seen_by_status_and_cleared_by_the_next(home, begun):
    runs.publish(begun("good"))
    killed = begun("half")
    status = runs.status(home, running=False)
    assert status["stale"] is True and killed.run_id in status["why"]
    assert runs.status(home, running=True)["stale"] is False
    fresh = begun("whole")
    assert not killed.build.exists()
    assert (home / "build" / "now").resolve() == fresh.build


def test_same_inputs_are_unchanged_and_other_inputs_are_named(home, begun):
    assert changes(home, {"deliveries": "a"}) == ["nothing has been released yet"]
    runs.publish(begun(fingerprint="a"))
    assert changes(home, {"deliveries": "a"}) == []
    assert changes(home, {"deliveries": "b"}) == ["deliveries"]
    assert changes(home, {"deliveries": "a"}, [Acceptance(check="magnitude", target=None, reason="asked")]) == ["acceptance of magnitude"]


def test_unchanged_run_reports_the_release_that_stands(home, begun):
    run = begun()
    runs.add_landed(run, {"deliveries": 2, "rows_delivered": 5, "rows_loaded": 4, "rows_quarantined": 1})
    runs.publish(run)
    said = runs.unchanged(home, home / "releases" / run.run_id)
    assert said["unchanged"] is True and said["released"] is False and said["release_id"] == run.run_id
    assert (said["deliveries"], said["rows_delivered"], said["rows_loaded"], said["rows_quarantined"]) == (2, 5, 4, 1)


def test_run_is_later_than_all_others_also_where_the_clock_has_gone_backwards(home, begun):
    later = home / "releases" / "20991231T235959Z-ffff"
    later.mkdir(parents=True)
    first = begun()
    assert first.run_id.startswith("21000101T000000Z-")
    said = runs.block(first)
    second = begun("good")
    assert second.run_id > first.run_id
    status = runs.status(home, running=True)
    assert status["last_run"]["run_id"] == said["run_id"] and status["last_failure"]["run_id"] == said["run_id"]
    runs.publish(second)
    assert runs.status(home, running=False)["stale"] is False
    third = runs.block(begun())
    assert runs.status(home, running=False)["stale"] is True and third["run_id"] in runs.status(home, running=False)["why"]
    assert (home / "runs" / third["run_id"] / "summary.json").exists()


def test_only_the_last_blocked_build_is_kept(home, begun):
    first, second = runs.block(begun("one"))["run_id"], runs.block(begun("two"))["run_id"]
    assert runs.blocked_database(home, second).read_text() == "two"
    with pytest.raises(release.UnknownRelease, match=second):
        runs.blocked_database(home, first)
    runs.publish(begun("good"))
    assert runs.blocked_database(home, second).exists()


@pytest.mark.parametrize("content", ["", "null", "[]", "7", '{"last', '{"stale": true}'])
def test_damaged_status_is_made_again_from_the_runs(home, begun, caplog, content):
    runs.publish(begun("good"))
    blocked = runs.block(begun("bad"))
    (home / "status.json").write_text(content)
    status = runs.status(home, running=False)
    assert status["stale"] is True and status["last_failure"]["run_id"] == blocked["run_id"] and "is damaged" in caplog.text
    runs.publish(begun("better"))
    assert json.loads((home / "status.json").read_text())["last_failure"]["run_id"] == blocked["run_id"]


def test_what_others_lay_among_the_runs_stays(home, begun):
    (home / "runs" / "notes").mkdir(parents=True)
    (home / "runs" / "zz.txt").write_text("mine")
    for _ in range(7):
        runs.block(begun())
    assert (home / "runs" / "notes").exists() and (home / "runs" / "zz.txt").exists()


def test_run_without_a_delivery_is_unchanged_only_with_the_same_one_left_out():
    left = LeftOut(delivery_id="0123456789abcdef", source="missions", source_file="missions/m.csv", reason="wrong year")
    assert left_out_hash([]) == "" and left_out_hash([left]) not in ("", left_out_hash([replace(left, delivery_id="f" * 16)]))
