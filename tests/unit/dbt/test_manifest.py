"""The dbt child as its parent sees it: asked and answered in lines of JSON, ended whatever it is doing."""

import pytest

from pipelines import sealed, storage
from pipelines.dbt import manifest
from pipelines.dbt.manifest import Dbt, DbtProjectError, kept_manifest

NODE = {"unique_id": "model.t.a", "status": "success", "seconds": 0.1, "failures": None}


@pytest.fixture
def dbt(tmp_path, monkeypatch):
    """dbt(program) -> a `Dbt` whose child runs that program instead of dbt; the program knows `answer` and the folder `target`."""
    home = tmp_path / "warehouse"
    preamble = f"import json, pathlib, sys\ntarget = pathlib.Path({str(manifest.dbt_child.target(home))!r})\n"
    preamble += "answer = lambda **said: print(json.dumps(said), flush=True)\n"

    def start(program: str) -> Dbt:
        monkeypatch.setattr(manifest.dbt_child, "arguments", lambda _: ["-c", preamble + program])
        monkeypatch.setattr(manifest.reading, "kept_reading", lambda: tmp_path / "read")
        return Dbt(home)

    return start


PARSES = "target.mkdir(parents=True)\n(target / 'manifest.json').write_text('{}')\nanswer(parsed=True)\n"
BUILDS = f"assert json.loads(sys.stdin.readline()) == {{'nodes': None, 'alone': False}}\nanswer(**{NODE})\nanswer(ended=True)\n"


def test_manifest_is_kept_under_the_content_of_the_project_and_replaces_older_ones(dbt):
    with dbt(PARSES) as parsing:
        old = kept_manifest(parsing.home).with_name("manifest-0000000000000000.json")
        old.write_text("{}")
        assert parsing.manifest() == kept_manifest(parsing.home)
        assert kept_manifest(parsing.home).read_text() == "{}" and not old.exists()


def test_manifest_that_is_kept_needs_no_child(dbt):
    with dbt("import time\ntime.sleep(600)") as parsing:
        kept_manifest(parsing.home).write_text("{}")
        sealed.put(kept_manifest(parsing.home))
        assert parsing.manifest() == kept_manifest(parsing.home)
        assert manifest.manifest(parsing.home) == kept_manifest(parsing.home)


def test_damaged_manifest_is_made_again(dbt, caplog):
    with dbt(PARSES) as parsing:
        kept_manifest(parsing.home).write_text("{}")
        sealed.put(kept_manifest(parsing.home))
        kept_manifest(parsing.home).write_text("}}")
        assert parsing.manifest().read_text() == "{}"
        assert "is damaged" in caplog.text


def test_project_that_another_home_has_read_needs_no_waiting(dbt):
    with dbt("import time\ntime.sleep(600)") as parsing:
        (parsing.home.parent / "read").mkdir()
        (parsing.home.parent / "read" / "manifest.json").write_text("{}")
        sealed.put(parsing.home.parent / "read" / "manifest.json")
        assert parsing.manifest().read_text() == "{}"


def test_nodes_come_as_they_finish_and_the_child_has_gone_at_the_end(dbt):
    with dbt(PARSES + BUILDS) as building:
        assert list(building.build()) == [NODE]
        assert building._process.poll() == 0


def test_second_build_reads_the_project_anew(dbt):
    program = PARSES.replace("parents=True", "parents=True, exist_ok=True") + BUILDS
    with dbt(program) as building:
        assert list(building.build()) == list(building.build()) == [NODE]


def test_leaving_ends_the_child_and_frees_the_folder(dbt):
    with dbt("import time\ntime.sleep(600)") as first:
        pass
    assert first._process.poll() is not None
    with dbt(PARSES) as second:
        assert second.manifest().exists()


def test_error_that_dbt_tells_is_passed_on(dbt):
    with dbt("answer(error='model a is not there')") as parsing, pytest.raises(DbtProjectError, match=r"cannot parse .*dbt_project: model a is not there"):
        parsing.manifest()


def test_child_that_ends_without_an_answer_is_told_with_its_last_words(dbt):
    program = PARSES + "sys.stdin.readline()\nprint('killed by nobody', file=sys.stderr)\nsys.exit(3)"
    with dbt(program) as building, pytest.raises(DbtProjectError, match=r"cannot build .*: killed by nobody"):
        list(building.build())


def test_full_disk_is_said_as_what_it_is(dbt):
    with dbt("answer(error='[Errno 28] No space left on device')") as parsing, pytest.raises(storage.StorageError):
        parsing.manifest()
