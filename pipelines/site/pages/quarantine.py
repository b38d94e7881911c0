"""Quarantine: what was found in each delivery, as something to send back to whoever delivered it."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pipelines.release.files import LONGEST_NAME
from pipelines.release.public import harmless
from pipelines.site.page import Column, File, Link, Page, Table, slug
from pipelines.site.reader import Reader, literal

SECTION = "Data and checks"
INDEX = "quarantine/index.html"
MOST_SHOWN, MOST_WRITTEN = 100, 2_000
# Each delivery with findings has a page; beyond this many the list stays and the pages end.
MOST_DELIVERIES = 100
COLUMNS = ("source_row", "column_name", "rule", "severity", "value", "remedy")


def pages(reader: Reader) -> Iterator[Page | File]:
    """The list of deliveries, a page for each with findings, and its findings as CSV."""
    if not reader.exists("audit.quarantine"):
        return
    deliveries = reader.rows(
        """select deliveries.delivery_id, deliveries.source, deliveries.source_file, deliveries.rows_delivered, deliveries.rows_loaded,
                  deliveries.rows_quarantined, deliveries.status, deliveries.message, found.findings, found.warnings
           from (select delivery_id, source, source_file, sum(rows_delivered) as rows_delivered, sum(rows_loaded) as rows_loaded,
                        sum(rows_quarantined) as rows_quarantined, max(status) as status, max(message) as message
                 from audit.deliveries where status in ('loaded', 'set_aside') group by all) as deliveries
           left join (select delivery_id, count(*) as findings, count(*) filter (where severity = 'warning') as warnings
                      from audit.quarantine group by delivery_id) as found using (delivery_id)
           order by deliveries.rows_quarantined desc, found.findings desc nulls last, deliveries.source_file"""
    )
    with_page = [row for row in deliveries if row["findings"]][:MOST_DELIVERIES]
    linked = {row["delivery_id"] for row in with_page}
    listing = Table(
        caption="Deliveries, by how many of their rows were quarantined",
        columns=[
            Column(key="delivery", heading="Delivery"),
            Column(key="source", heading="Source", kind="code"),
            Column(key="rows_delivered", heading="Rows delivered", kind="number"),
            Column(key="rows_loaded", heading="Loaded", kind="number"),
            Column(key="rows_quarantined", heading="Quarantined", kind="number"),
            Column(key="warnings", heading="Warnings", kind="number"),
            Column(key="message", heading="Remark"),
        ],
        rows=[
            {**row, "delivery": Link(text=row["source_file"], path=path_of(row)) if row["delivery_id"] in linked else row["source_file"]} for row in deliveries
        ],
    )
    context = {"listing": listing, "quarantined": sum(row["rows_quarantined"] or 0 for row in deliveries), "findings": len(with_page)}
    yield Page(path=INDEX, title="Quarantine", section=SECTION, template="quarantine.html", context=context)
    for row in with_page:
        yield from _of_delivery(reader, row)


def path_of(delivery: Mapping[str, Any]) -> str:
    """Where the findings about a delivery stand."""
    return f"quarantine/{slug(delivery['source_file'])[:LONGEST_NAME]}-{delivery['delivery_id']}.html"


def _of_delivery(reader: Reader, delivery: Mapping[str, Any]) -> Iterator[Page | File]:
    findings = reader.rows(
        f"""select {", ".join(COLUMNS)} from audit.quarantine where delivery_id = {literal(delivery["delivery_id"])}
            order by severity = 'warning', source_row nulls first, column_name, rule, value limit {MOST_WRITTEN}"""
    )
    rules = reader.rows(
        f"""select rule, severity, column_name, count(*) as findings, min(remedy) as remedy from audit.quarantine
            where delivery_id = {literal(delivery["delivery_id"])} group by rule, severity, column_name order by severity = 'warning', findings desc, rule"""
    )
    summary = Table(
        caption="What is wrong, by rule",
        columns=[
            Column(key="rule", heading="Rule", kind="code"),
            Column(key="severity", heading="Severity"),
            Column(key="column_name", heading="Column", kind="code"),
            Column(key="findings", heading="Found", kind="number"),
            Column(key="remedy", heading="What to do", kind="prose"),
        ],
        rows=rules,
    )
    table = Table(
        caption="Cell by cell",
        columns=[
            Column(key="source_row", heading="Row", kind="text"),
            Column(key="column_name", heading="Column", kind="code"),
            Column(key="severity", heading="Severity"),
            Column(key="rule", heading="Rule", kind="code"),
            Column(key="value", heading="Found"),
            Column(key="remedy", heading="What to do", kind="prose"),
        ],
        rows=findings[:MOST_SHOWN],
        note=f"The first {MOST_SHOWN}; the file has {'the first ' if len(findings) == MOST_WRITTEN else 'all '}{len(findings)}."
        if len(findings) > MOST_SHOWN
        else "",
    )
    written = path_of(delivery).removesuffix(".html") + ".csv"
    context = {"delivery": delivery, "summary": summary, "table": table, "index": INDEX, "written": written}
    title = f"Findings about {delivery['source_file']}"
    yield Page(path=path_of(delivery), title=title, section=SECTION, template="quarantine_delivery.html", context=context, in_navigation=False)
    yield File(path=written, title=title, section=SECTION, content=_csv(delivery, findings), in_navigation=False)


def _csv(delivery: Mapping[str, Any], findings: Sequence[Mapping[str, Any]]) -> str:
    """The findings as a spreadsheet takes them; no cell is a formula."""
    out = io.StringIO()
    lines = csv.writer(out, lineterminator="\r\n")
    lines.writerow(("source_file", *COLUMNS))
    for row in findings:
        cells = (delivery["source_file"], *(row[column] for column in COLUMNS))
        lines.writerow(harmless(cell) if isinstance(cell, str) else cell for cell in cells)
    return out.getvalue()
