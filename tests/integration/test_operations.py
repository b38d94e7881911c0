"""What goes wrong around a run, and what the warehouse does about it: laws broken on purpose, damaged files, lost links, closed homes, two runs at once."""

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import dagster as dg
import duckdb
import pytest

from pipelines import settings
from pipelines.defs.assembly import definitions

HEADER = "transaction_id,project_id,transaction_type,transaction_date,amount,currency\n"
PROJECT = "project_id,title,entity,subprogrammes,funding_source,start_date,status,currency\n{},Water,ECE,1,trust_fund,2023-01-01,active,USD\n"


@dataclass(frozen=True, kw_only=True)
class Checkout:
    """A copy of the project, in which a test may break something, with a home and deliveries of its own."""

    project: Path
    home: Path
    raw: Path

    def techcoop(self, *arguments: str) -> subprocess.CompletedProcess:
        places = {"PYTHONPATH": str(self.project), "TECHCOOP_HOME": str(self.home), "TECHCOOP_RAW_DIR": str(self.raw)}
        program = "from pipelines.cli import main; main()"
        return subprocess.run([sys.executable, "-c", program, *arguments], cwd=self.project, env={**os.environ, **places}, text=True, capture_output=True)


@pytest.fixture
def checkout(tmp_path) -> Checkout:
    copy = Checkout(project=tmp_path / "checkout", home=tmp_path / "warehouse", raw=tmp_path / "raw")
    left = shutil.ignore_patterns("target", "logs", "__pycache__")
    for folder in ("pipelines", "dbt_project", "data/seeds"):
        shutil.copytree(settings.PROJECT / folder, copy.project / folder, ignore=left)
    shutil.copy(settings.PROJECT / "requirements.lock", copy.project)
    for name, content in {
        "trust_fund_projects/p.csv": PROJECT.format("P1"),
        "project_transactions/good.csv": f"{HEADER}T1,P1,expenditure,2023-05-01,1000.50,USD\n",
        "project_transactions/bad.csv": f"{HEADER}T2,P1,expenditure,2023-05-01,70,USD\nT3,P1,expenditure,2023-06-01,500.25,USD\n",
    }.items():
        (copy.raw / name).parent.mkdir(parents=True, exist_ok=True)
        (copy.raw / name).write_text(content)
    return copy


