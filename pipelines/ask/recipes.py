"""Questions with the SQL that answers them: the analyses of the dbt project, written out for any DuckDB client."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import takewhile
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import jinja2
from jinja2.runtime import Context

from pipelines import settings
from pipelines.dbt.described import Table


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


class _Returned(Exception):
    """A macro hands back a value, which need not be text, and ends."""

    def __init__(self, value: object) -> None:
        super().__init__()
        self.value = value


def _return(value: object) -> None:
    raise _Returned(value)


class _Context(Context):
    """Calls as dbt makes them: what a macro returns is its value."""

    def call(self, called: Callable[..., Any], /, *arguments: Any, **named: Any) -> Any:
        try:
            return super().call(called, *arguments, **named)
        except _Returned as returned:
            if called is _return:
                raise
            return returned.value


def recipes(tables: Mapping[str, Table], folder: Path | None = None) -> list[Recipe]:
    """Every analysis, by name.

    Args:
        tables: those of the project, which the analyses refer to by the names of their models.
        folder: of the analyses, if not the project's own.

    Raises:
        LookupError: an analysis refers to no model.
        jinja2.UndefinedError: an analysis calls what only dbt knows.
    """
    models = {Path(table.path).stem: f"{table.schema}.{table.name}" for table in tables.values()}
    environment = jinja2.Environment(extensions=["jinja2.ext.do"], undefined=jinja2.StrictUndefined, autoescape=False)
    environment.context_class = _Context
    known: dict[str, Callable[..., str]] = {}

    def dispatch(name: str, *_: str) -> Callable[..., str]:
        # As dbt finds the macro of an engine: DuckDB's own, else the one for all.
        return known.get(f"duckdb__{name}") or known[f"default__{name}"]

    environment.globals |= {
        "target": SimpleNamespace(type="duckdb"),
        "adapter": SimpleNamespace(dispatch=dispatch),
        "env_var": lambda name, default="": default,
        "return": _return,
    }
    known |= {name: macro for name, macro in vars(environment.from_string(_macros()).module).items() if not name.startswith("_")}
    found = []
    for path in sorted((folder or settings.DBT_PROJECT / "analyses").glob("*.sql")):
        lines = path.read_text("utf-8").strip().splitlines()
        told = list(takewhile(lambda line: line.startswith("--"), lines))
        environment.globals["ref"] = _reference(models, path)
        sql = environment.from_string("\n".join(lines[len(told) :])).render(known).strip()
        question = " ".join(line.removeprefix("--").strip() for line in told)
        found.append(Recipe(name=path.stem, question=question, sql=sql))
    return found


def _macros() -> str:
    """The project's macros as one text, without those that only dbt itself calls."""
    texts = [file.read_text("utf-8") for file in sorted((settings.DBT_PROJECT / "macros").rglob("*.sql")) if file.name != "ref.sql"]
    return "".join(text for text in texts if "{% materialization" not in text and "{%- materialization" not in text)


def _reference(models: Mapping[str, str], path: Path) -> Callable[[str], str]:
    def ref(model: str) -> str:
        if model not in models:
            raise LookupError(f"{path.name} refers to {model}, which is no model of the project")
        return models[model]

    return ref
