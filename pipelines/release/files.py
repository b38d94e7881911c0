"""Small files that are whole at every moment: JSON and symlinks replaced in one step, and lasting through a power cut."""

from __future__ import annotations

import hashlib
import json
import os
import re
import unicodedata
from pathlib import Path
from typing import Any

from pipelines.storage import write_atomically


class DamagedFile(Exception):
    """A file of ours does not hold what was written into it; the message is one line."""


# Names of files: longer ones some systems do not take, and some names belong to a system or to the site itself.
LONGEST_NAME = 80
RESERVED_NAMES = {"index", "con", "prn", "aux", "nul", *(f"{port}{number}" for port in ("com", "lpt") for number in range(10))}


def write_json(path: Path, content: Any) -> None:
    """Write a JSON file in one step, for people to read, too.

    Raises:
        pipelines.storage.StorageError: the disk is full or refuses writing.
    """
    write_atomically(path, (json.dumps(content, indent=2, ensure_ascii=False, default=str) + "\n").encode())


def read_json(path: Path) -> Any:
    """The content of a JSON file; None where there is none.

    Raises:
        DamagedFile: what is there is no JSON object or list.
    """
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    except ValueError:
        found = None
    if not isinstance(found, dict | list):
        raise DamagedFile(f"{path} is damaged: it does not hold what was written into it")
    return found


def point(link: Path, target: str) -> None:
    """Make `link` a symlink to `target`, replacing an earlier one in one step."""
    if link.is_symlink() and str(link.readlink()) == target:
        return
    fresh = link.with_name(f".{link.name}.{os.getpid()}.new")
    fresh.unlink(missing_ok=True)
    fresh.symlink_to(target)
    fresh.replace(link)


def slug(text: str) -> str:
    """A text as part of a path: lower case letters, digits and hyphens."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain.lower()).strip("-") or "unnamed"


def file_name(code: str, *, joint: str = "-") -> str:
    """The name of the file about a code, without its ending: another one for every code, also where a file system ignores case.

    Codes of capitals and digits, as most are, give themselves in small letters. All others may look alike in a path (`A/B` and `A-B`, `abc`
    and `ABC`, `A.`, the long ones): a hash behind an underscore, which no other name has, tells them apart.

    Args:
        code: of an entity, a group, a document.
        joint: what joins the words of ordinary codes of this kind, a hyphen or an underscore.
    """
    plain = slug(code)
    if re.fullmatch(rf"[A-Z0-9]+(?:{joint}[A-Z0-9]+)*", code) and len(code) <= LONGEST_NAME and plain not in RESERVED_NAMES:
        return plain
    return f"{plain[:LONGEST_NAME].strip('-')}_{hashlib.sha256(code.encode('utf-8', 'surrogatepass')).hexdigest()[:12]}"
