"""Questions with the SQL that answers them: the analyses of the dbt project, written out for any DuckDB client."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import takewhile
from pathlib import Path

from pipelines import settings
from pipelines.publish.described import Table

REFERENCE = re.compile(r"\{\{\s*ref\('(\w+)'\)\s*\}\}")


@dataclass(frozen=True, kw_only=True)
class Recipe:
    """A question of somebody who reads the release.

    Attributes:
        name: of its file.
        question: in words, with what to mind.
        sql: one statement, to be pasted.
    """

    name: str
    question: str
    sql: str


def recipes(tables: Mapping[str, Table], folder: Path | None = None) -> list[Recipe]:
    """Every analysis, by name.

    Args:
        tables: those of the project, which the analyses refer to by the names of their models.
        folder: of the analyses, if not the project's own.

    Raises:
        LookupError: an analysis refers to no model, or is more than references and SQL.
    """
    models = {Path(table.path).stem: f"{table.schema}.{table.name}" for table in tables.values()}
    found = []
    for path in sorted((folder or settings.DBT_PROJECT / "analyses").glob("*.sql")):
        lines = path.read_text("utf-8").strip().splitlines()
        told = list(takewhile(lambda line: line.startswith("--"), lines))
        sql = REFERENCE.sub(lambda named, path=path: _table(named[1], models, path), "\n".join(lines[len(told) :])).strip()
        if "{{" in sql or "{%" in sql:
            raise LookupError(f"{path.name} holds more than references: only `ref('model')` can be written out for a reader")
        question = " ".join(line.removeprefix("--").strip() for line in told)
        found.append(Recipe(name=path.stem, question=question, sql=sql))
    return found


def _table(model: str, models: Mapping[str, str], path: Path) -> str:
    if model not in models:
        raise LookupError(f"{path.name} refers to {model}, which is no model of the project")
    return models[model]
