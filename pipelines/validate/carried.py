"""Checks whose tables stand as the release before has them: what they found then is what they would find now.

Laws are never carried over, nor checks that compare with another release or read what is prepared for several checks at once.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from contextlib import suppress
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from pipelines import sealed
from pipelines.shapes.check_result import CheckResult
from pipelines.storage import content_hash, write_atomically
from pipelines.validate.runner import BUILD, PREPARED, PREVIOUS, Outcome
from pipelines.validate.suites import SUITES, Check
from pipelines.validate.suites.checks import Tables

OUTCOMES = "outcomes.json"
_TABLE = re.compile(r"\b(?:raw|staging|intermediate|marts|reference|audit)\.\w+")
_ELSEWHERE = re.compile(rf"\b(?:{PREPARED}|{PREVIOUS})\b")


def keep(folder: Path, outcomes: Sequence[Outcome]) -> None:
    """Keep what the suites found with the release, under a name for the code that asked.

    Raises:
        pipelines.storage.StorageError: the disk is full.
    """
    told = {"asked_by": _asked_by(), "outcomes": [asdict(outcome) for outcome in outcomes]}
    write_atomically(folder / OUTCOMES, sealed.to_json(told).encode())


def carried(previous: Path, run_id: str, unchanged: Collection[str], tables: Tables) -> list[Outcome]:
    """Outcomes of the release before that still hold, each with the run that found it.

    Args:
        previous: folder of the release before.
        run_id: its run, which found what it did not itself carry over.
        unchanged: tables and views, `schema.name`, that hold what they held then.
        tables: those of the project, with their columns.
    """
    with suppress(OSError, sealed.BrokenSeal):
        told = sealed.from_json((previous / OUTCOMES).read_text("utf-8"))
        if told["asked_by"] == _asked_by():
            hold = {(suite.name, check.name, check.target) for suite in SUITES for check in suite.checks(tables) if _holds(check, unchanged)}
            return [outcome for one in told["outcomes"] if _place(outcome := _outcome(one, run_id)) in hold and outcome.result.status in ("passed", "warned")]
    return []


def _holds(check: Check, unchanged: Collection[str]) -> bool:
    said = " ".join(filter(None, (check.target, check.reads, check.query, check.seen)))
    return check.law is None and check.target_from is None and not _ELSEWHERE.search(said) and set(_TABLE.findall(said)) <= set(unchanged)


def _place(outcome: Outcome) -> tuple[str, str, str]:
    return outcome.suite, outcome.result.check_name, outcome.result.target


def _outcome(told: dict[str, Any], run_id: str) -> Outcome:
    result = CheckResult(**told["result"])
    return Outcome(**{**told, "result": replace(result, carried_from=result.carried_from or run_id), "rows": tuple(told["rows"])})


def _asked_by() -> str:
    """The code of the suites, and the name under which a build file is attached."""
    return f"{BUILD} {content_hash(Path(__file__).parent)}"
