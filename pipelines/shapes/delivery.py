"""A file that somebody handed over, and what becomes of it."""

from __future__ import annotations

import fnmatch
import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from pipelines.shapes.errors import MappingError

# Names that files (and Safari's folders) have while programs transfer or edit them: WinSCP, curl and browsers; LibreOffice, Office, vim.
_UNFINISHED = ("*.part", "*.partial", "*.filepart", "*.tmp", "*.temp", "*.crdownload", "*.download", "*.swp", "*.swo", "*.lock", ".~lock*", "~$*")
# Files that people keep beside deliveries. `.mapping.yml` and `_mapping.yml` describe deliveries and are read with them.
_MAPPINGS = ("*.mapping.yml", "_mapping.yml")
_NOT_DELIVERIES = (
    *_MAPPINGS,
    *_UNFINISHED,
    "*.provenance.yml",
    "*.md",
    "*.dvc",
    "README*",
    "LICENSE*",
    "*~",
    "Thumbs.db",
)


@dataclass(frozen=True, kw_only=True)
class Delivery:
    """One delivered file.

    Attributes:
        source: the folder under the raw root, a source of the registry.
        source_file: path below the raw root, with forward slashes.
        path: where it lies now (None once withdrawn).
        sha256: of the content; None where it could not be read.
        status: `loaded`, `set_aside`, `superseded` or `withdrawn`.
        message: why it is not loaded, for people.
        rule: the rule that set it aside.
        superseded_by: the file whose mapping replaces it.
        same_as: the file with the same content that counts instead.
        member: its name within the archive that lies at `path`; None for a file of its own.
        mapping: identity of the mapping that makes its rows (see `Mapping.identity`); empty where none changes anything.
        table: which of the tables of the file it is; the first, and mostly only one, is 0.
        label: what people call that table, empty where it is the only one.
    """

    source: str
    source_file: str
    path: Path | None
    sha256: str | None
    status: str = "loaded"
    message: str = ""
    rule: str | None = None
    superseded_by: str | None = None
    same_as: str | None = None
    member: str | None = None
    mapping: str = ""
    table: int = 0
    label: str = ""

    @property
    def title(self) -> str:
        """The file, and which of its tables is meant."""
        return f"{self.source_file} ({self.label})" if self.label else self.source_file

    @property
    def delivery_id(self) -> str:
        """First 16 hex digits of sha256 over source, path, content and mapping, so that the same table always has the same name."""
        parts = [self.source, self.source_file, self.sha256 or "", *([self.mapping] if self.mapping else [])]
        return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:16]

    def set_aside(self, rule: str, message: str) -> Delivery:
        """The delivery, not loaded, with the reason."""
        return replace(self, status="set_aside", rule=rule, message=message)

    def broken_mapping(self, error: MappingError, raw_root: Path) -> Delivery:
        """The delivery, not loaded because its mapping cannot be followed."""
        return self.set_aside("broken_mapping", f"{error.told(raw_root)}; correct the mapping, and run again")

    def repeats(self, twin: str) -> Delivery:
        """The delivery, not loaded because another file gives the same rows."""
        return replace(self.set_aside("same_content", f"the same content as {twin}: it counts once"), same_as=twin)


@dataclass(frozen=True, kw_only=True)
class Member:
    """A file inside an archive; `rule` and `message` say why it cannot be read, if it cannot."""

    name: str
    sha256: str | None
    rule: str | None = None
    message: str = ""


@dataclass(frozen=True, kw_only=True)
class Stray:
    """A file or folder under the raw root that belongs to no source."""

    source_file: str
    message: str


@dataclass(frozen=True, kw_only=True)
class PastDelivery:
    """A line of the previous release's `audit.deliveries`."""

    delivery_id: str
    source: str
    source_file: str
    source_sha256: str | None
    status: str
    message: str


def is_delivery(name: str) -> bool:
    """Whether a file name is a delivery rather than a mapping, a note about one, a transfer under way, or hidden."""
    return not name.startswith(".") and not _is_one_of(name, _NOT_DELIVERIES)


def _is_one_of(name: str, patterns: Iterable[str]) -> bool:
    """Whether a name is one of the patterns, in any case."""
    return any(fnmatch.fnmatchcase(name.lower(), pattern.lower()) for pattern in patterns)
