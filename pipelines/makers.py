"""What made the parts that landing keeps: a hash of all code and reference data that decide what the row pass gives.

Whole packages are hashed, not lists of modules: a list is written once and forgotten when a module is added, and a part made by code that is
gone would be used for ever. Too much in the hash costs one more reading of the deliveries, too little costs their correctness.
"""

from __future__ import annotations

import hashlib
import platform
from collections.abc import Iterator
from functools import lru_cache
from importlib import metadata
from pathlib import Path

import pipelines
from pipelines import settings

ROOM = Path(pipelines.__file__).parent
# Packages whose code, and data beside it, the row pass runs through; the single modules that they lean on lie in the room itself.
PACKAGES = ("contracts", "iati", "judging", "landing", "mapping", "reading", "shapes")
# What reads files and judges texts besides.
LIBRARIES = ("dataframely", "lxml", "polars", "python-calamine", "PyYAML", "zstandard")


def files(room: Path = ROOM) -> Iterator[Path]:
    """Everything that is hashed, in one order."""
    yield from sorted(room.glob("*.py"))
    for package in PACKAGES:
        yield from sorted(file for file in (room / package).rglob("*") if file.is_file() and "__pycache__" not in file.parts)


def digest_of(room: Path) -> str:
    """sha256 over names and contents of the files of a room, over the libraries, and over the code lists that are seeds."""
    digest = hashlib.sha256(f"python {platform.python_version()}\n".encode() + (settings.SEEDS / "funding_sources.csv").read_bytes())
    for library in LIBRARIES:
        digest.update(f"{library} {metadata.version(library)}\n".encode())
    for file in files(room):
        content = file.read_bytes()
        digest.update(f"{file.relative_to(room).as_posix()} {len(content)}\n".encode())
        digest.update(content)
    return digest.hexdigest()


@lru_cache
def digest() -> str:
    """Hash of what makes parts in this installation."""
    return digest_of(ROOM)
