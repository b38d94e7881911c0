"""Files that are kept from run to run, with their length and checksum: what a disk or a hand has changed is noticed, said, and made again.

Readers of Parquet notice little by themselves: of 400 single bits flipped in a part, polars read 69 as other data. Nothing heavy is imported here.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
from pathlib import Path
from typing import Any

from pipelines.storage import write_atomically

_SUFFIX = ".seal"
_log = logging.getLogger("techcoop")


class BrokenSeal(ValueError):
    """A kept file does not hold what was written into it; the message says what is wrong with it."""


def seal(file: Path) -> list:
    """Length in bytes and sha256 of a file that is finished.

    Raises:
        OSError: it cannot be read.
    """
    with file.open("rb") as content:
        return [os.fstat(content.fileno()).st_size, hashlib.file_digest(content, "sha256").hexdigest()]


def verify(file: Path, expected: list) -> None:
    """Compare a file with its seal.

    Raises:
        BrokenSeal: it is missing, shorter, longer, or of other content.
    """
    try:
        size = file.stat().st_size
        if size != expected[0]:
            raise BrokenSeal(f"{file.name} has {size:,} bytes instead of {expected[0]:,}")
        if seal(file) != list(expected):
            raise BrokenSeal(f"{file.name} has other content than was written into it")
    except OSError as error:
        raise BrokenSeal(f"{file.name} cannot be read ({error.strerror})") from None


def to_json(content: Any) -> str:
    """JSON that carries its own checksum."""
    return json.dumps({"sha256": _digest(content), "content": content}, indent=0)


def from_json(text: str) -> Any:
    """What `to_json` was given.

    Raises:
        BrokenSeal: the text is not, to the last character that matters, what it wrote.
    """
    try:
        found = json.loads(text)
        content = found["content"]
        if found["sha256"] == _digest(content):
            return content
    except (ValueError, KeyError, TypeError, IndexError):
        pass
    raise BrokenSeal("it does not hold what was written into it")


def put(file: Path, *, as_of: Path | None = None) -> None:
    """Lay the seal of a finished file beside it, or where the file will lie when it gets its name."""
    named = as_of or file
    write_atomically(named.with_name(named.name + _SUFFIX), json.dumps(seal(file)).encode())


def holds(file: Path) -> bool:
    """Whether a file is there and as it was when its seal was laid beside it; where it is not, that is said."""
    if not file.exists():
        return False
    try:
        verify(file, json.loads(file.with_name(file.name + _SUFFIX).read_text(encoding="utf-8")))
    except FileNotFoundError:
        tell(f"{file} has no checksum beside it: it is made again")
        return False
    except (OSError, ValueError, TypeError, IndexError) as error:
        why = str(error) if isinstance(error, BrokenSeal) else "its checksum is unreadable"
        tell(f"{file} is damaged ({why}): it is made again")
        return False
    return True


def tell(message: str) -> None:
    """Say on stderr, or to whoever listens to the log of this name, that something kept was damaged."""
    _log.warning("%s", message)


def _digest(content: Any) -> str:
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()
