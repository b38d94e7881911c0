"""What stops a run, or sets one delivery aside: raised where it is found, told where a person reads it."""

from __future__ import annotations

import traceback
from pathlib import Path


class ConfigurationError(Exception):
    """Something that the operator must put right before anything can run; the message is one line."""


class UnknownDelivery(ConfigurationError):
    """An operator names a delivery that is not there."""


class UnreadableDelivery(Exception):
    """The delivery as a whole cannot be read and is set aside.

    Attributes:
        rule: a short name such as `duplicate_header`.
        remedy: what the deliverer can do about it.
        detail: what was found, and where.
    """

    def __init__(self, rule: str, detail: str, remedy: str) -> None:
        """Keeps the three parts apart, for the audit tables."""
        super().__init__(f"{detail} {remedy}")
        self.rule = rule
        self.detail = detail
        self.remedy = remedy


class ProgramError(Exception):
    """An error of ours, met while a delivery was judged: nothing that its deliverer could put right, so it stops the run and is no fault of the file."""

    @classmethod
    def met_in(cls, file: str, error: BaseException) -> ProgramError:
        """The error that was met while a file was judged, as one line that says what to report."""
        from importlib.metadata import version

        innermost = traceback.extract_tb(error.__traceback__)[-1:] if error.__traceback__ else []
        where = "".join(f" at {Path(frame.filename).name}:{frame.lineno}" for frame in innermost)
        said = " ".join(str(error).split())[:300]
        return cls(
            f"an error of the program, not of the file: {file} could not be judged ({type(error).__name__}{where}: {said or 'no message'}); "
            f"report this line, the version {version('technical-cooperation-warehouse')} and, if it may be shown, the file"
        )


class FileViolation(Exception):
    """The whole delivery breaks its contract; it is set aside."""

    def __init__(self, rule: str, message: str, remedy: str) -> None:
        """Keep rule and remedy beside the message."""
        super().__init__(message)
        self.rule = rule
        self.remedy = remedy


def in_sentences(error: UnreadableDelivery | FileViolation) -> str:
    """What was found, and what to do about it, each a sentence."""
    found = error.detail if isinstance(error, UnreadableDelivery) else str(error)
    return f"{found.rstrip('.')}. {error.remedy[:1].upper()}{error.remedy[1:]}".strip()


class MappingError(Exception):
    """A mapping file says something that cannot be followed: a configuration error of whoever wrote it."""

    def __init__(self, path: Path, key: str, found: object, expected: str) -> None:
        """Names file, key, what was found and what was expected there."""
        super().__init__(f"{path}: {key}: found {_shown(found)}, expected {expected}")
        self.path = path
        self.key = key
        self.found = found
        self.expected = expected

    def told(self, root: Path) -> str:
        """The message in one line, with the file as it lies below the root of the deliveries."""
        path = self.path.relative_to(root).as_posix() if self.path.is_relative_to(root) else self.path
        return " ".join(f"the mapping {path} cannot be followed: {self.key}: found {_shown(self.found)}, expected {self.expected}".split())


def _shown(value: object) -> str:
    if isinstance(value, str):
        return f"'{value}'"
    return "a table of keys" if isinstance(value, dict) else "a list" if isinstance(value, list) else str(value)
