"""Every indicator, with what it means and its newest values."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from typing import Any

from pipelines.release.public import DESIGNATIONS
from pipelines.site.page import Page, Part, Table, columns
from pipelines.site.reader import Reader
from pipelines.site.words import sentence, words

INDEX = "indicators/index.html"
# Of an indicator's values, the newest: at most so many per indicator, so that a page stays one that can be read.
MOST_VALUES = 6


def pages(reader: Reader) -> Iterator[Page]:
    """The indicators, domain by domain."""
    if reader.has_rows("marts.indicators"):
        yield Page(
            path=INDEX,
            title="Indicators",
            section="Report",
            template="charts.html",
            context={
                "lead": "What is measured, how, and the newest values. All values stand in marts.indicators.",
                "parts": _domains(reader),
                "names_countries": True,
                "designations": DESIGNATIONS,
            },
        )


def _domains(reader: Reader) -> list[Part]:
    defined = reader.rows("select * from reference.indicator_definitions order by domain, indicator")
    values = reader.rows(
        f"""select indicator, book, entity, period_start, period_end, dimension_scheme, dimension_value, value, unit, record_basis from marts.indicators
            where value is not null
            qualify row_number() over (partition by indicator order by record_basis = 'illustrative', period_end desc, dimension_scheme <> 'none', entity, book,
                                       dimension_scheme, dimension_value) <= {MOST_VALUES}
            order by indicator, record_basis = 'illustrative', period_end desc, dimension_scheme <> 'none', entity, book, dimension_scheme, dimension_value"""
    )
    by_indicator = {indicator: list(members) for indicator, members in groupby(values, key=lambda row: row["indicator"])}
    parts = []
    for domain, members in groupby(defined, key=lambda row: row["domain"]):
        indicators = list(members)
        parts.append(Part(heading=sentence(words(domain)), tables=[_defined(domain, indicators), _values(domain, indicators, by_indicator)]))
    return parts


def _defined(domain: str, indicators: list[dict[str, Any]]) -> Table:
    return Table(
        caption=f"{sentence(words(domain))}: what each indicator means",
        columns=columns({"name": "Indicator", "indicator": ("Code", "code"), "formula": "Formula", "unit": "Unit", "source": "Asked for in"}),
        rows=[{**row, "source": " ".join(filter(None, (row["source_document"], row["source_paragraph"])))} for row in indicators],
        is_sortable=True,
    )


def _values(domain: str, indicators: list[dict[str, Any]], values: dict[str, list[dict[str, Any]]]) -> Table:
    return Table(
        caption=f"{sentence(words(domain))}: the newest values, at most {MOST_VALUES} of each",
        columns=columns(
            {
                "name": "Indicator",
                "entity": "Entity",
                "period": "Period",
                "book": ("Book", "words"),
                "of": "Of",
                "value": ("Value", "number"),
                "unit": "Unit",
            }
        ),
        rows=[
            {
                **row,
                "name": defined["name"],
                "period": str(row["period_end"].year)
                if row["period_start"].year == row["period_end"].year
                else f"{row['period_start'].year}–{row['period_end'].year}",
                "of": "" if row["dimension_scheme"] == "none" else f"{words(row['dimension_scheme'])}: {words(str(row['dimension_value']).lower())}",
            }
            for defined in indicators
            for row in values.get(defined["indicator"], [])
        ],
        is_sortable=True,
    )
