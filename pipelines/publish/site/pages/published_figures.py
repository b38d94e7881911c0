"""Published figures: every statement with its source, what the records say, and how to compute it again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pipelines.publish.site.page import Column, Link, Page, Table, slug
from pipelines.publish.site.reader import Reader

SECTION = "Evidence"
INDEX = "published-figures/index.html"
EVIDENCE = {"independent": "independent records", "same_document": "the same document", "illustrative": "illustrative records"}
EXAMPLES = 6


def statements(reader: Reader) -> list[dict[str, Any]]:
    """All statements, those that independent records contradict first."""
    if not reader.exists("marts.published_figure_checks"):
        return []
    return reader.rows(
        """select * from marts.published_figure_checks
           order by (verdict = 'contradicted' and evidence = 'independent') desc, period_end desc, entity, figure_id"""
    )


def count(found: Sequence[Mapping[str, Any]], verdict: str, evidence: str) -> int:
    """How many statements have this verdict on this evidence."""
    return sum(row["verdict"] == verdict and row["evidence"] == evidence for row in found)


def examples(found: Sequence[Mapping[str, Any]]) -> list[Link]:
    """Statements worth a link on the first page: those about shares, the oldest first, since no table shows them by itself."""
    shares = sorted((row for row in found if row["statistic"] == "share_pct"), key=lambda row: (str(row["period_end"]), row["figure_id"]))
    return [Link(text=f"{row['entity']}: {row['statement']}", path=path_of(row)) for row in shares[:EXAMPLES]]


def source_of(row: Mapping[str, Any]) -> str:
    """The document or page that a statement stands in."""
    return row["source_symbol"] or row["source_address"] or "source not given"


def path_of(row: Mapping[str, Any]) -> str:
    """Where a statement stands on the site."""
    return f"published-figures/{slug(source_of(row))}.html#{slug(row['figure_id'])}"


def pages(reader: Reader) -> Iterator[Page]:
    """The list, and a page per document."""
    found = statements(reader)
    verdicts = Table(
        caption="Statements by verdict and by what they were tested against; only independent records prove anything",
        columns=[
            Column(key="evidence", heading="Tested against"),
            Column(key="confirmed", heading="Confirmed", kind="number"),
            Column(key="contradicted", heading="Contradicted", kind="number"),
        ],
        rows=[
            {"evidence": text, "record_basis": evidence, **{verdict: count(found, verdict, evidence) for verdict in ("confirmed", "contradicted")}}
            for evidence, text in EVIDENCE.items()
        ],
    )
    listing = Table(
        caption="Every statement, with what was published and what the records add to",
        columns=[
            Column(key="link", heading="Statement"),
            Column(key="entity", heading="Entity"),
            Column(key="period", heading="Period"),
            Column(key="source", heading="Source"),
            Column(key="value", heading="Published", kind="number"),
            Column(key="computed_value", heading="Computed", kind="number"),
            Column(key="unit", heading="Unit"),
            Column(key="verdict", heading="Verdict", kind="status"),
            Column(key="evidence", heading="Evidence", kind="words"),
        ],
        rows=[{**row, "link": Link(text=row["statement"], path=path_of(row)), "source": source_of(row), "period": period_of(row)} for row in found],
        is_sortable=True,
    )
    untested = sum(row["verdict"] == "not_computable" for row in found)
    context = {
        "verdicts": verdicts,
        "listing": listing,
        "untested": untested,
        "independent": count(found, "confirmed", "independent"),
        "examples": examples(found),
    }
    yield Page(path=INDEX, title="Published figures", section=SECTION, template="published_figures.html", context=context)
    by_source: dict[str, list[dict[str, Any]]] = {}
    for row in found:
        by_source.setdefault(source_of(row), []).append(row)
    for source, rows in by_source.items():
        rows.sort(key=lambda row: (str(row["period_end"]), row["entity"], row["figure_id"]))
        detail = {"source": source, "address": rows[0]["source_address"], "rows": rows, "index": INDEX, "evidence": EVIDENCE}
        path = path_of(rows[0]).partition("#")[0]
        yield Page(path=path, title=f"Published in {source}", section=SECTION, template="published_source.html", context=detail, in_navigation=False)


def period_of(row: Mapping[str, Any]) -> str:
    """The statement's years, or its dates where they are no whole years."""
    start, end = row["period_start"], row["period_end"]
    if start is None or end is None:
        return "undated"
    if (start.month, start.day, end.month, end.day) == (1, 1, 12, 31):
        return str(end.year) if start.year == end.year else f"{start.year}–{end.year}"
    return f"{start:%Y-%m-%d} – {end:%Y-%m-%d}"
