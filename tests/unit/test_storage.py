import errno
from pathlib import Path

import duckdb
import polars as pl
import pytest

from pipelines import storage
from pipelines.storage import StorageError, storage_error, write_atomically


@pytest.mark.parametrize(
    "error",
    [
        OSError(errno.ENOSPC, "No space left on device", "/w/landing/x"),
        OSError(errno.EDQUOT, "Disk quota exceeded", "/w/landing/x"),
        pl.exceptions.ComputeError("parquet: File out of specification: underlying IO error: No space left on device (os error 28)"),
        duckdb.IOException('Could not write file "/w/x.duckdb": No space left on device'),
    ],
)
def test_a_full_disk_is_known_by_number_or_words(error):
    clear = storage_error(error, Path("/w/landing/x"))
    assert isinstance(clear, StorageError) and clear.errno == errno.ENOSPC
    assert str(clear) == "/w/landing: the disk is full; free space there, or name another home with --home or TECHCOOP_HOME, and run again"


def test_a_full_disk_is_known_behind_the_error_that_followed_from_it():
    with pytest.raises(ValueError) as raised:
        try:
            raise OSError(errno.ENOSPC, "No space left on device")
        except OSError as error:
            raise ValueError("the file is cut off") from error
    assert isinstance(storage_error(raised.value, Path("/w/x")), StorageError)


def test_a_place_that_may_not_be_written_is_told_as_such():
    assert "may not be written" in str(storage_error(PermissionError(errno.EACCES, "Permission denied"), Path("/w/x")))


def test_other_errors_are_not_the_disks():
    assert storage_error(ValueError("no such column"), Path("/w/x")) is None
    assert storage_error(FileNotFoundError(errno.ENOENT, "No such file"), Path("/w/x")) is None


def test_a_full_disk_leaves_the_old_file_and_no_half_of_the_new_one(tmp_path, monkeypatch):
    write_atomically(tmp_path / "x.json", b"old")

    def full(handle):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(storage.os, "fsync", full)
    with pytest.raises(StorageError, match="the disk is full"):
        write_atomically(tmp_path / "x.json", b"new")
    assert [file.name for file in tmp_path.iterdir()] == ["x.json"] and (tmp_path / "x.json").read_text() == "old"


def test_a_disk_with_room_is_not_taken_for_a_full_one(tmp_path, monkeypatch):
    assert not storage.has_no_room(tmp_path)
    monkeypatch.setattr(storage, "_NO_ROOM", 2**80)
    assert storage.has_no_room(tmp_path)
