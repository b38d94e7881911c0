"""Every number explained: cells of the share tables down to the delivered rows and cells that made them.

A static site cannot hold every cell. Here are those that statements speak of and the latest of each entity; `techcoop explain` has all.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Any

from pipelines.ask.explain import Explanation, Rows, explain_share
from pipelines.release.files import file_name
from pipelines.release.public import DESIGNATIONS
from pipelines.site import words
from pipelines.site.page import Column, Link, Page, Table, slug
from pipelines.site.reader import Reader, where

SECTION = "Evidence"
INDEX = "explained/index.html"
GROUP = ("book", "entity", "reporter_role", "fiscal_year", "period_type", "record_basis", "measure", "funding_source", "funding_level")
# Share tables, what they divide by, the columns that choose one of several divisions, and how many of their breakdowns are explained.
BREAKDOWNS: Mapping[str, tuple[str, tuple[str, ...], int]] = {
    "shares_by_subprogramme": ("subprogramme", (), 20),
    "shares_by_region": ("region", ("region_scheme",), 6),
    "shares_by_donor": ("donor", (), 2),
    "shares_by_priority_area": ("priority_area", (), 2),
    "shares_by_activity_type": ("activity_type", (), 2),
    "shares_by_sector": ("sector", ("sector_vocabulary", "sector_level"), 2),
    "shares_by_sdg": ("sdg_target", (), 1),
    "shares_by_gender_marker": ("gender_marker", ("gender_marker_scheme",), 1),
}
SCHEMES = "region_scheme in ('m49_subregion', 'country')"
MOST_CELLS, MOST_ROWS = 5, 20
NEEDED = (
    "audit.deliveries", "intermediate.int_measure_facts", "intermediate.int_funding_levels", "intermediate.int_recipient_regions",
    "intermediate.int_reference_epochs",
)  # fmt: skip
# Beyond this many transactions, rows are shown as they come and not added up, and of fewer breakdowns and cells: each may read all of them.
MANY = 1_000_000
# Up to this many, their parts fit into memory several times over.
FEW = 100_000
BREAKDOWNS_OF_MANY, CELLS_OF_MANY = 1, 2


def pages(reader: Reader) -> Iterator[Page]:
    """The list, and a page per breakdown."""
    if not all(reader.exists(table) for table in NEEDED):
        return
    listed = []
    transactions = reader.value("select count(*) from intermediate.int_transactions") if reader.exists("intermediate.int_transactions") else 0
    many = transactions > MANY
    if transactions < FEW and reader.exists("marts.fct_spending"):
        reader.keep("marts.fct_spending")
    # Cells that differ only in what their records do not tell apart (a budget by subprogramme) have the same rows behind them.
    rows = cache(reader.rows)
    for table, (dimension, schemes, most) in BREAKDOWNS.items():
        for breakdown in _breakdowns(reader, table, schemes, min(most, BREAKDOWNS_OF_MANY) if many else most):
            cells = _cells(reader, rows, table, dimension, breakdown, add_up=not many)
            if not cells:
                continue
            path = path_of(table, breakdown)
            context = {"cells": cells, "breakdown": breakdown, "table": table, "index": INDEX, "about": about(breakdown), "designations": DESIGNATIONS}
            title = f"{words.sentence(table.replace('_', ' '))}: {breakdown['entity']}, {breakdown['fiscal_year']}"
            yield Page(path=path, title=title, section=SECTION, template="explained_breakdown.html", context=context, in_navigation=False)
            shown = ", ".join(cell["name"] for cell in cells[:3])
            listed.append({**breakdown, "table": table, "link": Link(text=f"{breakdown['entity']} {breakdown['fiscal_year']}: {shown} …", path=path)})
    if listed:
        listing = Table(
            caption="Breakdowns explained on this site",
            columns=[
                Column(key="link", heading="Figures"),
                Column(key="table", heading="Table", kind="code"),
                Column(key="measure", heading="Measure", kind="words"),
                Column(key="funding_source", heading="Source of funds", kind="words"),
                Column(key="book", heading="Book", kind="words"),
            ],
            rows=listed,
            is_sortable=True,
        )
        yield Page(path=INDEX, title="Every number explained", section=SECTION, template="explained.html", context={"listing": listing})


def path_of(table: str, breakdown: Mapping[str, Any]) -> str:
    """Where a breakdown is explained, if it is one of those chosen."""
    schemes = BREAKDOWNS[table][1]
    parts = [table.removeprefix("shares_by_"), *(breakdown[column] for column in ("entity", "fiscal_year", "measure", "funding_source", *schemes))]
    parts += [breakdown[column] for column in ("book", "record_basis", "period_type", "reporter_role") if breakdown[column] not in ("year", "primary")]
    own_words = all(re.fullmatch(r"[a-z0-9]+(?:_[a-z0-9]+)*", str(part)) for part in parts if part is not breakdown["entity"])
    name = slug("-".join(map(str, parts)))
    if own_words and "_" not in file_name(breakdown["entity"]):
        return f"explained/{name}.html"
    # codes that look alike in a path are told apart as in the names of other pages
    return f"explained/{file_name('|'.join(map(str, parts)))}.html"


def about(breakdown: Mapping[str, Any]) -> str:
    """What a breakdown is of, as a sentence without its end."""
    told = f"{words.words(breakdown['measure'])} of {breakdown['entity']} in {breakdown['fiscal_year']}, {words.words(breakdown['funding_source'])}"
    return f"{words.sentence(told)}, in the book {words.words(breakdown['book'])}, {breakdown['record_basis']} records"


def _breakdowns(reader: Reader, table: str, schemes: Sequence[str], most: int) -> list[dict[str, Any]]:
    """Those that a statement about a share speaks of, then the latest year of each entity, the largest first."""
    if not reader.exists(f"marts.{table}"):
        return []
    group = ", ".join((*GROUP, *schemes))
    chosen = f"and {SCHEMES}" if "region_scheme" in schemes else ""
    stated = "0"
    if {"statistic", "book", "entity", "period_end", "measure", "funding_source"} <= set(reader.columns("marts.published_figure_checks")):
        stated = """(
            select coalesce(max(case when figures.statistic = 'share_pct' then 2 when figures.dimension_scheme <> 'none' then 1 else 0 end), 0)
            from marts.published_figure_checks as figures
            where figures.book = lines.book and figures.entity = lines.entity and year(figures.period_end) = lines.fiscal_year
                and figures.measure = lines.measure and figures.funding_source = lines.funding_source
        )"""
    return reader.rows(
        f"""with lines as (
                select {group}, max(total_value) as total_value, max(unit) as unit from marts.{table}
                where funding_level < 2 and funding_source <> 'all' and share_pct is not null {chosen} group by {group} having count(*) > 1
            ),
            ranked as (
                select *, {stated} as stated,
                    row_number() over (partition by entity, book, record_basis, unit order by fiscal_year desc, total_value desc, all_of) as place
                from (select *, concat_ws('|', {group}) as all_of from lines) as lines
            )
            select {group}, total_value, unit from ranked
            order by stated desc, record_basis = 'illustrative', place, unit <> 'USD', total_value desc, all_of limit {most}"""
    )


def _cells(reader: Reader, rows: Rows, table: str, dimension: str, breakdown: Mapping[str, Any], *, add_up: bool) -> list[dict[str, Any]]:
    """The largest parts of a breakdown, each with what stands behind it."""
    same = where({column: breakdown[column] for column in (*GROUP, *BREAKDOWNS[table][1])})
    lines = reader.rows(f"select * from marts.{table} where {same} order by value desc nulls last, {dimension} limit {MOST_CELLS if add_up else CELLS_OF_MANY}")
    cells = []
    for line in lines:
        found = explain_share(rows, line, MOST_ROWS, lambda mart: reader.columns(f"marts.{mart}"), add_up=add_up)
        if found.rows:
            name = next((line[column] for column in line if column.endswith("_name") and line[column]), line[dimension])
            cells.append(
                {
                    "name": str(name),
                    "line": line,
                    "found": found,
                    "table": _table(found, str(name), is_illustrative=line["record_basis"] == "illustrative"),
                    "command": _command(table, dimension, line),
                }
            )
    return cells


def _table(found: Explanation, name: str, *, is_illustrative: bool) -> Table:
    """The first rows behind a cell; the file first, since it names the row."""
    order = (
        "source_file",
        "source_row",
        "source_column",
        *(column for column in found.rows[0] if not column.startswith("source_") and column != "contributes"),
    )
    rows = [{**row, "record_basis": None} for row in found.rows]
    shown = [column for column in order if any(row.get(column) is not None for row in rows)]
    amounts = ("contributes", "amount", "transaction_amount", "budget_amount", "quantity", "weight", "adviser_days", "used_pct", "fx_rate")
    if found.rows_behind is None:
        note = "More rows may stand behind it; the statement below lists them."
    else:
        note = f"{len(rows)} of {found.rows_behind:,} rows." if found.rows_behind > len(rows) else ""
    return Table(
        caption=f"Delivered rows behind {name}",
        columns=[
            Column(
                key=column, heading=column.replace("_", " "), kind="exact" if column in ("fx_rate", "used_pct") else "number" if column in amounts else "text"
            )
            for column in (*shown, "contributes")
        ],
        rows=rows,
        note=note,
        is_illustrative=is_illustrative,
    )


def _command(table: str, dimension: str, line: Mapping[str, Any]) -> str:
    conditions = {column: line[column] for column in (*GROUP, *BREAKDOWNS[table][1], dimension) if column != "reporter_role" or line[column] != "primary"}
    return f'techcoop explain {table} --where "{",".join(f"{column}={value}" for column, value in conditions.items())}"'
