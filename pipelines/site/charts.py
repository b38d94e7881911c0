"""Charts as SVG, drawn by Vega-Lite while the site is written, so that a page needs neither a library nor a network.

Colours are the names that the style sheet gives them: one drawing serves light and dark. What is drawn from illustrative records is
hatched. Specifications are plain dictionaries: importing altair costs more than drawing thirty charts.
"""

from __future__ import annotations

import json
import re
import textwrap
from collections.abc import Mapping, Sequence
from functools import lru_cache
from html import escape
from typing import Any

from pipelines.site.page import Chart, Legend, Table

WIDTH = 480
LABEL = 24
BAR_STEP = 30
# The last colour is grey: what is not allocated, or everything beyond the first eight.
MOST_SERIES = 8
REST = 9
_CONFIG = {
    "aria": False,
    "background": None,
    "font": "sans-serif",
    "view": {"stroke": None},
    "axis": {
        "labelColor": "var(--quiet)",
        "titleColor": "var(--quiet)",
        "gridColor": "var(--rule)",
        "domainColor": "var(--quiet)",
        "tickColor": "var(--quiet)",
        "labelFontSize": 13,
        "titleFontSize": 13,
        "titleFontWeight": "normal",
        "titlePadding": 14,
        "labelLimit": 190,
    },
}
_NUMBERS = {"format": ",~r"}
_SHORT_NUMBERS = {"format": "~s"}


def stacked(
    *,
    title: str,
    description: str,
    values: Sequence[Mapping[str, Any]],
    series: Sequence[str],
    unit: str,
    table: Table,
    is_illustrative: bool,
    is_share: bool,
    rest: str | None = None,
) -> Chart:
    """Bars over periods, each divided among the same series.

    Args:
        title: above the chart.
        description: for those who do not see it.
        values: `period`, `series` and `value`, one mark each but for those of nothing, ordered by period.
        series: names of the series in the order in which they are stacked, at most nine; one without any value is left out.
        unit: of the values, along the axis.
        table: the figures drawn.
        is_illustrative: hatches the bars.
        is_share: the axis then ends at 100.
        rest: the series drawn in grey.
    """
    drawn = [
        {"period": str(row["period"]), "series": row["series"], "value": float(row["value"]), "place": series.index(row["series"])}
        for row in values
        if row["value"]
    ]
    series = [name for name in series if any(row["series"] == name for row in drawn)]
    fills = fills_of(series, is_illustrative=is_illustrative, rest=rest)
    scale = {"domain": [0, 100]} if is_share and all(row["value"] >= 0 for row in drawn) else {}
    spec = {
        "width": WIDTH,
        "height": 290,
        "data": {"values": drawn},
        "mark": {"type": "bar", "stroke": "var(--page)", "strokeWidth": 1},
        "encoding": {
            "x": {
                "field": "period",
                "type": "ordinal",
                "sort": None,
                "axis": {"title": None, "labelAngle": 0, "grid": False, "labelExpr": "split(datum.label, '\\n')"},
            },
            "y": {
                "field": "value",
                "type": "quantitative",
                "scale": scale,
                "axis": {"title": unit, "domain": False, "ticks": False, "tickCount": 5, **(_NUMBERS if is_share else _SHORT_NUMBERS)},
            },
            "color": {"field": "series", "type": "nominal", "legend": None, "scale": {"domain": list(series), "range": list(fills.values())}},
            "order": {"field": "place", "type": "quantitative"},
        },
    }
    # From top to bottom, as the bars are.
    legend = [Legend(fill=fill, text=name) for name, fill in reversed(fills.items())]
    return _drawn(spec, title, description, len(drawn), table, legend, is_illustrative)


def bars(
    *,
    title: str,
    description: str,
    values: Sequence[Mapping[str, Any]],
    unit: str,
    table: Table,
    is_illustrative: bool,
) -> Chart:
    """Lying bars, one per label, in the order given.

    Args:
        title: above the chart.
        description: for those who do not see it.
        values: `label`, `value` and `shown`, the text beside the bar.
        unit: of the values, along the axis.
        table: the figures drawn.
        is_illustrative: hatches the bars.
    """
    drawn = [{"label": _in_two(str(row["label"])), "value": float(row["value"]), "shown": row["shown"]} for row in values]
    y = {
        "field": "label",
        "type": "nominal",
        "sort": None,
        "axis": {"title": None, "ticks": False, "domain": False, "labelColor": "var(--text)", "labelPadding": 8, "labelExpr": "split(datum.label, '\\n')"},
    }
    x = {"field": "value", "type": "quantitative", "axis": {"title": unit, "grid": False, "tickCount": 4, **_SHORT_NUMBERS}}
    spec = {
        "width": WIDTH - 190,
        "padding": {"left": 20, "right": 45, "top": 4, "bottom": 4},
        "height": {"step": BAR_STEP},
        "data": {"values": drawn},
        "layer": [
            {"mark": {"type": "bar", "fill": fill_of(1, is_illustrative=is_illustrative), "height": {"band": 0.7}}, "encoding": {"y": y, "x": x}},
            {
                "mark": {"type": "text", "align": "left", "dx": 5, "fontSize": 13, "fill": "var(--text)"},
                "encoding": {"y": y, "x": x, "text": {"field": "shown", "type": "nominal"}},
            },
        ],
    }
    return _drawn(spec, title, description, len(drawn), table, (), is_illustrative)


