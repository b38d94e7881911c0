"""What dbt has read is found again by the same dbt for the same project, and by no other."""

import pytest

from pipelines import settings
from pipelines.dbt import reading
from pipelines.dbt.reading import keep, kept_reading


@pytest.fixture
def project(tmp_path, monkeypatch):
    """A project of one model and one seed, and a target folder in which dbt has left what it read."""
    monkeypatch.setattr(settings, "PROJECT", tmp_path)
    monkeypatch.setattr(settings, "DBT_PROJECT", tmp_path / "dbt_project")
    monkeypatch.setattr(settings, "SEEDS", tmp_path / "seeds")
    for file in ("dbt_project/models/a.sql", "seeds/b.csv", "home/target/manifest.json", "home/target/partial_parse.msgpack"):
        (tmp_path / file).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / file).write_text("first")
    return tmp_path


def test_what_was_read_is_found_again_for_every_home(project):
    assert not kept_reading().exists()
    keep(project / "home" / "target")
    assert sorted(file.name for file in kept_reading().iterdir()) == [
        "manifest.json",
        "manifest.json.seal",
        "partial_parse.msgpack",
        "partial_parse.msgpack.seal",
    ]
    assert [folder.name for folder in kept_reading().parent.iterdir()] == [kept_reading().name]


@pytest.mark.parametrize("file", ["dbt_project/models/a.sql", "seeds/b.csv"])
def test_changed_project_is_read_anew_and_replaces_the_older(project, file):
    keep(project / "home" / "target")
    older = kept_reading()
    (project / file).write_text("second")
    assert kept_reading() != older
    keep(project / "home" / "target")
    assert kept_reading().exists() and not older.exists()


@pytest.mark.parametrize("name", ["manifest.json", "partial_parse.msgpack"])
def test_damaged_reading_is_said_and_forgotten(project, caplog, name):
    target = project / "home" / "target"
    keep(target)
    assert reading.kept(name) == kept_reading() / name
    for damaged in (kept_reading() / name, target / "partial_parse.msgpack"):
        damaged.write_text("fir5t")
        assert reading.kept(name) is None or damaged.parent == target
        reading.forget_damaged(target)
        assert not damaged.exists() and f"{damaged} is damaged" in caplog.text
    other = kept_reading() / ({"manifest.json", "partial_parse.msgpack"} - {name}).pop()
    assert other.exists()


def test_another_dbt_reads_for_itself(project, monkeypatch):
    keep(project / "home" / "target")
    monkeypatch.setattr(reading, "version", lambda name: "0.0.1")
    assert not kept_reading().exists()


def test_project_that_nobody_may_write_to_stops_no_run(project, monkeypatch):
    def refuse(*_, **__):
        raise PermissionError("read only")

    monkeypatch.setattr(reading.shutil, "copyfile", refuse)
    keep(project / "home" / "target")
    assert not (kept_reading() / "manifest.json").exists()
