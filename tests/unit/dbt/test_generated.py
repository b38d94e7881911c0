"""What the dbt project has from the contracts is there before anybody reads the project, and is never of older contracts."""

import json

import pytest

from pipelines import settings
from pipelines.contracts import SOURCES, iati
from pipelines.dbt import generated


@pytest.fixture
def project(tmp_path, monkeypatch):
    """A project of nothing, with contracts of which only the names count."""
    monkeypatch.setattr(settings, "PROJECT", tmp_path)
    monkeypatch.setattr(settings, "DBT_PROJECT", tmp_path / "dbt_project")
    monkeypatch.setattr(generated, "__file__", str(tmp_path / "generated.py"))
    (tmp_path / "pipelines" / "contracts").mkdir(parents=True)
    (tmp_path / "generated.py").write_text("")
    generated.write()
    return tmp_path / "dbt_project"


def test_every_source_has_a_raw_model_with_its_grain_and_its_key(project):
    told = json.loads((project / "models/raw/_raw.yml").read_text("utf-8"))
    models = {model["name"]: model for model in told["models"]}
    assert set(models) == {file.stem for file in (project / "models/raw").glob("*.sql")} == {f"raw_{name}" for name in (*SOURCES, *iati.TABLES)}
    assert models["raw_missions"]["description"].startswith("One row per mission")
    assert models["raw_missions"]["data_tests"] == [{"key_is_unique": {"arguments": {"columns": ["mission_id"]}}}]
    assert "data_tests" not in models["raw_project_transactions"] and "Rows may repeat" in models["raw_subprogramme_allocations"]["description"]


@pytest.mark.parametrize(
    ("table", "stays"), [("iati_dates", "false"), ("iati_sectors", "landed.transaction_number is not null"), ("iati_transactions", "true")]
)
def test_what_stays_of_merged_activities_is_their_money(project, table, stays):
    assert (project / f"models/raw/raw_{table}.sql").read_text("utf-8") == f"{{{{ raw_iati_table('{table}', stays_in_a_merge=\"{stays}\") }}}}\n"


def test_what_a_hand_has_changed_is_written_anew(project):
    missions = project / "models/raw/raw_missions.sql"
    written = missions.read_text("utf-8")
    missions.write_text("select 1")
    (project / "models/raw/raw_pledges.sql").write_text("select 1")
    generated.write()
    assert missions.read_text("utf-8") == written and not (project / "models/raw/raw_pledges.sql").exists()


def test_nothing_is_written_while_nothing_has_changed(project, monkeypatch):
    monkeypatch.setattr(generated, "files", lambda: pytest.fail("written for the same contracts"))
    generated.write()


def test_changed_contracts_are_written_for(project, monkeypatch):
    (settings.PROJECT / "pipelines" / "contracts" / "pledges.py").write_text("")
    monkeypatch.setattr(generated, "files", lambda: {"models/raw/raw_pledges.sql": "select 1\n"})
    generated.write()
    assert [file.name for file in (project / "models/raw").iterdir()] == ["raw_pledges.sql"]


def test_a_source_tells_how_its_money_is_followed():
    told = generated.registered(SOURCES["trust_fund_projects"])
    assert told.pop("columns")[:3] == ("project_id", "title", "entity")
    assert told == {
        "source": "trust_fund_projects",
        "domain": "finance",
        "day": "end_date",
        "entity": "entity",
        "year": "year(start_date)",
        "amounts": {"budget_amount": "budget"},
        "conversion": {"middle_of": ("start_date", "end_date")},
        "days": ("start_date", "end_date"),
        "divided": {"entity": "entity", "subprogrammes": "subprogrammes", "recipients": "recipients"},
    }
