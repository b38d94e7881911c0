"""The report's pages on what States need, how programmes deliver, how organisations coordinate, and what series warn of."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any

from pipelines.release.public import DESIGNATIONS
from pipelines.site import charts
from pipelines.site.page import ILLUSTRATIVE, Chart, Page, Part, Table, columns
from pipelines.site.reader import Reader, literal
from pipelines.site.words import sentence, words

SECTION = "Report"
MOST_LINES = 200
MOST_SERIES = 8
# A declined request is unmet, too: the last stands in tables, not beside the others in a bar.
OUTCOMES = ("delivered", "under_way", "unmet", "declined")
DELIVERY = ("done_on_time", "done_late", "overdue", "cancelled", "not_due")


def pages(reader: Reader) -> Iterator[Page]:
    """A page per subject of which the release holds anything."""
    yield from _page("report/needs.html", "Needs", "What States asked for or said they need, and what came of it.", _needs(reader))
    lead = "What programmes planned and did. A function without a target has no rate: nothing planned is not everything done."
    yield from _page("report/delivery.html", "Programme delivery", lead, _delivery(reader))
    lead = "Whether resident coordinators were told, whether activities overlap, and what became of agreed actions."
    yield from _page("report/coordination.html", "Coordination", lead, _coordination(reader))
    lead = "Series watched against their thresholds. Where a warning would accuse a State, the places are invented (XA to XJ)."
    yield from _page("report/early-warning.html", "Early warning", lead, _early_warning(reader))


def _page(path: str, title: str, lead: str, parts: Sequence[Part]) -> Iterator[Page]:
    parts = [part for part in parts if part.charts or any(table.rows for table in part.tables)]
    if parts:
        context = {"lead": lead, "parts": parts, "names_countries": True, "designations": DESIGNATIONS}
        yield Page(path=path, title=title, section=SECTION, template="charts.html", context=context)


def _by_basis(rows: Sequence[Mapping[str, Any]]) -> Iterator[tuple[str, str, list[Mapping[str, Any]]]]:
    """Rows of one book and record basis at a time; they are never drawn together. The rows are ordered so."""
    for (book, basis), members in groupby(rows, key=lambda row: (row["book"], row["record_basis"])):
        yield book, basis, list(members)


def divided(title: str, rows: Sequence[Mapping[str, Any]], *, period: str, parts: Sequence[str], unit: str) -> list[Chart]:
    """A chart per book and record basis: bars over the values of `period`, each divided into the columns `parts`."""
    found = []
    for book, basis, members in _by_basis(rows):
        values = [{"period": row[period], "series": sentence(words(part)), "value": row[part]} for row in members for part in parts if row[part]]
        if not values:
            continue
        name = f"{title}, {words(book)}, {basis} records"
        table = Table(
            caption=name, columns=columns({period: sentence(words(period)), **{part: (sentence(words(part)), "number") for part in parts}}), rows=members
        )
        found.append(
            charts.stacked(
                title=name,
                description=f"Book: {words(book)}; {basis} records.",
                values=values,
                series=[sentence(words(part)) for part in parts],
                unit=unit,
                table=table,
                is_illustrative=basis == ILLUSTRATIVE,
                is_share=False,
            )
        )
    return found


def _needs(reader: Reader) -> list[Part]:
    parts = []
    if reader.has_rows("marts.assistance_needs"):
        sums = ", ".join(f"cast(sum({outcome}) as bigint) as {outcome}" for outcome in OUTCOMES)
        years = reader.rows(f"select book, record_basis, fiscal_year, {sums} from marts.assistance_needs group by all order by book, record_basis, fiscal_year")
        areas = reader.rows(
            f"""select book, record_basis, replace(need_area, '_', ' ') as need_area, cast(sum(needs) as bigint) as needs,
                       cast(sum(requests) as bigint) as requests, {sums},
                       cast(round(sum(response_days_total) / nullif(sum(answered), 0), 1) as decimal(18, 1)) as response_days
                from marts.assistance_needs group by all order by book, record_basis, needs desc, need_area limit {MOST_LINES}"""
        )
        countries = reader.rows(
            f"""select country_name, book, record_basis, un_regional_group, count(*) as requests, count(*) filter (where outcome = 'delivered') as delivered,
                       cast(median(response_days) as decimal(18, 1)) as response_days
                from marts.fct_assistance_requests group by all order by book, record_basis, requests desc, country_name limit {MOST_LINES}"""
        )
        table = Table(
            caption="Needs by area, with what came of them",
            columns=columns(
                {
                    "need_area": "Area",
                    "needs": ("Needs", "number"),
                    "requests": ("Requests", "number"),
                    **{outcome: (sentence(words(outcome)), "number") for outcome in OUTCOMES},
                    "response_days": ("Mean days to a response", "number"),
                }
            ),
            rows=areas,
            is_sortable=True,
        )
        heading = {"country_name": "Country", "un_regional_group": ("Regional group", "words"), "requests": ("Requests", "number")}
        asked = Table(
            caption="Requests by country",
            columns=columns({**heading, "delivered": ("Delivered", "number"), "response_days": ("Median days to a response", "number")}),
            rows=[{**row, "un_regional_group": (row["un_regional_group"] or "").lower()} for row in countries],
            is_sortable=True,
        )
        drawn = divided("What became of needs, by year", years, period="fiscal_year", parts=OUTCOMES[:3], unit="needs")
        parts.append(Part(heading="Needs and requests", charts=drawn, tables=[table, asked]))
    if reader.has_rows("marts.questionnaire_response_rates"):
        parts.append(Part(heading="Questionnaires", tables=[_questionnaires(reader)]))
    if reader.has_rows("marts.geographic_balance"):
        text = "Whether assistance went where needs are: the share of each group in both, year by year."
        parts.append(Part(heading="Geographic balance", text=text, charts=_balance(reader), tables=[_balance_table(reader)]))
    return parts


def _questionnaires(reader: Reader) -> Table:
    return Table(
        caption="Who answered questionnaires, by instrument and cycle",
        columns=columns(
            {
                "instrument": "Instrument",
                "cycle": "Cycle",
                "treaty_status": ("Status at sending", "words"),
                "sent": ("Sent", "number"),
                "answered": ("Answered", "number"),
                "response_rate_pct": ("Rate", "percent"),
                "response_days_mean": ("Mean days", "number"),
                "asking_for_assistance": ("Asking for assistance", "number"),
            }
        ),
        rows=reader.rows(
            f"select * from marts.questionnaire_response_rates order by instrument, cycle, treaty_status <> 'all', treaty_status limit {MOST_LINES}"
        ),
    )


BALANCE = "region_scheme = 'un_regional_group' and is_exclusive and assistance_measure = 'delivered_requests'"


def _balance(reader: Reader) -> list[Chart]:
    """Needs beside assistance in each year, divided among the regional groups."""
    rows = reader.rows(
        f"""select book, record_basis, fiscal_year, region_name, needs_share_pct, assistance_share_pct from marts.geographic_balance
            where {BALANCE} and fiscal_year in (select distinct fiscal_year from marts.geographic_balance order by 1 desc limit 4)
            order by book, record_basis, fiscal_year, region_name"""
    )
    found = []
    for book, basis, members in _by_basis(rows):
        series = sorted({row["region_name"] for row in members})[: charts.REST]
        pairs = (("needs", "needs_share_pct"), ("helped", "assistance_share_pct"))
        values = [
            {"period": f"{year}\n{word}", "series": row["region_name"], "value": row[key]}
            for year in sorted({row["fiscal_year"] for row in members})
            for word, key in pairs
            for row in members
            if row["fiscal_year"] == year and row[key] and row["region_name"] in series
        ]
        name = f"Needs and delivered assistance by United Nations regional group, {words(book)}, {basis} records"
        heading = {"region_name": "Group", "fiscal_year": "Year", "needs_share_pct": ("Share of needs", "percent")}
        table = Table(caption=name, columns=columns({**heading, "assistance_share_pct": ("Share of assistance", "percent")}), rows=members)
        found.append(
            charts.stacked(
                title=name,
                description=f"Book: {words(book)}; {basis} records. Shares in per cent of the needs, and of the requests delivered, of each year.",
                values=values,
                series=series,
                unit="per cent",
                table=table,
                is_illustrative=basis == ILLUSTRATIVE,
                is_share=True,
            )
        )
    return found


def _balance_table(reader: Reader) -> Table:
    return Table(
        caption="How concentrated needs and assistance are, by year and kind of grouping (HHI: 1 is everything in one place; Theil: 0 is even)",
        columns=columns(
            {
                "region_scheme": ("Grouping", "words"),
                "fiscal_year": "Year",
                "assistance_measure": ("Assistance measured by", "words"),
                "hhi_needs": ("HHI of needs", "number"),
                "hhi_assistance": ("HHI of assistance", "number"),
                "theil_against_needs": ("Theil, assistance against needs", "number"),
            }
        ),
        rows=reader.rows(
            f"""select distinct region_scheme, fiscal_year, assistance_measure, record_basis, hhi_needs, hhi_assistance, theil_against_needs
                from marts.geographic_balance where is_exclusive
                order by record_basis, region_scheme, fiscal_year desc, assistance_measure limit {MOST_LINES}"""
        ),
        is_sortable=True,
    )


def _delivery(reader: Reader) -> list[Part]:
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


def _coordination(reader: Reader) -> list[Part]:
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


def _early_warning(reader: Reader) -> list[Part]:
    if not reader.has_rows("marts.early_warning"):
        return []
    heading = {"series_name": "Series", "country_name": "Place", "period": "Period", "value": ("Value", "number"), "unit": "Unit", "level": ("Level", "words")}
    latest = Table(
        caption="Each series where it last stood",
        columns=columns(
            {**heading, "since": ("At this level since", "day"), "watch_threshold": ("Watch at", "number"), "alert_threshold": ("Alert at", "number")}
        ),
        rows=reader.rows(
            f"""select * from marts.early_warning where is_latest
                order by case level when 'alert' then 1 when 'watch' then 2 else 3 end, series, country, book limit {MOST_LINES}"""
        ),
        is_sortable=True,
    )
    parts = [Part(heading="Where the series stand", tables=[latest])]
    rows = reader.rows(
        """select series, series_name, unit, frequency, book, record_basis, country_name, period, value, level, threshold from marts.early_warning
           qualify row_number() over (partition by series, book, record_basis, country order by period_start desc) <= 24
           order by series, book, record_basis, period_start, country_name"""
    )
    drawn = [
        _series(list(members)) for _, members in groupby(rows, key=lambda row: (row["series"], row["unit"], row["frequency"], row["book"], row["record_basis"]))
    ]
    return [*parts, Part(heading="Over time", text="The last 24 periods of each series.", charts=drawn)]


def _series(members: Sequence[Mapping[str, Any]]) -> Chart:
    first = members[0]
    places = sorted({row["country_name"] for row in members})[:MOST_SERIES]
    name = f"{first['series_name']}, {words(first['book'])}, {first['record_basis']} records"
    heading = {"country_name": "Place", "period": "Period", "value": (sentence(first["unit"]), "number")}
    table = Table(caption=name, columns=columns({**heading, "level": ("Level", "words"), "threshold": ("Threshold", "number")}), rows=members)
    return charts.lines(
        title=name,
        description=f"Book: {words(first['book'])}; {first['record_basis']} records, by {first['frequency']}.",
        values=[{"period": row["period"], "series": row["country_name"], "value": row["value"]} for row in members if row["country_name"] in places],
        series=places,
        unit=first["unit"],
        table=table,
        is_illustrative=first["record_basis"] == ILLUSTRATIVE,
    )