def test_law_that_fails_names_its_culprits_and_a_release_without_them_is_possible(checkout):
    """A model that loses one record: the law, the table, the delivered row and both amounts are told, and the build can be asked."""
    model = next(checkout.project.rglob("stg_project_transactions.sql"))
    *body, last = model.read_text().strip().splitlines()
    model.write_text("\n".join([*body, f"{last} where transaction_id <> 'T3'", ""]))
    process = checkout.techcoop("run", "--json", "--as-of", "2026-11-01")
    assert process.returncode == 1, process.stderr[-2000:]
    assert "Stack Trace" not in process.stdout + process.stderr and "Traceback" not in process.stdout + process.stderr
    said = json.loads(process.stdout)
    (failure,) = [failure for failure in said["failures"] if failure["check"] == "assert_money_is_conserved"]
    assert failure["target"] == "staging.stg_project_transactions"
    assert failure["expected"].startswith("Law 1 and law 5: nothing is lost")
    assert "project_transactions/bad.csv row 3 (delivery " in failure["observed"] and "500.25 became nothing" in failure["observed"]
    assert "row 2" not in failure["observed"] and "good.csv" not in failure["observed"]

    run = said["run_id"]
    assert (checkout.home / "runs" / run / "techcoop.duckdb").exists()
    asked = checkout.techcoop("sql", "--run", run, "select count(*) as n from raw.project_transactions", "--format", "csv")
    assert asked.stdout == "n\n3\n", asked.stderr
    status = checkout.techcoop("sql", "--run", run, "select status from audit.check_results where check_name = 'assert_money_is_conserved'", "--format", "csv")
    assert status.stdout == "status\nfailed\n", status.stderr
    explained = checkout.techcoop("explain", "fct_spending", "--where", "entity=ECE", "--run", run, "--json")
    assert "good.csv" in explained.stdout, explained.stderr
    assert checkout.techcoop("sql", "--run", "20200101T000000Z-0000", "select 1").returncode == 2
    assert checkout.techcoop("sql", "select 1").returncode == 2

    unknown = checkout.techcoop("run", "--without", "project_transactions/bda.csv", "--reason", "lost")
    assert unknown.returncode == 2 and "project_transactions/bad.csv" in unknown.stderr and len(unknown.stderr.splitlines()) == 1
    assert checkout.techcoop("run", "--without", "project_transactions/bad.csv").returncode == 2
    again = checkout.techcoop("run", "--json", "--as-of", "2026-11-01", "--without", "project_transactions/bad.csv", "--reason", "the model loses a row of it")
    assert again.returncode == 0, again.stdout[-3000:] + again.stderr[-2000:]
    said = json.loads(again.stdout)
    assert said["checks_accepted"] == 1 and said["as_of"] == "2026-11-01"
    with duckdb.connect(str(checkout.home / "techcoop.duckdb"), read_only=True) as connection:
        told = connection.execute("select status, message from audit.deliveries where source_file = 'project_transactions/bad.csv'").fetchall()
        assert told == [("set_aside", "left out of this release: the model loses a row of it")]
        accepted = connection.execute("select check_name, reason from audit.check_results where status = 'accepted'").fetchall()
        assert accepted == [("delivery_left_out", "the model loses a row of it")]
        ((release_id, as_of, made_at, previous, engine),) = connection.execute(
            "select release_id, as_of, made_at, previous_release_id, engine from audit.release"
        ).fetchall()
        assert (release_id, str(as_of), previous, engine) == (said["release_id"], "2026-11-01", None, "duckdb") and made_at is not None
        assert connection.execute("select sum(amount)::varchar from marts.fct_spending").fetchone() == ("1000.50",)
    assert "the model loses a row of it" in checkout.techcoop("status").stdout
    assert "the model loses a row of it" in checkout.techcoop("releases", "--json").stdout
    assert "the model loses a row of it" in (checkout.home / "docs" / "index.html").read_text()
    same = checkout.techcoop("run", "--json", "--as-of", "2026-11-01", "--without", "project_transactions/bad.csv", "--reason", "the model loses a row of it")
    assert json.loads(same.stdout)["unchanged"] is True


