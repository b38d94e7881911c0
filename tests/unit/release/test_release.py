import contextlib
import json
import os
import shutil

import pytest

from pipelines.release import releases as release
from pipelines.release import run as runs


def test_release_is_read_through_the_fixed_links(home, begun):
    run = begun("first")
    runs.publish(run)
    assert (home / "techcoop.duckdb").read_text() == "first"
    assert (home / "docs" / "index.html").read_text() == "first"
    assert release.current(home).name == run.run_id
    assert not (home / "current" / "landing").exists()
    assert not list((home / "build").iterdir())


def test_released_files_are_read_only(home, begun):
    runs.publish(begun())
    assert (home / "current" / "techcoop.duckdb").stat().st_mode & 0o222 == 0


def test_database_with_an_unfinished_write_is_not_published(home, begun):
    run = begun()
    (run.build / "techcoop.duckdb.wal").write_text("rest")
    with pytest.raises(RuntimeError, match=r"\.wal"):
        runs.publish(run)
    assert release.current(home) is None


def test_reader_of_the_old_release_keeps_it(home, begun):
    runs.publish(begun("old"))
    with (home / "techcoop.duckdb").open() as reader:
        runs.publish(begun("new"))
        assert reader.read() == "old"
    assert (home / "techcoop.duckdb").read_text() == "new"


def test_rollback_makes_an_older_release_current_and_says_stale(home, begun):
    old = begun("old")
    runs.publish(old)
    new = begun("new")
    runs.publish(new)
    runs.rollback(home, old.run_id)
    assert (home / "techcoop.duckdb").read_text() == "old"
    assert json.loads((home / "status.json").read_text())["stale"] is True
    runs.rollback(home, new.run_id)
    assert runs.status(home, running=False)["stale"] is False


def test_rollback_to_an_unknown_release_names_those_there_are(home, begun):
    run = begun()
    runs.publish(run)
    with pytest.raises(release.UnknownRelease, match=run.run_id):
        release.rollback(home, "20200101T000000Z-0000")


def test_only_the_newest_releases_are_kept(home, begun, monkeypatch):
    monkeypatch.setenv("TECHCOOP_KEEP_RELEASES", "3")
    made = [runs.publish(begun(str(n)))["release_id"] for n in range(5)]
    assert release.ids(home) == made[2:]


def test_release_compared_with_is_kept_even_beyond_the_number(home, begun, monkeypatch):
    monkeypatch.setenv("TECHCOOP_KEEP_RELEASES", "1")
    made = [runs.publish(begun(str(n)))["release_id"] for n in range(3)]
    assert release.ids(home) == made[1:]


def test_release_rolled_back_to_is_not_pruned_by_the_next_run(home, begun, monkeypatch):
    monkeypatch.setenv("TECHCOOP_KEEP_RELEASES", "2")
    made = [runs.publish(begun(str(n)))["release_id"] for n in range(2)]
    release.rollback(home, made[0])
    third = runs.publish(begun("third"))
    assert third["previous_release"] == made[0]
    assert release.ids(home) == [made[0], third["release_id"]]


class Killed(BaseException):
    pass


STEPS = [(os, "rename"), (os, "replace"), (os, "open"), (shutil, "rmtree")]


@pytest.mark.parametrize("survived", range(16))
def test_kill_before_any_step_leaves_one_whole_release_and_the_next_run_is_clean(home, begun, monkeypatch, survived):
    """The process dies before its n-th step on the disk, for every n that publishing has."""
    monkeypatch.setenv("TECHCOOP_KEEP_RELEASES", "2")
    for content in ("first", "second"):
        runs.publish(begun(content))
    run = begun("third")
    left = [survived]

    def dying(real):
        def step(*arguments, **named):
            if left[0] == 0:
                raise Killed
            left[0] -= 1
            return real(*arguments, **named)

        return step

    with monkeypatch.context() as patched:
        for module, name in STEPS:
            patched.setattr(module, name, dying(getattr(module, name)))
        with contextlib.suppress(Killed):
            runs.publish(run)
    content = (home / "techcoop.duckdb").read_text()
    assert content in ("second", "third")
    assert (home / "docs" / "index.html").read_text() == content
    for release_id in release.ids(home):
        assert (home / "releases" / release_id / "techcoop.duckdb").exists()
    assert runs.status(home, running=False)["release_id"] == release.current(home).name
    assert runs.publish(begun("fourth"))["released"]
    assert (home / "techcoop.duckdb").read_text() == "fourth"
    assert not list((home / "build").iterdir())
