"""Small files that are whole at every moment: JSON and symlinks replaced in one step, and lasting through a power cut."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any


class DamagedFile(Exception):
    """A file of ours does not hold what was written into it; the message is one line."""


def write_json(path: Path, content: Any) -> None:
    """Write a JSON file so that a reader sees the old content or the new, never half of one, also after a power cut."""
    fresh = path.with_name(f".{path.name}.{os.getpid()}.new")
    try:
        with fresh.open("w", encoding="utf-8") as file:
            file.write(json.dumps(content, indent=2, ensure_ascii=False, default=str) + "\n")
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(path)
    except OSError:
        fresh.unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


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


def sync_folder(folder: Path) -> None:
    """Make the renames in a folder last through a power cut."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
