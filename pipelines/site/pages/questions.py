"""Questions: each analysis of the project with its SQL and what this release answers."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import duckdb

from pipelines.ask.recipes import Recipe, recipes
from pipelines.dbt.described import described
from pipelines.release.public import DESIGNATIONS
from pipelines.site.page import Column, Link, Page, Table, slug
from pipelines.site.reader import Reader

SECTION = "Data and checks"
INDEX = "questions/index.html"
MOST_ROWS = 40


def pages(reader: Reader) -> Iterator[Page]:
    """The list, and a page per question."""
    if reader.release.manifest is None:
        return
    asked = recipes(described(reader.release.manifest))
    listing = Table(
        caption="Questions that the release answers, each with its SQL",
        columns=[Column(key="question", heading="Question"), Column(key="name", heading="Name", kind="code")],
        rows=[{"question": Link(text=recipe.question, path=path_of(recipe)), "name": recipe.name} for recipe in asked],
    )
    yield Page(path=INDEX, title="Questions and their SQL", section=SECTION, template="questions.html", context={"listing": listing})
    for recipe in asked:
        context = {"recipe": recipe, "answer": answer(reader, recipe), "index": INDEX, "designations": DESIGNATIONS}
        yield Page(path=path_of(recipe), title=recipe.question, section=SECTION, template="question.html", context=context, in_navigation=False)


def path_of(recipe: Recipe) -> str:
    """Where a question stands."""
    return f"questions/{slug(recipe.name)}.html"


def answer(reader: Reader, recipe: Recipe) -> Table | None:
    """The first rows of the answer; None where the question cannot be asked of this release."""
    try:
        rows = reader.rows(f"select * from ({recipe.sql}) limit {MOST_ROWS + 1}")
    except duckdb.CatalogException:
        return None
    names = list(rows[0]) if rows else []
    cut = f"The first {MOST_ROWS} rows." if len(rows) > MOST_ROWS else ""
    return Table(
        caption="What this release answers",
        columns=[Column(key=name, heading=name, kind=_kind(name, rows)) for name in names],
        rows=rows[:MOST_ROWS],
        note=cut or ("" if rows else "No row: nothing that was delivered answers it."),
    )


def _kind(name: str, rows: list[dict[str, Any]]) -> str:
    value = next((row[name] for row in rows if row[name] is not None), None)
    if isinstance(value, int | float | Decimal) and not isinstance(value, bool) and not name.endswith("year"):
        return "number"
    return "text"
