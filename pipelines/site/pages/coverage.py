"""What each founding document asks for, paragraph by paragraph, with the indicator or table that answers it."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from pipelines.site.page import Link, Page, Part, Table, columns
from pipelines.site.pages import indicators
from pipelines.site.reader import Reader

INDEX = "coverage/index.html"


def pages(reader: Reader) -> Iterator[Page]:
    """One page, with a part per document."""
    if not reader.has_rows("reference.document_coverage"):
        return
    rows = reader.rows("select * from reference.document_coverage order by document, try_cast(paragraph as integer) nulls last, paragraph, topic")
    known = {row["indicator"] for row in reader.rows("select indicator from reference.indicator_definitions")}
    parts = []
    for document, members in groupby(rows, key=lambda row: row["document"]):
        asked = list(members)
        answered = sum(bool(row["indicator"] or row["answered_by"]) for row in asked)
        table = Table(
            caption=f"{document}: {len(asked)} functions, priorities, deadlines and obligations, {answered} of them measured",
            columns=columns(
                {"topic": "What is asked", "paragraph": "Paragraph", "by": "Indicator", "answered_by": "Answered by", "reason_not_measured": "Why not measured"}
            ),
            rows=[
                {**row, "by": Link(text=row["indicator"], path=indicators.INDEX, is_optional=True) if row["indicator"] in known else row["indicator"]}
                for row in asked
            ],
            note=f"Source: {asked[0]['source']}",
            is_sortable=True,
        )
        parts.append(Part(heading=document, tables=[table]))
    lead = "What each founding document asks for, paragraph by paragraph, and what answers it here."
    context = {"lead": lead, "parts": parts, "names_countries": False}
    yield Page(path=INDEX, title="Coverage of the documents", section="Evidence", template="charts.html", context=context)
