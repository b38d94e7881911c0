"""The site of the shipped data: whole, small, true to the release, and linked from the orchestrator."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

from pipelines.release.public import open_public
from pipelines.site.pages import lineage
from pipelines.site.reader import Reader
from pipelines.site.statements import Recipes

MOST_MEGABYTES = 15


class Seen(HTMLParser):
    """What a page holds that matters here: ids, ways to other pages, marks of charts, tables without a caption or a scope."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.targets: list[str] = []
        self.elsewhere: list[str] = []
        self.tables = self.captions = 0
        self.bare_headings = 0
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        if given.get("id"):
            self.ids.append(given["id"])
        address = given.get("href") if tag in ("a", "link") else given.get("src")
        if address and not address.startswith("data:"):
            (self.elsewhere if urlsplit(address).netloc or urlsplit(address).scheme else self.targets).append(address)
        self.tables += tag == "table"
        self.captions += tag == "caption"
        self.bare_headings += tag == "th" and "scope" not in given


@pytest.fixture(scope="module")
def docs(shipped) -> Path:
    return (shipped.home / "docs").resolve()


@pytest.fixture(scope="module")
def pages(docs) -> dict[str, Seen]:
    """Every page but dbt's own, by its path."""
    return {path.relative_to(docs).as_posix(): Seen(path.read_text("utf-8")) for path in docs.rglob("*.html") if path != docs / lineage.INDEX}


def test_every_way_leads_to_a_page_and_a_place_on_it(docs, pages):
    lost = []
    for origin, page in pages.items():
        for target in page.targets:
            path, _, anchor = unquote(target).partition("#")
            found = (docs / origin).parent.joinpath(path).resolve() if path else docs / origin
            name = found.relative_to(docs).as_posix()
            if not found.is_file() or (anchor and name in pages and anchor not in pages[name].ids):
                lost.append((origin, target))
    assert lost == []


def test_no_page_asks_another_host(pages):
    assert {name: page.elsewhere for name, page in pages.items() if page.elsewhere} == {}


def test_tables_have_captions_and_headings_say_what_they_head(pages):
    assert [name for name, page in pages.items() if page.tables != page.captions or page.bare_headings] == []


def test_no_id_is_given_twice(pages):
    assert {name: page.ids for name, page in pages.items() if len(page.ids) > len(set(page.ids))} == {}


def test_site_is_small(docs):
    assert sum(path.stat().st_size for path in docs.rglob("*") if path.is_file()) < MOST_MEGABYTES * 1_000_000


def test_charts_draw_as_many_marks_as_they_say(docs, pages):
    charts = 0
    for name in pages:
        for figure in re.findall(r'<figure class="chart.*?</figure>', (docs / name).read_text("utf-8"), re.DOTALL):
            said = int(re.search(r'data-marks="(\d+)"', figure).group(1))
            marks = re.findall(r'<g class="mark-(?:rect|symbol) role-mark[^"]*">(.*?)</g>', figure, re.DOTALL)
            assert sum(group.count("<path") for group in marks) == said > 0, name
            charts += 1
    assert charts > 20


def test_whatever_rests_on_illustrative_records_says_so(docs, pages, shipped):
    for name in pages:
        text = (docs / name).read_text("utf-8")
        for figure in re.findall(r"<figure class=\"chart.*?</figure>", text, re.DOTALL):
            assert ("url(#hatch-" in figure or "stroke-dasharray" in figure) == ('class="badge illustrative"' in figure), name
    assert "illustrative" in (docs / "index.html").read_text("utf-8")


def test_sql_of_each_published_figure_gives_its_computed_value(shipped):
    database = (shipped.home / "techcoop.duckdb").resolve()
    with open_public(database) as connection:
        reader = Reader(connection, None, database)
        recipes = Recipes(reader)
        tried = 0
        for statement in reader.rows("select * from marts.published_figure_checks where verdict <> 'not_computable'"):
            recipe = recipes.recipe(statement)
            assert abs(float(reader.value(recipe.sql)) - float(statement["computed_value"])) < 1e-6, statement["figure_id"]
            assert recipe.rows_found and recipe.rows, statement["figure_id"]
            assert all(row["source_file"] and row["source_row"] for row in recipe.rows)
            tried += 1
    assert tried > 250


def test_half_for_environment_in_2004_is_two_clicks_from_the_first_page(docs):
    (first,) = re.findall(r'href="([^"]+)">[^<]*more than 50 per cent[^<]*environment', (docs / "index.html").read_text("utf-8"))
    path, _, anchor = first.partition("#")
    text = (docs / path).read_text("utf-8")
    said = text[text.index(f'id="{anchor}"') :].partition("</section>")[0]
    assert "illustrative-transactions" in said or "project_transactions/" in said
    assert "marts.shares_by_subprogramme" in said and "54.54" in said


def test_orchestrator_links_each_check_to_its_place(docs, pages, shipped):
    from pipelines.dbt.manifest import manifest
    from pipelines.defs.suites import suite_checks

    specs = list(suite_checks(manifest(shipped.home)).check_specs)
    lost = []
    for spec in specs:
        page = urlsplit(spec.metadata["page"].value)
        if page.fragment not in pages[page.path.lstrip("/")].ids:
            lost.append((spec.name, page.path, page.fragment))
    assert specs and lost == []


def test_dbt_page_holds_the_project_and_no_tracker(docs):
    text = (docs / lineage.INDEX).read_text("utf-8")
    assert "model.techcoop.shares_by_subprogramme" in text and '"type":"VARCHAR"' in text
    assert not re.search(r"cloudfront|sinter-collect|sp\.js", text)
