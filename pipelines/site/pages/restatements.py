"""Restatements: which figures of the release before, or of an earlier edition, are others now, and which delivery caused it."""

from __future__ import annotations

from collections.abc import Iterator

from pipelines.site.page import Column, Page, Table
from pipelines.site.reader import Reader

SECTION = "Release"
INDEX = "restatements/index.html"
MOST_ROWS = 100
CHANGES = ("added", "removed", "changed")
FIGURES = "'amount_usd', 'quantity', 'weight', 'value', 'budget_amount', 'computed_value'"


def pages(reader: Reader) -> Iterator[Page]:
    """One page: sums by table, entity, year and delivery, then the largest differences."""
    if not reader.exists("marts.restatements"):
        return
    counted = ", ".join(f"count(*) filter (where change = '{change}') as {change}" for change in CHANGES)
    summed = ", ".join(f"sum(difference) filter (where change = '{change}') as {change}_by" for change in CHANGES)
    one = "comparison = 'previous_release'"
    tables = reader.rows(
        f"""select table_name, column_name, count(*) as figures, {counted} from marts.restatements where {one}
            group by table_name, column_name order by table_name, column_name"""
    )
    deliveries = reader.rows(
        f"""select table_name, column_name, book, record_basis, entity, fiscal_year, measure, coalesce(source_file, replace(cause, '_', ' ')) as delivery,
                   sum(records_after) - sum(records_before) as more_records, {counted}, {summed}
            from marts.restatements where {one} and table_name not like 'shares_%' and column_name in ({FIGURES})
            group by all
            order by abs(sum(difference)) desc, table_name, column_name, book, record_basis, entity, fiscal_year, measure, delivery limit {MOST_ROWS}"""
    )
    largest = reader.rows(
        f"""select table_name, row_key, column_name, entity, fiscal_year, record_basis, figure_before, figure_after, difference, change,
                   coalesce(source_file, replace(cause, '_', ' ')) as delivery
            from marts.restatements where {one} order by abs(difference) desc, table_name, row_key, column_name, book, entity, fiscal_year limit {MOST_ROWS}"""
    )
    editions = reader.rows(
        f"""select entity, fiscal_year, measure, row_key, compared_with, record_basis, figure_before, figure_after, difference, source_file as delivery
            from marts.restatements where comparison = 'earlier_edition' order by fiscal_year desc, abs(difference) desc, entity, row_key limit {MOST_ROWS}"""
    )
    place = [
        Column(key="entity", heading="Entity"),
        Column(key="fiscal_year", heading="Year"),
    ]
    figures = [
        Column(key="figure_before", heading="Before", kind="number"),
        Column(key="figure_after", heading="Now", kind="number"),
        Column(key="difference", heading="Difference", kind="number"),
        Column(key="delivery", heading="Caused by"),
    ]
    context = {
        "previous": reader.release.edition.previous_id,
        "tables": Table(
            caption="Figures that are others than in the release before, by table and column",
            columns=[
                Column(key="table_name", heading="Table", kind="code"),
                Column(key="column_name", heading="Column", kind="code"),
                Column(key="figures", heading="Figures", kind="number"),
                *(Column(key=change, heading=change.capitalize(), kind="number") for change in CHANGES),
            ],
            rows=tables,
        ),
        "deliveries": Table(
            caption="Rows and amounts added, removed and changed, by table, entity, year and delivery",
            columns=[
                Column(key="table_name", heading="Table", kind="code"),
                *place,
                Column(key="measure", heading="Measure", kind="words"),
                Column(key="column_name", heading="Column", kind="code"),
                Column(key="more_records", heading="More rows", kind="number"),
                *(Column(key=f"{change}_by", heading=f"{change.capitalize()} by", kind="number") for change in CHANGES),
                Column(key="delivery", heading="Caused by"),
            ],
            rows=deliveries,
            note=f"The {MOST_ROWS} largest." if len(deliveries) == MOST_ROWS else "",
        ),
        "largest": Table(
            caption="The largest differences, shares and indicators included",
            columns=[
                Column(key="table_name", heading="Table", kind="code"),
                Column(key="row_key", heading="Row"),
                *place,
                Column(key="column_name", heading="Column", kind="code"),
                *figures,
            ],
            rows=largest,
            note=f"The {MOST_ROWS} largest; marts.restatements has all." if len(largest) == MOST_ROWS else "",
        ),
        "editions": Table(
            caption="Figures that a later edition of the same publication prints otherwise",
            columns=[
                Column(key="measure", heading="Measure", kind="words"),
                *place,
                Column(key="row_key", heading="Line"),
                Column(key="compared_with", heading="Edition before"),
                *figures,
            ],
            rows=editions,
        ),
    }
    yield Page(path=INDEX, title="Restatements", section=SECTION, template="restatements.html", context=context)
