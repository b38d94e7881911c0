"""Zip archives of activity files: which members there are, and whether it is safe to look into them. Nothing is unpacked to disk."""

from __future__ import annotations

import hashlib
import re
import stat
import zipfile
from pathlib import Path, PurePosixPath

from pipelines.iati.document import ZIP, Damaged, opened
from pipelines.shapes.delivery import Member, is_delivery
from pipelines.shapes.errors import UnreadableDelivery

MOST_MEMBERS = 100_000


def is_archive(path: Path) -> bool:
    """Whether a file is a zip archive, by its first bytes."""
    with path.open("rb") as stream:
        return stream.read(4) in (ZIP, b"PK\x05\x06")


def member_names(path: Path) -> list[str]:
    """Names of the files in an archive that may be deliveries, sorted.

    Raises:
        UnreadableDelivery: no readable archive, an encrypted one, one with more members than anybody publishes, or with names that
            point out of it.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            members = [member for member in archive.infolist() if not member.is_dir()]
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise UnreadableDelivery(
            "damaged_archive", f"{path.name} cannot be opened: {error}.", "Pack the files again and deliver the archive once more."
        ) from error
    if len(members) > MOST_MEMBERS:
        raise UnreadableDelivery("too_many_members", f"{path.name} holds {len(members):,} files.", f"Deliver at most {MOST_MEMBERS:,} files in one archive.")
    unsafe = next((member.filename for member in members if _points_out(member)), None)
    if unsafe is not None:
        raise UnreadableDelivery(
            "unsafe_archive", f"{path.name} holds {unsafe!r}, a name that points out of the archive.", "Pack the files again with plain relative names."
        )
    names = [member.filename for member in members]
    if len(set(names)) < len(names):
        twice = next(name for name in names if names.count(name) > 1)
        raise UnreadableDelivery("unsafe_archive", f"{path.name} holds {twice!r} more than once.", "Pack the files again, each once.")
    return sorted(name for name in names if is_delivery(PurePosixPath(name).name) and "__MACOSX" not in PurePosixPath(name).parts)


def _points_out(member: zipfile.ZipInfo) -> bool:
    name = member.orig_filename.replace("\\", "/")
    is_link = stat.S_ISLNK(member.external_attr >> 16)
    return is_link or name.startswith("/") or ".." in name.split("/") or re.match(r"[A-Za-z]:", name) is not None or "\0" in name


def read_members(path: Path) -> list[Member]:
    """The members of an archive, each hashed as it would be read; one that cannot be read says why.

    Raises:
        UnreadableDelivery: the archive as a whole cannot be used.
        OSError: the file cannot be read.
    """
    return [_member(path, name) for name in member_names(path)]


def _member(path: Path, name: str) -> Member:
    digest = hashlib.sha256()
    try:
        with opened(path, name, inside=False) as stream:
            while block := stream.read():
                digest.update(block)
    except UnreadableDelivery as error:
        return Member(name=name, sha256=None, rule=error.rule, message=f"{error.detail} {error.remedy}")
    except Damaged as error:
        return Member(name=name, sha256=None, rule="damaged_archive", message=f"{path.name}!/{name} cannot be unpacked: {error}. Pack the files again.")
    return Member(name=name, sha256=digest.hexdigest())
