"""The pages about checks and the first page: complete without a network, every suite there, nothing from data taken as markup."""

from __future__ import annotations

import re
import shutil
from dataclasses import replace
from datetime import UTC, date, datetime

import duckdb
import pytest

from pipelines.release.public import Edition, open_public
from pipelines.shapes.check_result import CheckResult
from pipelines.site.build import build_site, write_pages
from pipelines.site.pages import great_expectations
from pipelines.site.reader import Reader, Release
from pipelines.validate.results import append_results
from pipelines.validate.runner import Acceptance, validate
from pipelines.validate.suites import SUITES

# Anything a browser would fetch from elsewhere: attributes that load, imports and addresses in styles.
EXTERNAL = re.compile(r"""<(?:script|link|img|iframe|source|object|embed)[^>]*(?:src|href|data)\s*=\s*["']?(?:https?:)?//|@import|url\((?!#)""")
HOSTILE = "<script>alert(1)</script>"
DBT = CheckResult(check_name="unique_key", engine="dbt", target="marts.fct_spending", severity="error", status="passed", observed="0 rows", expected="unique")


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory, sound):
    """One of each status: a broken law, a table gone, a warning, a delivery a thousand times larger that was accepted."""
    path = tmp_path_factory.mktemp("now") / "techcoop.duckdb"
    shutil.copy(sound, path)
    with duckdb.connect(str(path)) as connection:
        connection.execute("update audit.reconciliation set amount_from = amount_from * 1000, amount_to = amount_to * 1000")
        connection.execute(f"update marts.fct_deliverables set status = '{HOSTILE}'")
        connection.execute(f"update marts.shares_by_region set share_pct = 1, entity = '{HOSTILE}'")
        connection.execute("drop table marts.fct_activities")
    return validate(path, sound, [Acceptance(check="magnitude", reason=f"checked {HOSTILE}")])


def release(outcomes=(), results=()) -> Release:
    edition = Edition(release_id="run-1", as_of=date(2026, 11, 21), made_at=datetime(2026, 11, 21, 12, 0, tzinfo=UTC), licence="CC BY 4.0")
    return Release(edition=edition, outcomes=outcomes, results=[DBT, *results])


@pytest.fixture
def written(outcomes, sound):
    """Writes the pages about checks into a folder."""

    def write(folder):
        made = release(outcomes, [outcome.result for outcome in outcomes])
        with open_public(sound) as connection:
            pages = list(great_expectations.pages(Reader(connection, made, sound)))
        write_pages([replace(pages[0], path="index.html", in_navigation=False), *pages], folder, made)
        return folder / "great_expectations"

    return write


@pytest.fixture
def docs(written, tmp_path):
    return written(tmp_path / "docs")


def test_nothing_is_fetched_from_elsewhere(docs):
    pages = list(docs.glob("*.html"))
    assert len(pages) == len(SUITES) + 2
    read = {page.name: page.read_text("utf-8") for page in [*pages, *(docs.parent / "assets").iterdir()]}
    assert {name: EXTERNAL.findall(text) for name, text in read.items() if EXTERNAL.search(text)} == {}


def test_every_suite_has_a_page_with_every_expectation(docs, outcomes):
    index = (docs / "index.html").read_text("utf-8")
    for suite in SUITES:
        assert f'href="../great_expectations/{suite.name}.html"' in index
        page = (docs / f"{suite.name}.html").read_text("utf-8")
        mine = [outcome for outcome in outcomes if outcome.suite == suite.name]
        assert all(outcome.result.check_name in page and outcome.result.target in page for outcome in mine)
        assert page.count('<span class="status') == len(mine)


def test_tests_of_other_engines_have_a_page(docs):
    assert 'href="../great_expectations/dbt.html"' in (docs / "index.html").read_text("utf-8")
    assert "unique_key" in (docs / "dbt.html").read_text("utf-8")


def test_failed_and_could_not_run_are_told_apart(docs):
    page = (docs / "facts.html").read_text("utf-8")
    assert "✗ failed" in page and "? could not run" in page and "could not be checked: the table marts.fct_activities does not exist" in page


def test_an_acceptance_is_shown_with_its_reason(docs):
    page = (docs / "deliveries.html").read_text("utf-8")
    assert "✓ accepted" in page and "Accepted: checked &lt;script&gt;" in page


def test_what_comes_from_data_is_text(docs):
    assert all("<script>" not in page.read_text("utf-8") for page in docs.glob("*.html"))
    assert "&lt;script&gt;alert(1)" in (docs / "shares.html").read_text("utf-8") and "&lt;script&gt;alert(1)" in (docs / "facts.html").read_text("utf-8")


def test_stock_expectations_are_in_great_expectations_own_words(docs):
    assert "values must belong to this set: planned actual." in (docs / "facts.html").read_text("utf-8")


def test_the_same_outcomes_give_the_same_pages(docs, written, tmp_path):
    again = written(tmp_path / "again")
    assert {page.name: page.read_bytes() for page in docs.glob("*")} == {page.name: page.read_bytes() for page in again.glob("*")}


def test_the_overview_leads_to_the_checks_and_shows_what_was_delivered(build, tmp_path):
    path = build(
        "now",
        f"update audit.deliveries set source_file = '{HOSTILE}.csv'",
        "update marts.shares_by_subprogramme set record_basis = 'illustrative'",
    )
    results = [replace(DBT, engine="great_expectations", status="warned", severity="warning")]
    append_results(path, "run-1", [DBT, *results])
    page = build_site(path, tmp_path / "docs", release=release(results=results)).read_text("utf-8")
    assert 'href="great_expectations/index.html"' in page and not EXTERNAL.search(page)
    assert "21 November 2026, 12:00 UTC" in page and "run-1" in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;.csv" in page and "not_a_date" in page and "write the date as YYYY-MM-DD" in page
    assert '<span class="badge illustrative">illustrative</span>' in page


def test_an_empty_release_still_has_an_overview(build, tmp_path):
    empty = ["audit.deliveries", "audit.quarantine", "marts.published_figure_checks", "marts.shares_by_subprogramme"]
    path = build("now", *(f"delete from {table}" for table in empty))
    assert "Deliveries" in build_site(path, tmp_path / "docs", release=release()).read_text("utf-8")
