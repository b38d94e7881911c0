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
PREVIOUS = "comparison = 'previous_release'"
DELIVERY = "coalesce(source_file, replace(cause, '_', ' ')) as delivery"
TABLE_NAME = Column(key="table_name", heading="Table", kind="code")
COLUMN_NAME = Column(key="column_name", heading="Column", kind="code")
PLACE = (Column(key="entity", heading="Entity"), Column(key="fiscal_year", heading="Year"))
CAUSED_BY = Column(key="delivery", heading="Caused by")
BEFORE_AND_NOW = (
    Column(key="figure_before", heading="Before", kind="number"),
    Column(key="figure_after", heading="Now", kind="number"),
    Column(key="difference", heading="Difference", kind="number"),
    CAUSED_BY,
)


def pages(reader: Reader) -> Iterator[Page]:
    """One page: sums by table, entity, year and delivery, then the largest differences."""
    if not reader.exists("marts.restatements"):
        return
    context = {
        "previous": reader.release.edition.previous_id,
        "tables": _tables(reader),
        "deliveries": _deliveries(reader),
        "largest": _largest(reader),
        "editions": _editions(reader),
    }
    yield Page(path=INDEX, title="Restatements", section=SECTION, template="restatements.html", context=context)


def _counted() -> str:
    return ", ".join(f"count(*) filter (where change = '{change}') as {change}" for change in CHANGES)


def _tables(reader: Reader) -> Table:
    return Table(
        caption="Figures that are others than in the release before, by table and column",
        columns=[
            TABLE_NAME,
            COLUMN_NAME,
            Column(key="figures", heading="Figures", kind="number"),
            *(Column(key=change, heading=change.capitalize(), kind="number") for change in CHANGES),
        ],
        rows=reader.rows(
            f"""select table_name, column_name, count(*) as figures, {_counted()} from marts.restatements where {PREVIOUS}
                group by table_name, column_name order by table_name, column_name"""
        ),
    )


def _deliveries(reader: Reader) -> Table:
    summed = ", ".join(f"sum(difference) filter (where change = '{change}') as {change}_by" for change in CHANGES)
    rows = reader.rows(
        f"""select table_name, column_name, book, record_basis, entity, fiscal_year, measure, {DELIVERY},
                   sum(records_after) - sum(records_before) as more_records, {_counted()}, {summed}
            from marts.restatements where {PREVIOUS} and table_name not like 'shares_%' and column_name in ({FIGURES})
            group by all
            order by abs(sum(difference)) desc, table_name, column_name, book, record_basis, entity, fiscal_year, measure, delivery limit {MOST_ROWS}"""
    )
    return Table(
        caption="Rows and amounts added, removed and changed, by table, entity, year and delivery",
        columns=[
            TABLE_NAME,
            *PLACE,
            Column(key="measure", heading="Measure", kind="words"),
            COLUMN_NAME,
            Column(key="more_records", heading="More rows", kind="number"),
            *(Column(key=f"{change}_by", heading=f"{change.capitalize()} by", kind="number") for change in CHANGES),
            CAUSED_BY,
        ],
        rows=rows,
        note=f"The {MOST_ROWS} largest." if len(rows) == MOST_ROWS else "",
    )


def _largest(reader: Reader) -> Table:
    rows = reader.rows(
        f"""select table_name, row_key, column_name, entity, fiscal_year, record_basis, figure_before, figure_after, difference, change, {DELIVERY}
            from marts.restatements where {PREVIOUS}
            order by abs(difference) desc, table_name, row_key, column_name, book, entity, fiscal_year limit {MOST_ROWS}"""
    )
    return Table(
        caption="The largest differences, shares and indicators included",
        columns=[TABLE_NAME, Column(key="row_key", heading="Row"), *PLACE, COLUMN_NAME, *BEFORE_AND_NOW],
        rows=rows,
        note=f"The {MOST_ROWS} largest; marts.restatements has all." if len(rows) == MOST_ROWS else "",
    )


def _editions(reader: Reader) -> Table:
    return Table(
        caption="Figures that a later edition of the same publication prints otherwise",
        columns=[
            Column(key="measure", heading="Measure", kind="words"),
            *PLACE,
            Column(key="row_key", heading="Line"),
            Column(key="compared_with", heading="Edition before"),
            *BEFORE_AND_NOW,
        ],
        rows=reader.rows(
            f"""select entity, fiscal_year, measure, row_key, compared_with, record_basis, figure_before, figure_after, difference, source_file as delivery
                from marts.restatements where comparison = 'earlier_edition'
                order by fiscal_year desc, abs(difference) desc, entity, row_key limit {MOST_ROWS}"""
        ),
    )