def test_damaged_files_are_noticed_said_and_made_again(warehouse):
    parts = sorted(file for file in (warehouse.home / "landing").rglob("*.parquet"))
    assert len(parts) >= 7
    for place, part in enumerate(parts):
        content = bytearray(part.read_bytes())
        part.chmod(0o644)
        # A bit in the middle, a tail that is missing, or nothing at all.
        content[len(content) // 2] ^= 1
        part.write_bytes((bytes(content), bytes(content[:-8]), b"")[place % 3])
    (warehouse.home / "landing" / "hashes.json").write_text('{"a": [')
    (warehouse.home / "status.json").write_text("")
    for file in (warehouse.home / "dbt").rglob("*"):
        if file.name.startswith("manifest") or file.suffix == ".msgpack":
            file.write_bytes(file.read_bytes()[:1000])
    status = warehouse.techcoop("status", "--json")
    assert status.returncode == 0 and json.loads(status.stdout)["stale"] is False
    assert "status.json is damaged" in status.stderr
    process = warehouse.techcoop("run", "--json", "--force", "--as-of", warehouse.as_of)
    assert process.returncode == 0, process.stdout[-2000:] + process.stderr[-2000:]
    for said in ("hashes.json is damaged", "p.csv: 1 rows", "what was kept of a delivery is damaged", "manifest-"):
        assert said in process.stderr, said
    assert warehouse.one("select sum(amount)::varchar from raw.project_transactions") == ("100000.0100000000",)


@pytest.fixture
def closed(warehouse):
    """A home in which nothing may be written, by its owner either."""
    for path in sorted(warehouse.home.rglob("*"), reverse=True):
        if not path.is_symlink():
            path.chmod(0o555 if path.is_dir() else 0o444)
    warehouse.home.chmod(0o555)
    yield warehouse
    warehouse.home.chmod(0o755)
    for path in warehouse.home.rglob("*"):
        if path.is_dir() and not path.is_symlink():
            path.chmod(0o755)


QUESTIONS = (("status",), ("sql", "select count(*) from marts.fct_spending"), ("releases",), ("explain", "fct_spending", "--where", "entity=ECE"))


@pytest.mark.parametrize("lost", [False, True])
def test_whoever_may_only_read_the_home_is_answered(closed, obeying_permissions, lost):
    if lost:
        closed.home.chmod(0o755)
        (closed.home / "current").unlink()
        closed.home.chmod(0o555)
    for arguments in QUESTIONS:
        command = [*obeying_permissions, str(Path(sys.executable).with_name("techcoop")), *arguments, "--home", str(closed.home)]
        process = subprocess.run(command, text=True, capture_output=True)
        assert process.returncode == 0, (arguments, process.stderr)
        assert ("is read instead" in process.stderr) is lost and "Traceback" not in process.stderr


@pytest.mark.parametrize("damage", ["gone", "dangling", "no release"])
def test_lost_link_is_restored_to_the_newest_whole_release(warehouse, damage):
    link, release = warehouse.home / "current", (warehouse.home / "current").resolve().name
    half = warehouse.home / "releases" / "20991231T000000Z-0000"
    shutil.copytree(warehouse.home / "releases" / release, half)
    (half / "techcoop.duckdb").unlink()
    link.unlink()
    if damage != "gone":
        link.symlink_to("releases/nothing" if damage == "dangling" else "releases")
    process = warehouse.techcoop("status", "--json")
    assert json.loads(process.stdout)["release_id"] == release
    assert f"restored to the newest whole release {release}" in process.stderr and len(process.stderr.splitlines()) == 1
    assert link.resolve().name == release and warehouse.techcoop("status").stderr == ""


def test_releases_alone_are_a_restore(warehouse, tmp_path):
    release = (warehouse.home / "current").resolve().name
    shutil.copytree(warehouse.home / "releases", tmp_path / "restored" / "releases")
    restored = type(warehouse)(home=tmp_path / "restored", raw=warehouse.raw)
    process = restored.techcoop("sql", "select release_id from audit.release", "--format", "csv")
    assert process.stdout == f"release_id\n{release}\n", process.stderr
    assert (restored.home / "docs" / "index.html").exists()
    assert restored.run()["unchanged"] is True


def test_job_from_the_orchestrator_ends_early_when_nothing_has_changed(warehouse):
    """Also when a file was only touched: what counts is what it holds."""
    (warehouse.raw / "trust_fund_projects" / "p.csv").touch()
    before = sorted((warehouse.home / "releases").iterdir())
    job = definitions(warehouse.home, warehouse.raw).resolve_job_def("refresh")
    config = {"resources": {"warehouse": {"config": {"home": str(warehouse.home), "raw_root": str(warehouse.raw), "as_of": warehouse.as_of}}}}
    with dg.instance_for_test() as instance:
        result = job.execute_in_process(run_config=config, instance=instance)
        assert result.success and not result.get_asset_materialization_events()
    assert sorted((warehouse.home / "releases").iterdir()) == before
    assert json.loads((warehouse.home / "status.json").read_text())["last_run"]["outcome"] == "unchanged"


@pytest.mark.parametrize("pairs", [1, pytest.param(5, marks=pytest.mark.slow)])
def test_two_runs_of_one_checkout_never_meet(checkout, pairs):
    """Two homes, one checkout in which dbt has not read the project yet: both read it at once, and both release."""
    program = "from pipelines.cli import main; main()"
    for number in range(pairs):
        shutil.rmtree(checkout.project / "dbt_project" / "target", ignore_errors=True)
        homes = [checkout.home / f"{number}-{name}" for name in ("a", "b")]
        running = [
            subprocess.Popen(
                [sys.executable, "-c", program, "run", "--json", "--home", str(home), "--raw", str(checkout.raw)],
                cwd=checkout.project, env={**os.environ, "PYTHONPATH": str(checkout.project)}, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            )
            for home in homes
        ]  # fmt: skip
        for process in running:
            out, err = process.communicate()
            assert process.returncode == 0, err[-2000:]
            assert json.loads(out)["released"] is True