def lines(
    *,
    title: str,
    description: str,
    values: Sequence[Mapping[str, Any]],
    series: Sequence[str],
    unit: str,
    table: Table,
    is_illustrative: bool,
) -> Chart:
    """Lines over periods, one per series, with a point per value; illustrative lines are dashed and their points hollow.

    Args:
        title: above the chart.
        description: for those who do not see it.
        values: `period`, `series` and `value`, one point each.
        series: names of the series, at most nine.
        unit: of the values, along the axis.
        table: the figures drawn.
        is_illustrative: dashes the lines.
    """
    colours = {name: f"var(--series-{number})" for number, name in enumerate(series, start=1)}
    drawn = [{"period": str(row["period"]), "series": row["series"], "value": float(row["value"])} for row in values]
    shared = {
        "x": {"field": "period", "type": "ordinal", "axis": {"title": None, "labelAngle": 0, "grid": False, "labelOverlap": True}},
        "y": {
            "field": "value",
            "type": "quantitative",
            "scale": {"zero": True},
            "axis": {"title": unit, "domain": False, "ticks": False, "tickCount": 5, **_SHORT_NUMBERS},
        },
    }
    scale = {"domain": list(series), "range": list(colours.values())}
    spec = {
        "width": WIDTH,
        "height": 240,
        "data": {"values": drawn},
        "layer": [
            {
                "mark": {"type": "line", "strokeWidth": 2, **({"strokeDash": [5, 4]} if is_illustrative else {})},
                "encoding": {**shared, "stroke": {"field": "series", "type": "nominal", "legend": None, "scale": scale}},
            },
            {
                "mark": {"type": "point", "size": 45, "opacity": 1, "filled": not is_illustrative, **({"fill": "var(--page)"} if is_illustrative else {})},
                "encoding": {**shared, ("stroke" if is_illustrative else "fill"): {"field": "series", "type": "nominal", "legend": None, "scale": scale}},
            },
        ],
    }
    legend = [Legend(fill=colour, text=name) for name, colour in colours.items()] if len(series) > 1 else ()
    return _drawn(spec, title, description, len(drawn), table, legend, is_illustrative)


def _in_two(label: str) -> str:
    """A long label on two lines, broken between words."""
    first, *more = textwrap.wrap(label, LABEL, break_long_words=False) or [""]
    return "\n".join([first, textwrap.shorten(" ".join(more), LABEL, placeholder=" …")]) if more else first


def fill_of(number: int, *, is_illustrative: bool) -> str:
    """The fill of the n-th series as CSS takes it."""
    return f"url(#hatch-{number})" if is_illustrative else f"var(--series-{number})"


def fills_of(series: Sequence[str], *, is_illustrative: bool, rest: str | None) -> dict[str, str]:
    """A fill per series; grey for the rest."""
    coloured = [name for name in series if name != rest]
    numbers = {name: number for number, name in enumerate(coloured, start=1)} | ({rest: REST} if rest in series else {})
    return {name: fill_of(numbers[name], is_illustrative=is_illustrative) for name in series}


def _drawn(spec: Mapping[str, Any], title: str, description: str, marks: int, table: Table, legend: Sequence[Legend], is_illustrative: bool) -> Chart:
    schema = {"$schema": "https://vega.github.io/schema/vega-lite/v5.json", "config": _CONFIG}
    svg = _svg(json.dumps({**schema, **spec}))
    named = f'<svg role="img" aria-label="{escape(title)}. {escape(description)}"><title>{escape(title)}</title><desc>{escape(description)}</desc>'
    svg = re.sub(r"^<svg", named.partition(">")[0], svg, count=1).replace(">", ">" + named.partition(">")[2], 1)
    return Chart(title=title, description=description, svg=svg, marks=marks, table=table, legend=legend, is_illustrative=is_illustrative)


@lru_cache(maxsize=200)
def _svg(spec: str) -> str:
    """The drawing of a specification; a chart of an entity may stand in the report as well."""
    # Imported with the first chart: an unchanged run draws none.
    import vl_convert

    svg = vl_convert.vegalite_to_svg(spec)
    # Reading aids that the engine repeats at each mark: the drawing is one image with a title, its figures stand in the table below it.
    svg = re.sub(r' (?:aria-hidden|role|aria-roledescription|pointer-events)="[^"]*"', "", svg)
    return re.sub(r"\d+\.\d{3,}", lambda found: f"{float(found[0]):.2f}", svg)
