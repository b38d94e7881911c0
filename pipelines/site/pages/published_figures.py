"""Published figures: every statement with its source, what the records say, and how to compute it again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from pipelines.release.files import file_name
from pipelines.site.page import ILLUSTRATIVE, Column, Link, Page, Table, slug
from pipelines.site.reader import Reader
from pipelines.site.shares import funding_name
from pipelines.site.statements import Recipe, Recipes
from pipelines.site.words import number, sentence, words

SECTION = "Evidence"
INDEX = "published-figures/index.html"
EVIDENCE = {"independent": "independent records", "same_document": "the same document", "illustrative": "illustrative records"}
EXAMPLES = 6
KINDS = {"amount": "number", "contributes": "number", "quantity": "number", "weight": "number", "budget_amount": "number", "transaction_date": "day"}


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


def short_source_of(row: Mapping[str, Any]) -> str:
    """A document's symbol, or the host of a page."""
    return row["source_symbol"] or urlsplit(row["source_address"] or "").hostname or source_of(row)


def path_of(row: Mapping[str, Any]) -> str:
    """Where a statement stands on the site."""
    return f"published-figures/{file_name(source_of(row), joint='/')}.html#{slug(row['figure_id'])}"


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
            Column(key="verdict", heading="Verdict", kind="status"),
            Column(key="evidence", heading="Evidence", kind="words"),
        ],
        rows=[{**row, "link": Link(text=row["statement"], path=path_of(row)), "source": short_source_of(row), "period": period_of(row)} for row in found],
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
    recipes = Recipes(reader)
    by_source: dict[str, list[dict[str, Any]]] = {}
    for row in found:
        by_source.setdefault(source_of(row), []).append(row)
    for source, rows in by_source.items():
        rows.sort(key=lambda row: (str(row["period_end"]), row["entity"], row["figure_id"]))
        detail = {
            "source": source,
            "address": rows[0]["source_address"],
            "statements": [_explained(row, recipes.recipe(row)) for row in rows],
            "index": INDEX,
            "evidence": EVIDENCE,
        }
        path, title = path_of(rows[0]).partition("#")[0], f"Published in {short_source_of(rows[0])}"
        yield Page(path=path, title=title, section=SECTION, template="published_source.html", context=detail, in_navigation=False)


def _explained(row: Mapping[str, Any], recipe: Recipe | None) -> dict[str, Any]:
    """A statement with everything that a reader needs to check it."""
    unit = row["unit"] or ""
    stated = f"{words(row['comparator'])} {number(row['value'])}" + (f" to {number(row['value_upper'])}" if row["value_upper"] is not None else "")
    accepted = " to ".join(number(bound) if bound is not None else "…" for bound in (row["accepted_from"], row["accepted_to"]))
    divided = "" if row["dimension_scheme"] == "none" else f", {words(row['dimension_scheme'])} {row['dimension_value']}"
    whole = funding_name(row["denominator"] or row["funding_source"] or "all", row["measure"])
    money = funding_name(row["funding_source"] or "all", row["measure"])
    kinds = {"value": "", "share_pct": f"share in {whole}: ", "change_pct": "change against the period before: "}
    kind = kinds.get(row["statistic"], f"{words(row['statistic'])}: ")
    facts = [
        ("Published", f"{stated} {unit}"),
        ("Computed", f"{number(row['computed_value'])} {unit}" if row["computed_value"] is not None else "not computable from what was delivered"),
        ("Difference, computed less published", number(row["difference"])),
        ("Accepted as the same", accepted),
        ("What it measures", f"{kind}{words(row['measure'])}, {money}{divided}, {period_of(row)}"),
        ("Book and records", f"{words(row['book'])}, {row['record_basis'] or 'no'} records"),
        ("Rows behind", number(row["rows_behind"])),
        ("Source", ", ".join(filter(None, (row["source_symbol"], row["locator"], row["source_address"])))),
    ]
    table = Table(
        caption=f"Statement {row['figure_id']}",
        columns=[Column(key="name", heading="What"), Column(key="content", heading="Value")],
        rows=[{"name": name, "content": content} for name, content in facts if content],
        is_illustrative=row["record_basis"] == ILLUSTRATIVE,
    )
    rows = recipe.rows if recipe else []
    behind = Table(
        caption=f"The largest delivered rows behind statement {row['figure_id']}",
        columns=[Column(key=key, heading=sentence(words(key)), kind=KINDS.get(key, "text")) for key in (rows[0] if rows else ())],
        rows=rows,
        note="A row that speaks of several places or subprogrammes stands once per part. Rows are numbered as a spreadsheet shows them: the header is row 1.",
        is_illustrative=row["record_basis"] == ILLUSTRATIVE,
    )
    return {"row": row, "facts": table, "sql": recipe.sql if recipe else "", "rows": behind if rows else None, "rows_found": recipe.rows_found if recipe else 0}


def period_of(row: Mapping[str, Any]) -> str:
    """The statement's years, or its dates where they are no whole years."""
    start, end = row["period_start"], row["period_end"]
    if start is None or end is None:
        return "undated"
    if (start.month, start.day, end.month, end.day) == (1, 1, 12, 31):
        return str(end.year) if start.year == end.year else f"{start.year}–{end.year}"
    return f"{start:%Y-%m-%d} – {end:%Y-%m-%d}"
