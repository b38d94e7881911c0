"""What a reader meets: the first page, the ways from it, charts, search, the published figures, the checks, the lineage."""

from __future__ import annotations

import pytest

from pipelines.validate.suites import SUITES

MAIN = (
    "index.html",
    "report/subprogrammes.html",
    "report/funding.html",
    "entities/ece.html",
    "country-groups/speca.html",
    "published-figures/index.html",
    "great_expectations/index.html",
    "great_expectations/shares.html",
    "report/early-warning.html",
    "dictionary/index.html",
    "explained/index.html",
)
# What axe-core calls so keeps somebody from reading.
SERIOUS = ("serious", "critical")


def test_first_page_says_what_was_released(site):
    page = site.open()
    assert page.title().startswith("Overview")
    assert page.get_by_role("link", name="Published figures").count() and page.get_by_role("link", name="Great Expectations").count()
    assert "illustrative" in page.locator("main").inner_text() and "SHA-256" in page.locator("main").inner_text()
    site.shoot(page, "index")


def test_every_link_of_the_navigation_leads_to_its_page(site):
    page = site.open()
    links = [(link.inner_text(), link.get_attribute("href")) for link in page.locator("nav a").all()]
    assert len(links) > 8
    for text, address in links:
        page.goto(f"file://{site.docs}/{address}")
        if not address.startswith("lineage/"):
            assert page.locator("h1").inner_text() == text and page.locator("nav a[aria-current=page]").inner_text() == text


def test_every_page_of_the_navigation_fits_a_telephone(site):
    page = site.open(width=390)
    wide = []
    for address in [link.get_attribute("href") for link in page.locator("nav a").all()]:
        if not address.startswith("lineage/"):
            page.goto(f"file://{site.docs}/{address}")
            if page.evaluate("document.documentElement.scrollWidth") > 390:
                wide.append(address)
    assert wide == []


def test_chart_shows_a_mark_per_figure(site):
    page = site.open("report/subprogrammes.html")
    figures = page.locator("figure.chart")
    assert figures.count() >= 4
    for place in range(figures.count()):
        figure = figures.nth(place)
        said = int(figure.get_attribute("data-marks"))
        assert figure.locator("svg.marks .role-mark.mark-rect path, svg.marks .role-mark.mark-symbol path").count() == said > 0
        assert figure.locator("details table tbody tr").count() > 0
    box = figures.first.locator("svg.marks .role-mark.mark-rect path").first.bounding_box()
    assert box["width"] > 10 and box["height"] > 10
    site.shoot(page, "subprogrammes")


def test_illustrative_charts_are_hatched_and_say_so(site):
    page = site.open("report/subprogrammes.html")
    marked = page.locator("figure.chart.illustrative")
    assert marked.count() and all(figure.locator("figcaption .badge").count() == 1 for figure in marked.all())
    fills = marked.first.locator(".role-mark.mark-rect path").evaluate_all("marks => marks.map(mark => mark.getAttribute('fill'))")
    assert all(fill.startswith("url(#hatch-") for fill in fills)


def test_half_for_environment_in_2004_is_found_within_five_clicks(site):
    page = site.open()
    page.get_by_role("navigation").get_by_role("link", name="Published figures").click()
    page.get_by_role("searchbox").fill("environment 2004 more than 50")
    page.locator("#statements tbody tr:visible").first.get_by_role("link").click()
    statement = page.locator("section.statement:target")
    assert "confirmed" in statement.inner_text() and "illustrative" in statement.inner_text()
    statement.get_by_text("The rows behind it").click()
    assert "project_transactions/" in statement.locator("details[open] table").inner_text()
    statement.get_by_text("The SQL that computes it again").click()
    assert "marts.shares_by_subprogramme" in statement.locator("pre").inner_text()
    site.shoot(page, "environment-2004")


