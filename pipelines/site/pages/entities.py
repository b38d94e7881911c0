"""A page per entity that has figures, and the list of them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pipelines.release.files import file_name
from pipelines.release.public import DESIGNATIONS
from pipelines.site.page import Column, Link, Page, Part, Table
from pipelines.site.pages.report_shares import totals_by_source
from pipelines.site.reader import Reader, literal
from pipelines.site.shares import SPENT, SUBPROGRAMME, lines_of, region, share_charts

SECTION = "Report"
INDEX = "entities/index.html"
# More would be pages that nobody opens: a load of IATI files brings thousands of publishers.
MOST_PAGES = 60
MOST_LINES = 200


def path_of(entity: str) -> str:
    """Where an entity stands."""
    return f"entities/{file_name(entity)}.html"


def pages(reader: Reader) -> Iterator[Page]:
    """The list, and a page for each of the entities with the most figures."""
    found = reader.rows(
        """select shares.entity, any_value(dim_entity.entity_name) as entity_name, any_value(replace(dim_entity.entity_kind, '_', ' ')) as entity_kind,
                  string_agg(distinct book, ', ' order by book) as books, min(fiscal_year) || '–' || max(fiscal_year) as years, count(*) as figures,
                  case when bool_and(record_basis = 'illustrative') then 'illustrative' else 'published or reported' end as record_basis
           from marts.shares_by_subprogramme as shares left join marts.dim_entity on shares.entity = dim_entity.entity
           where funding_level = 2 group by shares.entity order by shares.entity"""
        if reader.exists("marts.dim_entity")
        else "select null as entity where false"
    )
    if not found:
        return
    shown = {row["entity"] for row in sorted(found, key=lambda row: -row["figures"])[:MOST_PAGES]}
    listing = Table(
        caption="Entities whose figures this release holds",
        columns=[
            Column(key="link", heading="Entity"),
            Column(key="entity_name", heading="Name"),
            Column(key="entity_kind", heading="Kind"),
            Column(key="years", heading="Years"),
            Column(key="books", heading="Books"),
            Column(key="figures", heading="Figures", kind="number"),
        ],
        rows=[{**row, "link": Link(text=row["entity"], path=path_of(row["entity"])) if row["entity"] in shown else row["entity"]} for row in found],
        is_sortable=True,
    )
    yield Page(
        path=INDEX,
        title="Entities",
        section=SECTION,
        template="charts.html",
        context={"parts": [Part(heading="All entities", tables=[listing])], "names_countries": False},
    )
    for row in found:
        if row["entity"] in shown:
            yield _entity(reader, row)


def _entity(reader: Reader, row: dict[str, Any]) -> Page:
    entity = f"entity = {literal(row['entity'])}"
    money = f"({SPENT} and funding_level = 0 and funding_source = 'technical_cooperation')"
    counts = "(measure in ('mission_count', 'event_count') and funding_level = 0 and funding_source = 'all')"
    condition = f"{entity} and ({money} or {counts})"
    parts = [
        Part(heading="By source of funds", charts=totals_by_source(reader, f"{entity} and {SPENT}")),
        *(
            Part(heading=heading, charts=share_charts(lines_of(reader, breakdown, condition), breakdown))
            for heading, breakdown in (("By subprogramme", SUBPROGRAMME), ("By subregion", region("m49_subregion")), ("By country", region("country")))
        ),
        Part(heading="Every measure", tables=[_totals(reader, entity)]),
    ]
    name = row["entity_name"] or row["entity"]
    context = {
        "lead": f"{row['entity']}: {row['entity_kind'] or 'publisher'}, {row['years']}.",
        "parts": [part for part in parts if part.charts or part.tables],
        "names_countries": True,
        "designations": DESIGNATIONS,
        "trail": Link(text="Entities", path=INDEX),
    }
    return Page(path=path_of(row["entity"]), title=name, section=SECTION, template="charts.html", context=context, in_navigation=False)


def _totals(reader: Reader, entity: str) -> Table:
    return Table(
        caption="Totals of every measure: all cash resources, and technical cooperation (RPTC, Development Account and extrabudgetary) alone",
        columns=[
            Column(key="measure", heading="Measure", kind="words"),
            Column(key="book", heading="Book", kind="words"),
            Column(key="fiscal_year", heading="Year"),
            Column(key="period_type", heading="Period", kind="words"),
            Column(key="everything", heading="All", kind="number"),
            Column(key="cooperation", heading="Technical cooperation", kind="number"),
            Column(key="unit", heading="Unit"),
        ],
        rows=reader.rows(
            f"""select measure, book, fiscal_year, period_type, record_basis, reporter_role, unit,
                       max(total_value) filter (where funding_source = 'all') as everything,
                       max(total_value) filter (where funding_source = 'technical_cooperation') as cooperation
                from marts.shares_by_subprogramme where {entity} and funding_level = 0
                group by measure, book, fiscal_year, period_type, record_basis, reporter_role, unit
                order by record_basis = 'illustrative', measure like '%usd' desc, measure, book, fiscal_year desc, period_type, reporter_role
                limit {MOST_LINES}"""
        ),
        is_sortable=True,
    )
