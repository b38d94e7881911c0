"""What pages are made of: links that cannot be dead, cells, charts, numbers, and dbt's page without its tracker."""

from datetime import date
from decimal import Decimal

import pytest

from pipelines.site import charts, words
from pipelines.site.build import Links
from pipelines.site.cells import cell
from pipelines.site.page import Column, Link, Table, columns, slug
from pipelines.site.pages.lineage import without_analytics
from pipelines.site.reader import literal, where

TABLE = Table(caption="Figures", columns=[Column(key="a", heading="A")], rows=[{"a": 1}])
HOSTILE = "<script>alert(1)</script>"


def drawn(draw=charts.stacked, **changed):
    values = [
        {"period": year, "series": name, "value": Decimal(value)} for year, name, value in ((2023, "a", 60), (2023, "b", 40), (2024, "a", 100), (2024, "b", 0))
    ]
    given = {"title": "Shares", "description": "Of money", "values": values, "series": ["a", "b"], "unit": "per cent", "table": TABLE, "is_illustrative": False}
    return draw(**{**given, **({"is_share": True} if draw is charts.stacked else {}), **changed})


def test_link_to_a_page_that_does_not_exist_stops_the_build():
    link = Links("report/a.html", {"report/a.html", "index.html"})
    assert (link("index.html#top"), link("#here"), link("assets/site.css")) == ("../index.html#top", "#here", "../assets/site.css")
    with pytest.raises(LookupError, match=r"report/a\.html leads to b\.html"):
        link("b.html")


def test_optional_link_to_a_page_that_was_not_made_is_its_text():
    link = Links("a.html", {"a.html"})
    assert cell(Link(text="<5>", path="b.html", is_optional=True), "text", link) == "&lt;5&gt;"
    assert cell(Link(text="<5>", path="a.html"), "text", link) == '<a href="a.html">&lt;5&gt;</a>'


def test_cells_escape_what_data_say():
    link = Links("a.html", {"a.html"})
    assert all(HOSTILE not in cell(HOSTILE, kind, link) for kind in ("text", "words", "code", "number", "day"))
    assert cell(None, "number", link) == ""


@pytest.mark.parametrize(
    ("value", "text"),
    [(None, ""), (1234567, "1,234,567"), (Decimal("62.338971"), "62.34"), (Decimal("-5.50"), "−5.5"), (Decimal("1000.000000"), "1,000"), ("n/a", "n/a")],
)
def test_numbers_are_separated_and_say_no_more_than_they_hold(value, text):
    assert words.number(value) == text


def test_codes_are_read_as_words():
    assert words.words("expenditure_usd") == "expenditure (US$)" and words.words("open_un_org") == "open.un.org"
    assert words.day(date(2004, 12, 31)) == "31 December 2004" and words.percent(Decimal("54.538")) == "54.5 %"
    assert slug("Côte d'Ivoire: 50 %") == "cote-d-ivoire-50"


def test_chart_has_a_mark_per_figure_that_is_not_nothing():
    chart = drawn()
    assert chart.marks == 3 and chart.svg.count("<path d=") >= 3
    assert [entry.text for entry in chart.legend] == ["b", "a"]


def test_illustrative_records_are_hatched_or_dashed():
    assert "url(#hatch-1)" in drawn(is_illustrative=True).svg and "url(#hatch" not in drawn().svg
    assert "stroke-dasharray" in drawn(charts.lines, is_illustrative=True).svg and "stroke-dasharray" not in drawn(charts.lines).svg


def test_what_data_say_is_text_in_charts():
    chart = drawn(title=HOSTILE, series=[HOSTILE], values=[{"period": HOSTILE, "series": HOSTILE, "value": 1}])
    assert "<script" not in chart.svg and "&lt;script&gt;" in chart.svg


def test_charts_are_images_with_a_name_and_no_fixed_colours():
    svg = drawn().svg
    assert svg.startswith('<svg role="img" aria-label="Shares. Of money"') and "<title>Shares</title><desc>Of money</desc>" in svg
    assert "var(--series-1)" in svg and "#4c78a8" not in svg


def test_table_of_constructed_figures_alone_is_marked_as_a_whole():
    rows = [{"a": 1, "record_basis": "illustrative"}, {"a": 2, "record_basis": "illustrative"}]
    assert Table(caption="", columns=columns({"a": "A"}), rows=rows).marked
    assert not Table(caption="", columns=columns({"a": "A"}), rows=[*rows, {"a": 3, "record_basis": "published"}]).marked
    assert not Table(caption="", columns=columns({"a": "A"}), rows=[]).marked


def test_values_become_literals_that_end_no_statement():
    assert where({"a": "it's", "b": None, "c": 1, "d": date(2004, 1, 1)}) == "a = 'it''s' and b is null and c = 1 and d = date '2004-01-01'"
    assert literal(True) == "true"


def test_dbt_page_that_loads_otherwise_than_known_is_refused():
    assert "cloudfront" not in without_analytics("turn_on_tracking:function(){load('//x.cloudfront.net/sp.js')},fuzzUrls:1")
    with pytest.raises(ValueError, match="no loader found"):
        without_analytics("<html>")
    with pytest.raises(ValueError, match="cloudfront"):
        without_analytics("turn_on_tracking:function(){},fuzzUrls:1;load('//y.cloudfront.net')")