def test_share_leads_down_to_its_delivered_rows(site):
    page = site.open("report/subprogrammes.html")
    figure = page.locator("figure.chart", has=page.locator("details a")).first
    figure.locator("summary").click()
    figure.locator("details a").first.click()
    cell = page.locator("main section").first
    assert "The rows behind it add to" in cell.inner_text()
    rows = cell.locator("table tbody tr")
    assert 0 < rows.count() <= 20 and "/" in rows.first.locator("th").inner_text()
    cell.locator("summary").click()
    assert "select" in cell.locator("pre").first.inner_text() and "techcoop explain" in cell.locator("pre").last.inner_text()
    site.shoot(page, "explained")


def test_dictionary_finds_what_is_typed(site):
    page = site.open("dictionary/index.html")
    every = page.locator("[data-entry]").count()
    page.get_by_role("searchbox").fill("share_pct")
    shown = page.locator("[data-entry]:visible")
    assert 0 < shown.count() < every and "share_pct" in shown.first.inner_text()
    assert page.locator("#entries-found").inner_text() == f"{shown.count()} of {every}"
    site.shoot(page, "dictionary")


def test_statements_are_filtered_and_sorted(site):
    page = site.open("published-figures/index.html")
    every = page.locator("#statements tbody tr").count()
    page.get_by_role("searchbox").fill("no such statement")
    assert page.locator("#statements tbody tr:visible").count() == 0 and page.locator("#statements-found").inner_text() == f"0 of {every}"
    page.get_by_role("searchbox").fill("")
    page.get_by_role("button", name="Published", exact=True).click()
    column = [heading.inner_text().strip(" ↕↑↓") for heading in page.locator("#statements thead th").all()].index("Published")
    cells = page.evaluate(f"[...document.querySelectorAll('#statements tbody tr')].map(row => row.cells[{column}].textContent)")
    shown = [float(text.replace(",", "").replace("−", "-")) for text in cells if text]
    assert shown == sorted(shown) and page.locator("#statements th[aria-sort=ascending]").count() == 1


def test_checks_list_every_suite(site):
    page = site.open("great_expectations/index.html")
    for suite in SUITES:
        page.get_by_role("main").get_by_role("link", name=suite.title, exact=True).click()
        assert page.locator("h1").inner_text() == suite.title and page.locator("span.status").count() > 0
        page.go_back()
    site.shoot(page, "great-expectations")


def test_dbt_draws_the_lineage_of_a_table(site):
    page = site.open("lineage/index.html#!/model/model.techcoop.shares_by_subprogramme")
    page.get_by_text("One row per group").first.wait_for()
    page.locator(".launcher, [title='View Lineage Graph']").first.click()
    page.locator("canvas").first.wait_for()
    page.wait_for_function("document.querySelector('canvas[data-id=layer2-node]')?.width > 100")
    drawn = page.evaluate(
        """() => { const canvas = document.querySelector('canvas[data-id=layer2-node]');
                   const points = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data;
                   return points.some(value => value > 0); }"""
    )
    assert drawn
    site.shoot(page, "lineage")


def test_keyboard_reaches_the_content_first(site):
    page = site.open()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the content"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "content"


def test_appearance_is_chosen_and_remembered(site):
    page = site.open()
    ground = "getComputedStyle(document.body).backgroundColor"
    light = page.evaluate(ground)
    page.get_by_role("button", name="Show in dark colours").click()
    dark = page.evaluate(ground)
    page.goto(f"file://{site.docs}/published-figures/index.html")
    assert page.evaluate(ground) == dark != light


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("appearance", ["light", "dark"])
def test_main_pages_are_accessible_and_fit_the_screen(site, appearance, width):
    from axe_playwright_python.sync_playwright import Axe

    found = {}
    for path in MAIN:
        page = site.open(path, width=width, appearance=appearance)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
        results = Axe().run(page)
        if serious := [(finding["id"], finding["nodes"][0]["html"][:200]) for finding in results.response["violations"] if finding["impact"] in SERIOUS]:
            found[path] = serious
        site.shoot(page, f"{path.removesuffix('.html').replace('/', '-')}-{appearance}-{width}")
        page.context.close()
    assert found == {}
