"""Great Expectations' Data Docs of a release: one page for all suites, one page per suite, complete without a network.

The pages that Great Expectations writes by itself load their style, scripts and tables from other sites, and its index is empty without
them. These pages are our own: what an expectation says is rendered by Great Expectations (`Outcome.rendered`), all else by our template.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import jinja2

from pipelines.validate.results import CheckResult, as_text
from pipelines.validate.runner import Outcome
from pipelines.validate.suites import SUITES

FOLDER = "great_expectations"
ATTENTION = ("failed", "errored", "accepted", "warned")


@dataclass(frozen=True, kw_only=True)
class _Page:
    file: str
    title: str
    counts: Counter[str]
    tables: Sequence[tuple[str, Sequence[Outcome]]]


def build_data_docs(outcomes: Sequence[Outcome], docs: Path, results: Sequence[CheckResult] = ()) -> Path:
    """Write `great_expectations/` under a release's documentation.

    Args:
        outcomes: what the suites found.
        docs: the release's documentation folder; made where it is missing.
        results: results of all engines; those of other engines get a page each beside the suites.

    Returns:
        The index page.
    """
    folder = docs / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    pages = [_page(suite.name, suite.title, [outcome for outcome in outcomes if outcome.suite == suite.name]) for suite in SUITES]
    engines = sorted({result.engine for result in results} - {"great_expectations"})
    for engine in engines:
        others = [Outcome(suite=engine, result=result, protects="", law=None, rendered="", query=None) for result in results if result.engine == engine]
        pages.append(_page(engine, f"Beside the suites: {engine} tests" if engine == "dbt" else f"Beside the suites: {engine}s", others))
    every = [outcome.result for page in pages for _, checks in page.tables for outcome in checks]
    findings = sorted((result for result in every if result.status in ATTENTION), key=lambda result: (ATTENTION.index(result.status), result.target))
    templates = environment()
    for page in pages:
        (folder / page.file).write_text(templates.get_template("checks_suite.html").render(title=page.title, page=page), "utf-8")
    index = folder / "index.html"
    index.write_text(templates.get_template("checks_index.html").render(title="Great Expectations: what was checked", pages=pages, findings=findings), "utf-8")
    return index


def environment() -> jinja2.Environment:
    """The templates of the pages; everything that comes from data is escaped."""
    templates = jinja2.Environment(
        loader=jinja2.FileSystemLoader(Path(__file__).parent / "templates"), autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True
    )
    templates.filters["number"] = lambda value: "" if value is None else f"{value:,}" if isinstance(value, int) else as_text(value)
    return templates


def _page(name: str, title: str, outcomes: Iterable[Outcome]) -> _Page:
    tables: dict[str, list[Outcome]] = {}
    counts: Counter[str] = Counter()
    for outcome in outcomes:
        tables.setdefault(outcome.result.target, []).append(outcome)
        counts[outcome.result.status] += 1
    return _Page(file=f"{name}.html", title=title, counts=counts, tables=list(tables.items()))
