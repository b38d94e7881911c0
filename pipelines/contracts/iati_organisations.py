"""Organisation files of IATI (`iati-organisations`, version 2) as tables: what an organisation plans and spends as a whole.

Budgets for organisations, countries and regions break the total down in three ways: none is ever added to it, or to another one. Lines
say what a budget or an expenditure is made of. Meaning of elements: https://iatistandard.org/en/iati-standard/203/organisation-standard/
"""

from __future__ import annotations

import polars as pl

from pipelines.contracts.iati_table import BOOKED, COUNT, DAY, NARRATIVE, TEXT, VALUE, Columns, IatiTable

ORGANISATION_BOOK = "iati_organisation"
_LINK = "organisation_identifier"

_ORGANISATION: Columns = {
    "organisation_identifier": (TEXT, "the organisation whose money it is"),
    "iati_version": (TEXT, "2.01, 2.02 or 2.03"),
    "name": (TEXT, NARRATIVE),
    "reporting_org_ref": (TEXT, "who publishes"),
    "reporting_org_type": (TEXT, "codelist OrganisationType"),
    "reporting_org_name": (TEXT, NARRATIVE),
    "is_secondary_reporter": (pl.Boolean(), "the publisher reports on somebody else; false where not stated"),
    "default_language": (TEXT, "language of narratives that state none"),
    "default_currency": (TEXT, "currency of values that state none"),
    "last_updated": (pl.Datetime("us"), "UTC"),
    "file_generated": (pl.Datetime("us"), "when the publisher made the file, UTC"),
}
_PERIOD: Columns = {"period_start": (DAY, "first day"), "period_end": (DAY, "last day; NULL where not stated")}
_BUDGET: Columns = {
    "budget_number": (COUNT, "n-th element of its kind of the organisation"),
    "budget_status": (TEXT, "codelist BudgetStatus: 1 indicative, 2 committed; 1 where not stated"),
    **_PERIOD,
    **VALUE,
}
_LINE: Columns = {
    "line_of": (TEXT, "the element that it is a line of, say `total-budget`"),
    "budget_number": (COUNT, "n-th element of that kind of the organisation"),
    "line_ref": (TEXT, "the publisher's name for the line"),
    "line_name": (TEXT, NARRATIVE),
    "period_start": (DAY, "of the whole that it is a line of"),
    "period_end": (DAY, "of the whole that it is a line of; NULL where not stated"),
    **VALUE,
}


def _money(name: str, element: str, grain: str, own: Columns) -> IatiTable:
    return IatiTable(
        name=name,
        element=element,
        grain=grain,
        own=own | BOOKED,
        link=_LINK,
        entity=_LINK,
        row_date="period_start",
        days=("period_start", "period_end"),
        on=() if own is _LINE else ("value_date",),
        middle_of=() if own is _LINE else ("period_start", "period_end"),
    )


_TABLES = (
    IatiTable(
        name="iati_organisations", element="iati-organisation", grain="one row per organisation of an organisation file", own=_ORGANISATION | BOOKED, link=None
    ),
    _money("iati_total_budgets", "total-budget", "one row per total budget of an organisation; the only budget that enters totals", _BUDGET),
    _money(
        "iati_recipient_org_budgets",
        "recipient-org-budget",
        "one row per budget for a recipient organisation; breaks the total budget down, never added to it",
        {"recipient": (TEXT, "identifier of the recipient organisation"), "recipient_name": (TEXT, NARRATIVE)} | _BUDGET,
    ),
    _money(
        "iati_recipient_country_budgets",
        "recipient-country-budget",
        "one row per budget for a country; breaks the total budget down, never added to it",
        {"recipient": (TEXT, "ISO 3166-1 alpha-2"), "recipient_name": (TEXT, NARRATIVE)} | _BUDGET,
    ),
    _money(
        "iati_recipient_region_budgets",
        "recipient-region-budget",
        "one row per budget for a region; breaks the total budget down, never added to it",
        {
            "vocabulary": (TEXT, "codelist RegionVocabulary; 1 where not stated"),
            "vocabulary_uri": (TEXT, "where a publisher's own vocabulary stands"),
            "recipient": (TEXT, "code of the vocabulary"),
            "recipient_name": (TEXT, NARRATIVE),
        }
        | _BUDGET,
    ),
    _money(
        "iati_total_expenditures",
        "total-expenditure",
        "one row per total expenditure of an organisation",
        {name: told for name, told in _BUDGET.items() if name != "budget_status"},
    ),
    _money("iati_budget_lines", "budget-line", "one row per line of a budget of an organisation; detail, never added", _LINE),
    _money("iati_expense_lines", "expense-line", "one row per line of a total expenditure; detail, never added", _LINE),
    IatiTable(
        name="iati_organisation_documents",
        element="document-link",
        grain="one row per document link of an organisation",
        link=_LINK,
        own={
            "url": (TEXT, "where the document stands"),
            "format": (TEXT, "media type"),
            "title": (TEXT, NARRATIVE),
            "description": (TEXT, NARRATIVE),
            "categories": (TEXT, "codelist DocumentCategory, several separated by `|`"),
            "languages": (TEXT, "ISO 639-1, several separated by `|`"),
            "document_date": (DAY, "of the document"),
            "recipient_countries": (TEXT, "ISO 3166-1 alpha-2, several separated by `|`"),
            "recipient_names": (TEXT, "of these countries, several separated by `|`"),
        },
    ),
)

ORGANISATION_TABLES: dict[str, IatiTable] = {table.name: table for table in _TABLES}

# The measure of each table of money, conserved from delivery to release (law 5).
ORGANISATION_MONEY = {
    "iati_total_budgets": "budget",
    "iati_recipient_org_budgets": "recipient_org_budget",
    "iati_recipient_country_budgets": "recipient_country_budget",
    "iati_recipient_region_budgets": "recipient_region_budget",
    "iati_total_expenditures": "expenditure",
    "iati_budget_lines": "budget_line",
    "iati_expense_lines": "expense_line",
}
