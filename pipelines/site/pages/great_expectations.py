"""What was checked: one page for all suites, one page per suite, one per other engine.

The pages that Great Expectations writes by itself load their style, scripts and tables from other sites, and its index is empty without
them. These pages are our own: what an expectation says is rendered by Great Expectations (`Outcome.rendered`), all else by our templates.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from pipelines.shapes.check_result import CheckResult
from pipelines.site.page import Column, Link, Page, Table, slug
from pipelines.site.reader import Reader
from pipelines.validate.runner import Outcome
from pipelines.validate.suites import SUITES

SECTION = "Data and checks"
INDEX = "great_expectations/index.html"
ATTENTION = ("failed", "errored", "accepted", "warned")
STATUSES = {"passed": "passed", "warned": "warned", "accepted": "accepted", "failed": "failed", "errored": "could not run"}


def pages(reader: Reader) -> Iterator[Page]:
    """The index and its suites."""
    outcomes, results = reader.release.outcomes, reader.release.results
    tested = {(suite.name, suite.title): [outcome for outcome in outcomes if outcome.suite == suite.name] for suite in SUITES}
    for engine in sorted({result.engine for result in results} - {"great_expectations"}):
        title = f"Beside the suites: {engine} tests" if engine == "dbt" else f"Beside the suites: {engine}s"
        tested[engine, title] = [_bare(result) for result in results if result.engine == engine]
    every = [(name, outcome.result) for (name, _), found in tested.items() for outcome in found]
    noteworthy = sorted(
        ((name, result) for name, result in every if result.status in ATTENTION), key=lambda pair: (ATTENTION.index(pair[1].status), pair[1].target)
    )
    suites = Table(
        caption="Suites and tests, by how their checks ended",
        columns=[Column(key="suite", heading="Suite"), *(Column(key=key, heading=heading, kind="number") for key, heading in STATUSES.items())],
        rows=[{"suite": Link(text=title, path=path_of(name)), **_counts(found)} for (name, title), found in tested.items()],
    )
    findings = Table(
        caption="Checks that failed, could not run, were accepted or warned",
        columns=[
            Column(key="check", heading="Check"),
            Column(key="status", heading="Status", kind="status"),
            Column(key="target", heading="Table", kind="code"),
            Column(key="observed", heading="Observed"),
            Column(key="expected", heading="Expected"),
            Column(key="reason", heading="Accepted because"),
        ],
        rows=[
            {
                "check": Link(text=result.check_name, path=path_of(name, result.check_name, result.target)),
                **{key: getattr(result, key) for key in ("status", "target", "observed", "expected", "reason")},
            }
            for name, result in noteworthy
        ],
    )
    yield Page(
        path=INDEX, title="Great Expectations: what was checked", section=SECTION, template="checks.html", context={"suites": suites, "findings": findings}
    )
    for (name, title), found in tested.items():
        tables: dict[str, list[Outcome]] = {}
        for outcome in found:
            tables.setdefault(outcome.result.target, []).append(outcome)
        context = {"tables": tables, "index": INDEX}
        yield Page(path=path_of(name), title=title, section=SECTION, template="checks_suite.html", context=context, in_navigation=False)


def path_of(suite: str, check: str | None = None, target: str | None = None) -> str:
    """Where a suite stands, or one of its checks on a table."""
    return f"great_expectations/{suite}.html" + (f"#{slug(f'{check}-{target}')}" if check else "")


def _bare(result: CheckResult) -> Outcome:
    return Outcome(suite=result.engine, result=result, protects="", law=None, rendered="", query=None)


def _counts(found: Sequence[Outcome]) -> Counter[str]:
    counts = Counter(dict.fromkeys(STATUSES, 0))
    counts.update(outcome.result.status for outcome in found)
    return counts
