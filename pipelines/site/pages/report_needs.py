"""The report's page on what States asked for or said they need, and what came of it."""

from __future__ import annotations

from collections.abc import Iterator

from pipelines.site import charts
from pipelines.site.page import ILLUSTRATIVE, Chart, Page, Part, Table, columns
from pipelines.site.reader import Reader
from pipelines.site.report import MOST_LINES, by_basis, divided, report_page
from pipelines.site.words import sentence, words

# A declined request is unmet, too: the last stands in tables, not beside the others in a bar.
OUTCOMES = ("delivered", "under_way", "unmet", "declined")
BALANCE = "region_scheme = 'un_regional_group' and is_exclusive and assistance_measure = 'delivered_requests'"


def pages(reader: Reader) -> Iterator[Page]:
    """One page, if the release holds anything of it."""
    lead = "What States asked for or said they need, and what came of it."
    yield from report_page("report/needs.html", "Needs", lead, _parts(reader))


def _parts(reader: Reader) -> list[Part]:
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


def _balance(reader: Reader) -> list[Chart]:
    """Needs beside assistance in each year, divided among the regional groups."""
    rows = reader.rows(
        f"""select book, record_basis, fiscal_year, region_name, needs_share_pct, assistance_share_pct from marts.geographic_balance
            where {BALANCE} and fiscal_year in (select distinct fiscal_year from marts.geographic_balance order by 1 desc limit 4)
            order by book, record_basis, fiscal_year, region_name"""
    )
    found = []
    for book, basis, members in by_basis(rows):
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
