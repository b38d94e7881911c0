"""Whole runs through the command line: released, unchanged, blocked, accepted, at once, killed, read meanwhile."""

import json
import random
import signal
import subprocess
import sys
import textwrap
import threading
import time

import duckdb
import pytest

from pipelines.release.lock import holder

SAID = {
    "release_id", "released", "unchanged", "deliveries", "rows_delivered", "rows_loaded", "rows_quarantined", "checks_passed",
    "checks_warned", "checks_failed", "checks_errored", "seconds", "failures",
}  # fmt: skip


def test_run_says_what_it_did_and_publishes_it(first_release):
    said = json.loads((first_release.home / "current" / "summary.json").read_text())
    assert said.keys() >= SAID
    assert (said["deliveries"], said["rows_delivered"], said["rows_loaded"], said["rows_quarantined"]) == (2, 2, 2, 0)
    assert said["checks_passed"] > 50 and said["checks_failed"] == said["checks_errored"] == 0
    assert first_release.one("select count(*), count(distinct run_id) from audit.check_results") == (
        said["checks_passed"] + said["checks_warned"],
        1,
    )
    assert (first_release.home / "docs" / "great_expectations" / "index.html").exists()
    assert not list(first_release.home.glob("releases/*/*.wal"))
    assert not list((first_release.home / "build").iterdir())


def test_release_answers_under_another_name(first_release):
    with duckdb.connect() as connection:
        connection.execute(f"attach '{first_release.home / 'techcoop.duckdb'}' as other (read_only)")
        views = connection.execute("select schema_name || '.' || view_name from duckdb_views() where database_name = 'other' and not internal").fetchall()
        for (view,) in views:
            connection.execute(f"select count(*) from other.{view}")


def test_share_is_explained_by_the_delivered_rows_that_add_to_it(first_release):
    where = "measure=expenditure_usd,funding_level=0,funding_source=all,region_scheme=country,region=KG"
    (explanation,) = json.loads(first_release.techcoop("explain", "shares_by_region", "--where", where, "--json").stdout)["explanations"]
    assert explanation["adds_to"] == explanation["line"]["value"] == 60000.01
    assert [(row["source_file"], row["source_row"]) for row in explanation["rows"]] == [("project_transactions/t.csv", 2)]
    assert explanation["not_applied"] == []


def test_unchanged_run_imports_none_of_the_slow_libraries(first_release):
    program = textwrap.dedent(
        f"""
        import sys
        from pipelines.cli import app
        try:
            app(["run", "--json", "--home", {str(first_release.home)!r}, "--raw", {str(first_release.raw)!r}, "--as-of", {first_release.as_of!r}])
        except SystemExit as end:
            assert end.code == 0, end.code
        slow = {{"dagster", "dbt", "great_expectations", "polars", "duckdb"}} & set(sys.modules)
        assert not slow, slow
        """
    )
    process = subprocess.run([sys.executable, "-c", program], text=True, capture_output=True)
    assert process.returncode == 0, process.stderr
    assert json.loads(process.stdout)["unchanged"] is True


def test_raw_root_without_deliveries_is_a_configuration_error(warehouse, tmp_path):
    (tmp_path / "empty").mkdir()
    process = warehouse.techcoop("run", "--raw", str(tmp_path / "empty"))
    assert process.returncode == 2
    assert len(process.stderr.splitlines()) == 1 and "no delivery here" in process.stderr


def test_check_that_cannot_be_accepted_is_refused_before_anything_is_built(warehouse):
    for check in ("money_is_conserved", "no_such_check"):
        process = warehouse.techcoop("run", "--force", "--accept", check, "--reason", "because")
        assert process.returncode == 2 and "Traceback" not in process.stderr
    assert warehouse.techcoop("run", "--accept", "magnitude").returncode == 2


def test_thousandfold_delivery_is_blocked_then_accepted_then_rolled_back(warehouse):
    before = json.loads(warehouse.techcoop("status", "--json").stdout)
    assert before["stale"] is False
    warehouse.deliver_expenditure("100000010.00")

    said = warehouse.run(code=1)
    assert said["released"] is False and said["failures"]
    assert {failure["check"] for failure in said["failures"]} == {"magnitude"}
    assert all(failure.keys() == {"check", "target", "observed", "expected"} for failure in said["failures"])
    assert warehouse.one("select sum(amount)::varchar from raw.project_transactions") == ("100000.0100000000",)
    blocked = json.loads(warehouse.techcoop("status", "--json").stdout)
    assert blocked["stale"] is True and blocked["release_id"] == before["release_id"]
    assert blocked["last_failure"]["run_id"] == said["run_id"]
    assert json.loads((warehouse.home / "status.json").read_text())["stale"] is True
    kept = json.loads((warehouse.home / "runs" / said["run_id"] / "check_results.json").read_text())
    assert sum(result["status"] == "failed" for result in kept) == len(said["failures"])

    accepted = warehouse.run("--accept", "magnitude", "--reason", "checked with the division")
    assert accepted["released"] is True and accepted["previous_release"] == before["release_id"]
    reasons = warehouse.one("select count(*), min(reason) from audit.check_results where status = 'accepted'")
    assert reasons == (len(said["failures"]), "checked with the division")
    assert json.loads(warehouse.techcoop("status", "--json").stdout)["stale"] is False
    assert warehouse.run()["unchanged"] is True

    assert warehouse.techcoop("rollback", "20200101T000000Z-0000").returncode == 2
    assert warehouse.techcoop("rollback", before["release_id"]).returncode == 0
    assert warehouse.one("select sum(amount)::varchar from raw.project_transactions") == ("100000.0100000000",)
    listed = json.loads(warehouse.techcoop("releases", "--json").stdout)["releases"]
    assert [(release["release_id"], release["current"]) for release in listed] == [(accepted["release_id"], False), (before["release_id"], True)]


