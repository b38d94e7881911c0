import json
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from pipelines.cli import app


@pytest.fixture
def techcoop(tmp_path, monkeypatch):
    monkeypatch.setenv("TECHCOOP_HOME", str(tmp_path / "warehouse"))
    monkeypatch.setenv("TECHCOOP_RAW_DIR", str(tmp_path / "raw"))
    return lambda *arguments: CliRunner().invoke(app, list(arguments))


def test_status_of_an_empty_home_says_that_nothing_is_released(techcoop):
    said = json.loads(techcoop("status", "--json").stdout)
    assert said["release_id"] is None and said["stale"] is True and said["running"] is False
    assert techcoop("status").exit_code == 0


@pytest.mark.parametrize(
    "arguments",
    [
        ("sql", "select 1"),
        ("explain", "fct_spending", "--where", "entity=ECE"),
        ("rollback", "20200101T000000Z-0000"),
        ("run",),
        ("check", "nowhere.csv"),
    ],
)
def test_what_cannot_be_done_is_said_in_one_line_with_exit_code_2(techcoop, arguments):
    result = techcoop(*arguments)
    assert result.exit_code == 2
    assert len(result.stderr.strip().splitlines()) == 1 and result.stderr.startswith("techcoop: ")
    assert "Traceback" not in result.output


@pytest.mark.parametrize(
    "arguments",
    [("run", "--accept", "magnitude"), ("run", "--reason", "why"), ("run", "--as-of", "31.02."), ("sql", "select 1", "--format", "xml"), ("nothing",)],
)
def test_usage_errors_end_with_exit_code_2(techcoop, arguments):
    assert techcoop(*arguments).exit_code == 2


@pytest.fixture
def techcoop_obeying_permissions(obeying_permissions):
    def call(*arguments):
        return subprocess.run([*obeying_permissions, str(Path(sys.executable).with_name("techcoop")), *map(str, arguments)], text=True, capture_output=True)

    return call


@pytest.mark.parametrize("mode", [0o000, 0o500])
def test_home_that_may_not_be_written_is_said_in_one_line(techcoop_obeying_permissions, tmp_path, mode):
    home, raw = tmp_path / "home", tmp_path / "raw" / "missions"
    raw.mkdir(parents=True)
    (raw / "m.csv").write_text("mission_id\n")
    home.mkdir()
    home.chmod(mode)
    result = techcoop_obeying_permissions("run", "--home", home, "--raw", raw.parent)
    home.chmod(0o700)
    assert result.returncode == 2 and len(result.stderr.splitlines()) == 1
    assert str(home) in result.stderr and "Permission denied; give this user the right" in result.stderr


def test_raw_root_that_may_not_be_read_is_said_in_one_line(techcoop_obeying_permissions, tmp_path):
    (tmp_path / "raw").mkdir(mode=0)
    result = techcoop_obeying_permissions("run", "--home", tmp_path / "home", "--raw", tmp_path / "raw")
    (tmp_path / "raw").chmod(0o700)
    assert result.returncode == 2 and len(result.stderr.splitlines()) == 1 and "may not be read; give this user the right" in result.stderr


def test_check_of_a_delivery_that_may_not_be_read_refuses_it(techcoop_obeying_permissions, tmp_path):
    (tmp_path / "missions.csv").write_text("mission_id\n")
    (tmp_path / "missions.csv").chmod(0)
    result = techcoop_obeying_permissions("check", tmp_path / "missions.csv", "--home", tmp_path / "home")
    assert result.returncode == 1 and "would be set aside. The file cannot be read (Permission denied)" in result.stdout and not result.stderr


def test_check_refuses_a_delivery_with_a_broken_mapping_and_a_broken_mapping_itself(techcoop, tmp_path):
    (tmp_path / "missions.csv").write_text("mission_id,entity\nM1,ECE\n")
    (tmp_path / "missions.csv.mapping.yml").write_text("colums: {}\n")
    beside = techcoop("check", str(tmp_path / "missions.csv"))
    assert beside.exit_code == 1 and "missions.csv.mapping.yml" in beside.stdout and "perhaps columns?" in beside.stdout
    given = techcoop("check", str(tmp_path / "missions.csv"), "--mapping", str(tmp_path / "missions.csv.mapping.yml"))
    assert given.exit_code == 2 and "perhaps columns?" in given.stderr


def test_traceback_is_shown_on_demand(techcoop, monkeypatch):
    monkeypatch.setenv("TECHCOOP_TRACEBACK", "1")
    assert techcoop("sql", "select 1").exception.__class__.__name__ == "RefusedQuery"


def test_check_of_a_broken_delivery_names_what_is_missing(techcoop, tmp_path):
    (tmp_path / "missions.csv").write_text("mission_id,entity\nM1,ECE\n")
    result = techcoop("check", str(tmp_path / "missions.csv"), "--source", "missions")
    assert result.exit_code == 1 and "subprogramme" in result.stdout


def test_check_says_the_same_in_json(techcoop, tmp_path):
    (tmp_path / "missions.csv").write_text("mission_id,entity\nM1,ECE\n")
    header = "book,entity,fund_code,fiscal_year,movement,amount,currency\n"
    (tmp_path / "fund_movements.csv").write_text(header + "b,ECE,F,2023,pledge,12x,USD\nb,ECE,G,2023,pledge,5,USD\n")
    result = techcoop("check", str(tmp_path / "missions.csv"), str(tmp_path / "fund_movements.csv"), "--json")
    told = json.loads(result.stdout)
    missions, movements = told["files"]
    assert result.exit_code == 1 and not told["would_load"] and "subprogramme" in missions["set_aside"] and ". Add the column" in missions["set_aside"]
    assert (movements["rows_delivered"], movements["rows_loaded"], movements["rows_quarantined"], movements["set_aside"]) == (2, 1, 1, None)
    found = next(one for one in told["findings"] if one["rule"] == "unreadable_number")
    assert (found["source_row"], found["column_name"], found["severity"], found["value"]) == (2, "amount", "error", "12x") and found["remedy"]
