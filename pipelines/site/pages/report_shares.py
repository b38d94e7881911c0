"""The report's pages on money and activities: by subprogramme, by region, by source of funds, by kind of activity."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pipelines.release.public import DESIGNATIONS
from pipelines.site import charts
from pipelines.site.page import ILLUSTRATIVE, Chart, Column, Page, Part, Table, columns
from pipelines.site.reader import Reader, literal, where
from pipelines.site.shares import ACTIVITY_TYPE, DONOR, NOT_ALLOCATED, SPENT, SUBPROGRAMME, funding_name, lines_of, measured, records_of, region, share_charts
from pipelines.site.words import sentence, words

SECTION = "Report"
# The entities that a page of the report shows; the others have pages of their own.
MOST_ENTITIES = 8
MOST_LINES = 200
FUND_COLUMNS = ("pledged_usd", "contributed_usd", "committed_usd", "spent_usd", "refunded_usd", "opening_balance_usd", "balance_usd", "unfunded_budget_usd")
# What of all levels a report shows: technical cooperation, and the family of funds that most statements speak of.
REPORTED = "((funding_level = 0 and funding_source = 'technical_cooperation') or (funding_level = 1 and funding_source = 'extrabudgetary'))"
COOPERATION = "funding_level = 0 and funding_source = 'technical_cooperation'"
REGION_SCHEMES = ("m49_region", "m49_subregion", "un_regional_group", "dac_region", "country", "country_group")


def pages(reader: Reader) -> Iterator[Page]:
    """A page per breakdown that divides anything."""
    yield from _subprogrammes(reader)
    yield from _regions(reader)
    yield from _funding(reader)
    yield from _activities(reader)


def _page(path: str, title: str, lead: str, parts: Sequence[Part], *, names_countries: bool = False) -> Iterator[Page]:
    if parts:
        context = {"lead": lead, "parts": parts, "names_countries": names_countries, "designations": DESIGNATIONS}
        yield Page(path=path, title=title, section=SECTION, template="charts.html", context=context)


def leading_entities(reader: Reader, table: str, condition: str) -> list[str]:
    """The entities with the most divided lines, by name; real records before illustrative ones."""
    if not reader.exists(f"marts.{table}"):
        return []
    rows = reader.rows(
        f"""select entity from marts.{table} where {condition}
            group by entity order by count(*) filter (where record_basis <> 'illustrative') desc, count(*) desc, entity limit {MOST_ENTITIES}"""
    )
    return sorted(row["entity"] for row in rows)


def _subprogrammes(reader: Reader) -> Iterator[Page]:
    divided = f"{SPENT} and {REPORTED} and subprogramme not in {NOT_ALLOCATED}"
    parts = []
    for entity in leading_entities(reader, SUBPROGRAMME.table, divided):
        drawn = share_charts(lines_of(reader, SUBPROGRAMME, f"{SPENT} and {REPORTED} and entity = {literal(entity)}"), SUBPROGRAMME)
        if drawn:
            parts.append(Part(heading=entity, charts=drawn))
    lead = "How the money of technical cooperation divides among subprogrammes, entity by entity and book by book."
    yield from _page("report/subprogrammes.html", "Shares by subprogramme", lead, parts)


def _regions(reader: Reader) -> Iterator[Page]:
    parts = []
    for scheme in REGION_SCHEMES:
        breakdown = region(scheme)
        divided = f"region_scheme = '{scheme}' and {SPENT} and {COOPERATION} and region not in {NOT_ALLOCATED}"
        entities = leading_entities(reader, breakdown.table, divided)
        drawn: list[Chart] = []
        for entity in entities:
            drawn += share_charts(lines_of(reader, breakdown, f"{SPENT} and {COOPERATION} and entity = {literal(entity)}"), breakdown)
        if drawn:
            text = "Groups overlap, and hold who was a member on the day of each record." if breakdown.overlaps else ""
            parts.append(Part(heading=f"By {breakdown.text}", text=text, charts=drawn))
    lead = "Where the money of technical cooperation went, where its records name a place; budgets and financial statements mostly do not."
    yield from _page("report/regions.html", "Shares by region", lead, parts, names_countries=True)


def totals_by_source(reader: Reader, condition: str) -> list[Chart]:
    """Amounts over the years by source of funds, one chart per entity, book and measure."""
    rows = reader.rows(
        f"""select distinct entity, book, record_basis, reporter_role, period_type, measure, unit, fiscal_year, funding_source, total_value
            from marts.shares_by_subprogramme where funding_level = 2 and {condition}
            order by entity, record_basis = 'illustrative', measure, book, record_basis, reporter_role, period_type, fiscal_year, funding_source"""
    )
    groups: dict[tuple, list[Mapping[str, Any]]] = {}
    for row in rows:
        groups.setdefault(tuple(row[name] for name in ("entity", "book", "record_basis", "reporter_role", "period_type", "measure", "unit")), []).append(row)
    return [_sources_chart(lines) for lines in groups.values() if len(lines) > 1]


def _sources_chart(lines: Sequence[Mapping[str, Any]]) -> Chart:
    first = lines[0]
    names = {row["funding_source"]: sentence(words(row["funding_source"])) for row in lines}
    years = sorted({row["fiscal_year"] for row in lines})
    span = str(years[0]) if len(years) == 1 else f"{years[0]}–{years[-1]}"
    title = f"{measured(first)}, by source of funds, {funding_name('all', first['measure'])}, {span}"
    unit = "US$" if first["unit"] == "USD" else first["unit"] or ""
    table = Table(
        caption=title,
        columns=[
            Column(key="source", heading="Source of funds"),
            Column(key="fiscal_year", heading="Year"),
            Column(key="total_value", heading=sentence(unit), kind="number"),
        ],
        rows=[{**row, "source": names[row["funding_source"]]} for row in lines],
        is_sortable=True,
    )
    values = [{"period": row["fiscal_year"], "series": names[row["funding_source"]], "value": row["total_value"]} for row in lines]
    return charts.stacked(
        title=title,
        description=records_of(first),
        values=values,
        series=[names[source] for source in sorted(names)][: charts.REST],
        unit=unit,
        table=table,
        is_illustrative=first["record_basis"] == ILLUSTRATIVE,
        is_share=False,
    )


def _funding(reader: Reader) -> Iterator[Page]:
    parts = []
    # An entity with one source of funds divides nothing; its own page shows it.
    several = f"(select entity from marts.shares_by_subprogramme where {SPENT} and funding_level = 2 group by entity having count(distinct funding_source) > 1)"
    entities = leading_entities(reader, SUBPROGRAMME.table, f"{SPENT} and funding_level = 2 and entity in {several}")
    for book in reader.rows(
        f"""select book, record_basis, period_type, measure, unit, reporter_role from marts.shares_by_subprogramme
            where {SPENT} and funding_level = 2 and funding_source = 'rptc' and entity <> 'UN-SECRETARIAT'
            group by all having count(distinct entity) > 1 order by record_basis, book"""
    ):
        parts.append(Part(heading=f"The regular programme, {words(book['book'])}", charts=[_programme_chart(reader, book)]))
    for entity in entities:
        parts.append(Part(heading=entity, charts=totals_by_source(reader, f"{SPENT} and entity = {literal(entity)}")))
    parts += _mobilisation(reader)
    donors = []
    for entity in leading_entities(reader, DONOR.table, f"measure in ('contribution_usd', 'pledge_usd') and {COOPERATION} and donor not in {NOT_ALLOCATED}"):
        donors += share_charts(
            lines_of(reader, DONOR, f"measure in ('contribution_usd', 'pledge_usd') and {COOPERATION} and entity = {literal(entity)}"), DONOR
        )
    if donors:
        parts.append(Part(heading="Donors", charts=donors))
    lead = (
        "What pays for technical cooperation, and what for everything else: the rest of the regular budget pays for normative work and staff "
        "and is no technical cooperation."
    )
    yield from _page("report/funding.html", "Sources of funds", lead, parts)


def _mobilisation(reader: Reader) -> list[Part]:
    """Contributions by donor over the years, and what became of each fund."""
    if not reader.has_rows("marts.resource_mobilisation"):
        return []
    rows = reader.rows(
        """select entity, book, record_basis, fiscal_year, donor, coalesce(any_value(country_name), donor) as donor_name, sum(contributed_usd) as contributed
           from marts.resource_mobilisation
           left join (select country, max_by(country_name, valid_from) as country_name from marts.dim_country group by country) on donor = country
           where level = 'donor' and contributed_usd is not null
           group by entity, book, record_basis, fiscal_year, donor order by record_basis desc, entity, book, fiscal_year, donor_name"""
    )
    groups: dict[tuple[str, ...], list[Mapping[str, Any]]] = {}
    for row in rows:
        groups.setdefault((row["entity"], row["book"], row["record_basis"]), []).append(row)
    drawn = []
    for (entity, book, basis), members in groups.items():
        weight: dict[str, Any] = {}
        for row in members:
            weight[row["donor_name"]] = weight.get(row["donor_name"], 0) + row["contributed"]
        kept = sorted(weight, key=lambda name: -weight[name])[: charts.MOST_SERIES]
        sums: dict[tuple[int, str], Any] = {}
        for row in members:
            place = row["fiscal_year"], row["donor_name"] if row["donor_name"] in kept else "Others"
            sums[place] = sums.get(place, 0) + row["contributed"]
        title = f"{entity}: contributions (US$) by donor, {words(book)}, {basis} records"
        table = Table(
            caption=title,
            columns=columns({"donor_name": "Donor", "fiscal_year": "Year", "contributed": ("US$", "number")}),
            rows=[row for row in members if row["donor_name"] in kept],
            note="The others are in marts.resource_mobilisation." if len(weight) > len(kept) else "",
            is_sortable=True,
        )
        drawn.append(
            charts.stacked(
                title=title,
                description=f"Book: {words(book)}; {basis} records. The eight largest donors of the whole time; a refund counts below zero.",
                values=[{"period": year, "series": name, "value": value} for (year, name), value in sums.items()],
                series=[*kept, *(["Others"] if len(weight) > len(kept) else [])],
                rest="Others",
                unit="US$",
                table=table,
                is_illustrative=basis == ILLUSTRATIVE,
                is_share=False,
            )
        )
    money = {name: (sentence(name.removesuffix("_usd").replace("_", " ")), "number") for name in FUND_COLUMNS}
    funds = Table(
        caption="Funds, year by year, in US$: what was promised, received and spent, and what was left",
        columns=columns({"fund_code": "Fund", "entity": "Entity", "fiscal_year": "Year", "book": ("Book", "words"), **money}),
        rows=reader.rows(
            f"""select * from marts.resource_mobilisation where level = 'fund'
                order by record_basis desc, entity, fund_code, fiscal_year desc, book limit {MOST_LINES}"""
        ),
        note="The balance is the opening balance, contributions, investment revenue and transfers, less refunds and expense; none without an opening balance.",
        is_sortable=True,
    )
    return [Part(heading="Contributions and funds", charts=drawn, tables=[funds])]


def _programme_chart(reader: Reader, book: Mapping[str, Any]) -> Chart:
    """The regular programme of technical cooperation by entity over the years, in one book."""
    lines = reader.rows(
        f"""select distinct entity, fiscal_year, total_value, record_basis from marts.shares_by_subprogramme
            where {where(book)} and funding_level = 2 and funding_source = 'rptc' and entity <> 'UN-SECRETARIAT' order by fiscal_year, entity"""
    )
    weight: dict[str, Any] = {}
    for row in lines:
        weight[row["entity"]] = weight.get(row["entity"], 0) + row["total_value"]
    kept = sorted(weight, key=lambda entity: -weight[entity])[: charts.MOST_SERIES]
    rest = "Others" if len(weight) > len(kept) else None
    sums: dict[tuple[int, str], Any] = {}
    for row in lines:
        place = row["fiscal_year"], row["entity"] if row["entity"] in kept else "Others"
        sums[place] = sums.get(place, 0) + row["total_value"]
    years = sorted({row["fiscal_year"] for row in lines})
    title = f"Regular programme of technical cooperation: {words(book['measure'])} by entity, {words(book['book'])}, {years[0]}–{years[-1]}"
    table = Table(
        caption=title,
        columns=[
            Column(key="entity", heading="Entity"),
            Column(key="fiscal_year", heading="Year"),
            Column(key="total_value", heading="US$", kind="number"),
        ],
        rows=lines,
        is_sortable=True,
    )
    return charts.stacked(
        title=title,
        description=records_of(book),
        values=[{"period": year, "series": name, "value": value} for (year, name), value in sums.items()],
        series=[*kept, *([rest] if rest else [])],
        rest=rest,
        unit="US$",
        table=table,
        is_illustrative=book["record_basis"] == ILLUSTRATIVE,
        is_share=False,
    )


def _activities(reader: Reader) -> Iterator[Page]:
    parts = []
    if reader.has_rows("marts.fct_activities"):
        parts.append(Part(heading="What was undertaken", tables=[_activity_totals(reader)]))
    for heading, breakdown, measures in (
        ("By kind", ACTIVITY_TYPE, ("mission_count", "event_count")),
        ("By subprogramme", SUBPROGRAMME, ("mission_count", "adviser_days", "event_count")),
        ("By subregion", region("m49_subregion"), ("mission_count", "event_count", "participant_count")),
    ):
        counted = f"measure in {measures} and funding_level = 0 and funding_source = 'all'"
        drawn = []
        for entity in leading_entities(reader, breakdown.table, f"{breakdown.condition} and {counted}"):
            drawn += share_charts(lines_of(reader, breakdown, f"{counted} and entity = {literal(entity)}"), breakdown)
        if drawn:
            parts.append(Part(heading=heading, charts=drawn))
    lead = "Missions, adviser days, workshops and their participants. A mission to two countries is half a mission to each; one that was cancelled is none."
    yield from _page("report/activities.html", "Missions and events", lead, parts, names_countries=True)


def _activity_totals(reader: Reader) -> Table:
    rows = reader.rows(
        f"""select entity, record_basis, fiscal_year, activity_kind, activity_type, status, count(distinct activity_key) as activities,
                  cast(sum(adviser_days) as decimal(18, 2)) as adviser_days
           from marts.fct_activities
           group by entity, record_basis, fiscal_year, activity_kind, activity_type, status
           order by record_basis = 'illustrative', entity, fiscal_year desc, activity_kind, activities desc, activity_type, status limit {MOST_LINES}"""
    )
    return Table(
        caption=f"Activities by entity, year, kind and status{'' if len(rows) < MOST_LINES else f': the first {MOST_LINES} lines'}",
        columns=[
            Column(key="activity_type", heading="Kind", kind="words"),
            Column(key="entity", heading="Entity"),
            Column(key="fiscal_year", heading="Year"),
            Column(key="status", heading="Status", kind="words"),
            Column(key="activities", heading="Activities", kind="number"),
            Column(key="adviser_days", heading="Adviser days", kind="number"),
        ],
        rows=rows,
        is_sortable=True,
    )
