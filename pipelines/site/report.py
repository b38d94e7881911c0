"""What the pages of the report on one subject each have in common: the page itself, and charts that never mix books."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any

from pipelines.release.public import DESIGNATIONS
from pipelines.site import charts
from pipelines.site.page import ILLUSTRATIVE, Chart, Page, Part, Table, columns
from pipelines.site.words import sentence, words

SECTION = "Report"
MOST_LINES = 200


def report_page(path: str, title: str, lead: str, parts: Sequence[Part]) -> Iterator[Page]:
    """The page of a subject; none where no part has a chart or a line."""
    parts = [part for part in parts if part.charts or any(table.rows for table in part.tables)]
    if parts:
        context = {"lead": lead, "parts": parts, "names_countries": True, "designations": DESIGNATIONS}
        yield Page(path=path, title=title, section=SECTION, template="charts.html", context=context)


def by_basis(rows: Sequence[Mapping[str, Any]]) -> Iterator[tuple[str, str, list[Mapping[str, Any]]]]:
    """Rows of one book and record basis at a time; they are never drawn together. The rows are ordered so."""
    for (book, basis), members in groupby(rows, key=lambda row: (row["book"], row["record_basis"])):
        yield book, basis, list(members)


def divided(title: str, rows: Sequence[Mapping[str, Any]], *, period: str, parts: Sequence[str], unit: str) -> list[Chart]:
    """A chart per book and record basis: bars over the values of `period`, each divided into the columns `parts`."""
    found = []
    for book, basis, members in by_basis(rows):
        values = [{"period": row[period], "series": sentence(words(part)), "value": row[part]} for row in members for part in parts if row[part]]
        if not values:
            continue
        name = f"{title}, {words(book)}, {basis} records"
        table = Table(
            caption=name, columns=columns({period: sentence(words(period)), **{part: (sentence(words(part)), "number") for part in parts}}), rows=members
        )
        found.append(
            charts.stacked(
                title=name,
                description=f"Book: {words(book)}; {basis} records.",
                values=values,
                series=[sentence(words(part)) for part in parts],
                unit=unit,
                table=table,
                is_illustrative=basis == ILLUSTRATIVE,
                is_share=False,
            )
        )
    return found
