"""The report's page on what programmes planned and did."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from pipelines.site.page import Page, Part, Table, columns
from pipelines.site.reader import Reader, literal
from pipelines.site.report import MOST_LINES, divided, report_page

DELIVERY = ("done_on_time", "done_late", "overdue", "cancelled", "not_due")


def pages(reader: Reader) -> Iterator[Page]:
    """One page, if the release holds anything of it."""
    lead = "What programmes planned and did. A function without a target has no rate: nothing planned is not everything done."
    yield from report_page("report/delivery.html", "Programme delivery", lead, _parts(reader))


def _parts(reader: Reader) -> list[Part]:
    parts = []
    if reader.has_rows("marts.programme_delivery"):
        sums = ", ".join(f"sum({part}) as {part}" for part in DELIVERY)
        rows = reader.rows(
            f"""select programme, book, record_basis, year, {sums}, sum(unplanned) as unplanned, sum(obligations_due) as obligations_due,
                       sum(obligations_met) as obligations_met
                from marts.programme_delivery where delivery_status <> 'no_data' group by all order by programme, book, record_basis, year"""
        )
        for programme, members in groupby(rows, key=lambda row: row["programme"]):
            drawn = divided(f"{programme}: planned activities by what became of them", list(members), period="year", parts=DELIVERY, unit="activities")
            parts.append(Part(heading=programme, charts=drawn, tables=[_functions(reader, programme)]))
    if reader.has_rows("marts.partner_engagement"):
        parts.append(Part(heading="Partners", tables=[_partners(reader)]))
    if reader.has_rows("marts.reporting_obligation_status"):
        parts.append(Part(heading="Reporting obligations", tables=[_obligations(reader)]))
    if reader.has_rows("marts.fct_deliverables"):
        text = "Planned and actual quantities stand side by side and are never added."
        parts.append(Part(heading="Deliverables", text=text, tables=[_deliverables(reader)]))
    return parts


def _functions(reader: Reader, programme: str) -> Table:
    return Table(
        caption=f"{programme}: delivery by function and year",
        columns=columns(
            {
                "function_name": "Function",
                "year": "Year",
                "delivery_status": ("Status", "words"),
                "planned": ("Planned", "number"),
                "done": ("Done", "number"),
                "done_late": ("Late", "number"),
                "overdue": ("Overdue", "number"),
                "unplanned": ("Unplanned", "number"),
                "delivered_pct": ("Delivered of planned", "percent"),
            }
        ),
        rows=reader.rows(
            f"""select coalesce(function_name, function_code, 'no function') as function_name, * exclude (function_name) from marts.programme_delivery
                where programme = {literal(programme)} and delivery_status <> 'no_data' order by function_code, objective, year limit {MOST_LINES}"""
        ),
        is_sortable=True,
    )


def _partners(reader: Reader) -> Table:
    return Table(
        caption="Partners, by programme, with the activities done with them",
        columns=columns(
            {
                "partner_name": "Partner",
                "programme": "Programme",
                "role": ("Role", "words"),
                "is_named": "Named in the programme",
                "years": "Years",
                "activities_done": ("Activities done", "number"),
            }
        ),
        rows=reader.rows(
            f"""select coalesce(partner_name, partner) as partner_name, programme, record_basis, role,
                       case when is_named_in_programme then 'yes' else 'no' end as is_named,
                       min(year) || '–' || max(year) as years, sum(activities_done) as activities_done
                from marts.partner_engagement group by all order by record_basis, programme, activities_done desc, partner_name limit {MOST_LINES}"""
        ),
        is_sortable=True,
    )


def _obligations(reader: Reader) -> Table:
    return Table(
        caption="What bodies owe by their documents, and when it was done",
        columns=columns(
            {
                "requirement": "Obligation",
                "owed_by": "Owed by",
                "occurrence": "Occurrence",
                "due_on": ("Due", "day"),
                "fulfilled_on": ("Fulfilled", "day"),
                "status": ("Status", "words"),
                "fulfilled_by": "By",
                "source": "Source",
            }
        ),
        rows=reader.rows(f"select * from marts.reporting_obligation_status order by body, obligation, due_on limit {MOST_LINES}"),
        is_sortable=True,
    )


def _deliverables(reader: Reader) -> Table:
    return Table(
        caption="Deliverables by entity, year and subprogramme, as the latest edition gives them",
        columns=columns(
            {
                "deliverable": ("Deliverable", "words"),
                "entity": "Entity",
                "fiscal_year": "Year",
                "subprogramme": "Subprogramme",
                "planned": ("Planned", "number"),
                "actual": ("Actual", "number"),
                "unit": "Unit",
            }
        ),
        rows=reader.rows(
            f"""select deliverable, entity, fiscal_year, subprogramme, unit, record_basis, sum(quantity) filter (where status = 'planned') as planned,
                       sum(quantity) filter (where status = 'actual') as actual
                from marts.fct_deliverables group by all
                order by record_basis desc, entity, deliverable, fiscal_year desc, subprogramme limit {MOST_LINES}"""
        ),
        is_sortable=True,
    )
