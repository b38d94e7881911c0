"""A page per country group: who belonged to it when, and what went there."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pipelines.release.files import file_name
from pipelines.release.public import DESIGNATIONS
from pipelines.site.page import Column, Link, Page, Part, Table
from pipelines.site.reader import Reader, literal

SECTION = "Report"
INDEX = "country-groups/index.html"
BACK = Link(text="Country groups and countries", path=INDEX)
MOST_LINES = 120


def path_of(group: str) -> str:
    """Where a country group stands."""
    return f"country-groups/{file_name(group, joint='_')}.html"


def pages(reader: Reader) -> Iterator[Page]:
    """The list with the countries, and a page per group."""
    if not reader.has_rows("marts.dim_country_group"):
        return
    groups = reader.rows("select * replace (replace(group_kind, '_', ' ') as group_kind) from marts.dim_country_group order by country_group_name")
    listing = Table(
        caption="Country groups, with their members on the day of this release",
        columns=[
            Column(key="link", heading="Group"),
            Column(key="country_group", heading="Code", kind="code"),
            Column(key="group_kind", heading="Kind"),
            Column(key="member_count", heading="Members", kind="number"),
            Column(key="former_or_ending_count", heading="Former or ending", kind="number"),
        ],
        rows=[{**row, "link": Link(text=row["country_group_name"], path=path_of(row["country_group"]))} for row in groups],
        is_sortable=True,
    )
    parts = [Part(heading="Groups", tables=[listing]), Part(heading="Countries and areas", tables=[_countries(reader)])]
    context = {"parts": parts, "names_countries": True, "designations": DESIGNATIONS}
    yield Page(path=INDEX, title="Country groups and countries", section=SECTION, template="charts.html", context=context)
    for row in groups:
        yield _group(reader, row)


def _countries(reader: Reader) -> Table:
    return Table(
        caption="Countries and areas, by their official names",
        columns=[
            Column(key="country_name", heading="Name"),
            Column(key="country", heading="ISO 3166-1", kind="code"),
            Column(key="m49", heading="M49", kind="code"),
            Column(key="m49_subregion_name", heading="M49 subregion"),
            Column(key="un_regional_group", heading="Regional group", kind="words"),
            Column(key="groups", heading="Groups"),
        ],
        rows=reader.rows(
            f"""select country_name, country, m49, m49_subregion_name, lower(un_regional_group) as un_regional_group,
                       (select string_agg(country_group, ', ' order by country_group) from reference.country_group_members as members
                        where members.country = countries.country and members.valid_from <= {literal(reader.release.edition.as_of)}
                          and coalesce(members.valid_to, date '9999-12-31') > {literal(reader.release.edition.as_of)}) as groups
                from marts.dim_country as countries where is_current order by country_name"""
        ),
        is_sortable=True,
    )


def _group(reader: Reader, row: dict[str, Any]) -> Page:
    group = literal(row["country_group"])
    members = Table(
        caption="Members, past and present",
        columns=[
            Column(key="country_name", heading="Country or area"),
            Column(key="valid_from", heading="From", kind="day"),
            Column(key="valid_to", heading="Until", kind="day"),
            Column(key="membership_kind", heading="As", kind="words"),
            Column(key="date_precision", heading="Date exact to the", kind="words"),
            Column(key="source", heading="Source"),
        ],
        rows=reader.rows(
            f"""select coalesce(countries.country_name, members.country) as country_name, members.* exclude (country)
                from reference.country_group_members as members
                left join (select country, max_by(country_name, valid_from) as country_name from marts.dim_country group by country) as countries
                    on members.country = countries.country
                where members.country_group = {group} order by country_name, members.valid_from"""
        ),
        is_sortable=True,
    )
    shares = Table(
        caption="What went to the group: part of each entity's technical cooperation (RPTC, Development Account and extrabudgetary), year by year",
        columns=[
            Column(key="measure", heading="Measure", kind="words"),
            Column(key="entity", heading="Entity"),
            Column(key="fiscal_year", heading="Year"),
            Column(key="book", heading="Book", kind="words"),
            Column(key="value", heading="To the group", kind="number"),
            Column(key="unit", heading="Unit"),
            Column(key="total_value", heading="Of a total of", kind="number"),
            Column(key="share_pct", heading="Share", kind="percent"),
        ],
        rows=reader.rows(
            f"""select measure, entity, fiscal_year, book, value, unit, total_value, share_pct, record_basis from marts.shares_by_region
                where region_scheme = 'country_group' and region = {group} and funding_level = 0 and funding_source = 'technical_cooperation' and value <> 0
                order by record_basis = 'illustrative', entity, measure like '%usd' desc, measure, fiscal_year desc, book, period_type, reporter_role
                limit {MOST_LINES}"""
        ),
        is_sortable=True,
    )
    nothing = "" if shares.rows else "No record of this release names the group or a member of it."
    parts = [
        Part(heading="Members", text=f"Source: {row['source']}", tables=[members]),
        Part(heading="What went there", text=nothing, tables=[shares] if shares.rows else []),
    ]
    context = {"parts": parts, "names_countries": True, "designations": DESIGNATIONS, "trail": BACK}
    return Page(
        path=path_of(row["country_group"]), title=row["country_group_name"], section=SECTION, template="charts.html", context=context, in_navigation=False
    )
