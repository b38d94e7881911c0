"""What every check says, whichever engine ran it: one shape, one table (`audit.check_results`), one JSON form."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Engine = Literal["great_expectations", "dbt", "contract"]


Severity = Literal["error", "warning"]


Status = Literal["passed", "failed", "warned", "errored", "accepted"]


@dataclass(frozen=True, kw_only=True)
class CheckResult:
    """One check of one run.

    Attributes:
        check_name: stable name, the same in every run; what `--accept` names.
        engine: who ran it.
        target: the table it guards, `schema.table`.
        severity: `error` blocks the release, `warning` never does.
        status: `errored` means that the check itself could not run, which says nothing about the data.
        observed: what was found, as short text.
        expected: what should have been found.
        reason: why a failure was accepted, or why it could not be; else None.
        carried_from: the run that found this, where nothing that the check reads has changed since; None where it was found now.
    """

    check_name: str
    engine: Engine
    target: str
    severity: Severity
    status: Status
    observed: str
    expected: str
    reason: str | None = None
    carried_from: str | None = None

    @property
    def is_blocking(self) -> bool:
        """Whether a release must wait because of this result."""
        return self.status == "failed" or (self.status == "errored" and self.severity == "error")