class Readers:
    """Readers that open the release again and again, each in a process of its own as analysts are."""

    PROGRAM = textwrap.dedent(
        """
        import sys, time, duckdb
        while True:
            with duckdb.connect(sys.argv[1], read_only=True) as connection:
                raw, facts, run = connection.execute('''select
                    (select sum(amount) from raw.project_transactions), (select sum(amount) from marts.fct_spending),
                    (select count(distinct run_id) from audit.check_results)''').fetchone()
                assert raw == facts and run == 1, (raw, facts, run)
            print(raw, flush=True)
            # Analysts think between two questions; eight busy loops would only starve the runs of processors.
            time.sleep(0.5)
        """
    )

    def __init__(self, database, count):
        command = [sys.executable, "-c", self.PROGRAM, str(database)]
        self.processes = [subprocess.Popen(command, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE) for _ in range(count)]
        self.seen = [[] for _ in range(count)]
        self.threads = [threading.Thread(target=self._read, args=[number]) for number in range(count)]
        for thread in self.threads:
            thread.start()

    def _read(self, number):
        for line in self.processes[number].stdout:
            self.seen[number].append(line.strip())

    def stop(self):
        """Complaints of readers that did not get through; a reader stopped by us has none."""
        alive = [process.poll() is None for process in self.processes]
        for process in self.processes:
            process.send_signal(signal.SIGKILL)
        for thread in self.threads:
            thread.join()
        return [process.stderr.read() for process, lived in zip(self.processes, alive, strict=True) if not lived]


@pytest.mark.parametrize("runs", [2, pytest.param(5, marks=pytest.mark.slow)])
def test_eight_readers_are_never_blocked_nor_see_a_torn_release(warehouse, runs):
    readers = Readers(warehouse.home / "techcoop.duckdb", 8)
    try:
        for number in range(runs):
            warehouse.deliver_expenditure(f"{100001 + number}.00")
            assert warehouse.run()["released"] is True
        # Whoever reads now reads the last release.
        counts = [len(seen) for seen in readers.seen]
        while any(len(seen) < count + 2 and process.poll() is None for seen, count, process in zip(readers.seen, counts, readers.processes, strict=True)):
            time.sleep(0.1)
    finally:
        complaints = readers.stop()
    assert complaints == []
    assert all(seen[-1].startswith(str(100000 + runs)) for seen in readers.seen)


def test_second_run_at_once_is_told_who_is_running(warehouse):
    warehouse.deliver_expenditure("100002.00")
    first = warehouse.start("run", "--json")
    while holder(warehouse.home) is None and first.poll() is None:
        time.sleep(0.01)
    second = warehouse.techcoop("run", "--json")
    assert second.returncode == 2
    assert len(second.stderr.splitlines()) == 1 and f"process {first.pid} since" in second.stderr
    out, err = first.communicate()
    assert first.returncode == 0, err
    assert json.loads(out)["released"] is True


@pytest.mark.parametrize("kills", [3, pytest.param(20, marks=pytest.mark.slow)])
def test_kill_at_any_moment_leaves_the_last_release_whole_and_the_next_run_clean(warehouse, kills):
    began = time.monotonic()
    warehouse.deliver_expenditure("100000.00")
    warehouse.run()
    whole_run = time.monotonic() - began
    moments = random.Random(2004)
    released = {"100000.00"}
    for number in range(kills):
        amount = f"{100001 + number}.00"
        warehouse.deliver_expenditure(amount)
        process = warehouse.start("run", "--json")
        time.sleep(moments.uniform(0, whole_run))
        process.kill()
        process.communicate()
        released.add(amount)
        (total,) = warehouse.one("select sum(amount)::decimal(18, 2)::varchar from marts.fct_spending")
        assert total in released
        assert warehouse.one("select count(distinct run_id) from audit.check_results") == (1,)
    warehouse.deliver_expenditure("100100.00")
    assert warehouse.run()["released"] is True
    assert warehouse.one("select sum(amount)::decimal(18, 2)::varchar from marts.fct_spending") == ("100100.00",)
    assert not list((warehouse.home / "build").iterdir())
    assert json.loads(warehouse.techcoop("status", "--json").stdout)["stale"] is False
