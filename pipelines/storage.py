"""Writing to a disk that may be full: one clear error, whoever notices it, and no half files. Nothing heavy is imported here."""

from __future__ import annotations

import errno
import fcntl
import hashlib
import os
import shutil
from collections.abc import Iterable
from pathlib import Path

from pipelines import settings

_NO_ROOM = 2**20
# FICLONE of Linux (include/uapi/linux/fs.h): the blocks of one file under the name of another.
_SHARE_BLOCKS = 0x40049409
# Written by tools, not by people; dbt's own target lies in the home.
_NOT_CODE = {"__pycache__", "target", "logs", "dbt_packages", ".user.yml"}
# How libraries tell what the system tells by a number: polars and DuckDB have errors of their own, dbt prints.
_FULL = ("No space left on device", "Disk quota exceeded")


class StorageError(OSError):
    """The disk under the warehouse is full or refuses writing; the message is one line."""

    def __str__(self) -> str:
        """The message alone, without the number that the system has for it."""
        return str(self.strerror)


def is_full(error: BaseException) -> bool:
    """Whether an error is that of a full disk, by its number or by its words."""
    return getattr(error, "errno", None) in (errno.ENOSPC, errno.EDQUOT) or says_full(str(error))


def storage_error(error: BaseException, path: Path) -> StorageError | None:
    """The error in clear words if it is the disk's fault, else None.

    Args:
        error: what was raised; its causes are looked at, too.
        path: the file that was being written.
    """
    told: BaseException | None = error
    while told is not None:
        if isinstance(told, StorageError):
            return told
        if is_full(told):
            return full(path.parent)
        if getattr(told, "errno", None) in (errno.EACCES, errno.EROFS):
            return StorageError(told.errno, f"{path.parent}: the warehouse may not be written here; give this user the right, or name another home")
        told = told.__cause__
    return None


def says_full(text: str) -> bool:
    """Whether a message of some program speaks of a full disk."""
    return any(words in text for words in _FULL)


def has_no_room(folder: Path) -> bool:
    """Whether less is free on a folder's disk than one run of any size writes."""
    return shutil.disk_usage(folder).free < _NO_ROOM


def full(folder: Path) -> StorageError:
    """The error for a full disk under a folder."""
    return StorageError(errno.ENOSPC, f"{folder}: the disk is full; free space there, or name another home with --home or TECHCOOP_HOME, and run again")


def write_atomically(path: Path, content: bytes) -> None:
    """Write a file so that readers see the old one or the new one, never half of it, also after a power cut.

    Raises:
        StorageError: the disk is full or refuses writing.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with unfinished.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(path)
        sync_folder(path.parent)
    except OSError as error:
        unfinished.unlink(missing_ok=True)
        clear = storage_error(error, path)
        if clear is None:
            raise
        raise clear from error


def copied(file: Path, target: Path) -> None:
    """Copy a file; where the file system can share blocks, none is written until one of the two changes.

    Raises:
        OSError: the disk is full or refuses writing; nothing of the copy is left.
    """
    try:
        with file.open("rb") as source, target.open("wb") as copy:
            try:
                fcntl.ioctl(copy, _SHARE_BLOCKS, source.fileno())
            except OSError:
                shutil.copyfileobj(source, copy, 16 * 2**20)
    except OSError:
        target.unlink(missing_ok=True)
        raise


def sync_folder(folder: Path) -> None:
    """Make the renames in a folder last through a power cut."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def content_hash(*paths: Path) -> str:
    """One sha256 over the names and contents of files and folders of the project (small: no cache)."""
    digest = hashlib.sha256()
    for file in _files(paths):
        try:
            content = file.read_bytes()
        except FileNotFoundError:
            # Somebody's editor put it there for a moment.
            continue
        digest.update(f"{file.relative_to(settings.PROJECT).as_posix()}\0{len(content)}\0".encode())
        digest.update(content)
    return digest.hexdigest()


def _files(paths: Iterable[Path]) -> list[Path]:
    """Files of the project. What tools write is not looked into: another run may be renaming and removing there at this moment."""
    found = []
    for path in paths:
        if path.is_file():
            found.append(path)
        for folder, folders, files in os.walk(path):
            folders[:] = [name for name in folders if name not in _NOT_CODE]
            found += [Path(folder, name) for name in files if name not in _NOT_CODE]
    return sorted(found)
