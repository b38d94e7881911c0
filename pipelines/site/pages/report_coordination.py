"""The report's page on how organisations coordinate."""

from __future__ import annotations

from collections.abc import Iterator

from pipelines.site.page import Page, Part, Table, columns
from pipelines.site.reader import Reader
from pipelines.site.report import MOST_LINES, report_page


def pages(reader: Reader) -> Iterator[Page]:
    """One page, if the release holds anything of it."""
    lead = "Whether resident coordinators were told, whether activities overlap, and what became of agreed actions."
    yield from report_page("report/coordination.html", "Coordination", lead, _parts(reader))


def _parts(reader: Reader) -> list[Part]:
    parts = []
    if reader.has_rows("marts.coordination"):
        rows = reader.rows(
            f"""select measure, entity, fiscal_year, book, record_basis, value, unit, numerator, denominator from marts.coordination
                where dimension_scheme = 'none' order by measure, record_basis, entity, fiscal_year desc, book limit {MOST_LINES}"""
        )
        heading = {"measure": ("Measure", "words"), "entity": "Entity", "fiscal_year": "Year", "value": ("Value", "number"), "unit": "Unit"}
        table = Table(
            caption="Measures of coordination by entity and year",
            columns=columns({**heading, "numerator": ("Of these", "number"), "denominator": ("Out of", "number")}),
            rows=rows,
            is_sortable=True,
        )
        parts.append(Part(heading="Measures", tables=[table]))
    if reader.has_rows("marts.coordination_overlaps"):
        rows = reader.rows(
            f"""select coordinated.*, coalesce(countries.country_name, coordinated.country) as country_name from marts.coordination_overlaps as coordinated
                left join (select country, max_by(country_name, valid_from) as country_name from marts.dim_country group by country) as countries
                    on coordinated.country = countries.country
                order by fiscal_year desc, start_date_1, activity_key_1, activity_key_2 limit {MOST_LINES}"""
        )
        table = Table(
            caption="Activities of two entities in the same country on the same topic within the window of days",
            columns=columns(
                {
                    "topic": "Topic",
                    "country_name": "Country",
                    "entity_1": "Entity",
                    "start_date_1": ("From", "day"),
                    "entity_2": "And",
                    "start_date_2": ("From", "day"),
                    "days_apart": ("Days apart", "number"),
                    "is_joint": "Joint work",
                }
            ),
            rows=[{**row, "is_joint": "yes" if row["is_joint_work"] else "no"} for row in rows],
            is_sortable=True,
        )
        parts.append(Part(heading="Overlaps", tables=[table]))
    if reader.has_rows("marts.fct_action_points"):
        heading = {
            "action": "Action",
            "entity": "Responsible",
            "meeting": "Meeting",
            "agreed_on": ("Agreed", "day"),
            "commitment_strength": ("Commitment", "words"),
        }
        table = Table(
            caption="Actions agreed or suggested at meetings; a suggestion is never overdue",
            columns=columns({**heading, "due_on": ("Due", "day"), "done_on": ("Done", "day"), "status": ("Status", "words")}),
            rows=reader.rows(f"select * from marts.fct_action_points order by record_basis desc, agreed_on desc, meeting, action_id limit {MOST_LINES}"),
            is_sortable=True,
        )
        parts.append(Part(heading="Action points", tables=[table]))
    return parts
