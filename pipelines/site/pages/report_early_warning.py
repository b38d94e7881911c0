"""The report's page on what series warn of."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any

from pipelines.site import charts
from pipelines.site.page import ILLUSTRATIVE, Chart, Page, Part, Table, columns
from pipelines.site.reader import Reader
from pipelines.site.report import MOST_LINES, report_page
from pipelines.site.words import sentence, words

MOST_SERIES = 8


def pages(reader: Reader) -> Iterator[Page]:
    """One page, if the release holds anything of it."""
    lead = "Series watched against their thresholds. Where a warning would accuse a State, the places are invented (XA to XJ)."
    yield from report_page("report/early-warning.html", "Early warning", lead, _parts(reader))


def _parts(reader: Reader) -> list[Part]:
    if not reader.has_rows("marts.early_warning"):
        return []
    heading = {"series_name": "Series", "country_name": "Place", "period": "Period", "value": ("Value", "number"), "unit": "Unit", "level": ("Level", "words")}
    latest = Table(
        caption="Each series where it last stood",
        columns=columns(
            {**heading, "since": ("At this level since", "day"), "watch_threshold": ("Watch at", "number"), "alert_threshold": ("Alert at", "number")}
        ),
        rows=reader.rows(
            f"""select * from marts.early_warning where is_latest
                order by case level when 'alert' then 1 when 'watch' then 2 else 3 end, series, country, book limit {MOST_LINES}"""
        ),
        is_sortable=True,
    )
    parts = [Part(heading="Where the series stand", tables=[latest])]
    rows = reader.rows(
        """select series, series_name, unit, frequency, book, record_basis, country_name, period, value, level, threshold from marts.early_warning
           qualify row_number() over (partition by series, book, record_basis, country order by period_start desc) <= 24
           order by series, book, record_basis, period_start, country_name"""
    )
    drawn = [
        _series(list(members)) for _, members in groupby(rows, key=lambda row: (row["series"], row["unit"], row["frequency"], row["book"], row["record_basis"]))
    ]
    return [*parts, Part(heading="Over time", text="The last 24 periods of each series.", charts=drawn)]


def _series(members: Sequence[Mapping[str, Any]]) -> Chart:
    first = members[0]
    places = sorted({row["country_name"] for row in members})[:MOST_SERIES]
    name = f"{first['series_name']}, {words(first['book'])}, {first['record_basis']} records"
    heading = {"country_name": "Place", "period": "Period", "value": (sentence(first["unit"]), "number")}
    table = Table(caption=name, columns=columns({**heading, "level": ("Level", "words"), "threshold": ("Threshold", "number")}), rows=members)
    return charts.lines(
        title=name,
        description=f"Book: {words(first['book'])}; {first['record_basis']} records, by {first['frequency']}.",
        values=[{"period": row["period"], "series": row["country_name"], "value": row["value"]} for row in members if row["country_name"] in places],
        series=places,
        unit=first["unit"],
        table=table,
        is_illustrative=first["record_basis"] == ILLUSTRATIVE,
    )
