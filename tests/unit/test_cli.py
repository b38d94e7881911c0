import json

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


def test_traceback_is_shown_on_demand(techcoop, monkeypatch):
    monkeypatch.setenv("TECHCOOP_TRACEBACK", "1")
    assert techcoop("sql", "select 1").exception.__class__.__name__ == "RefusedQuery"


def test_check_of_a_broken_delivery_names_what_is_missing(techcoop, tmp_path):
    (tmp_path / "missions.csv").write_text("mission_id,entity\nM1,ECE\n")
    result = techcoop("check", str(tmp_path / "missions.csv"), "--source", "missions")
    assert result.exit_code == 1 and "subprogramme" in result.stdout
