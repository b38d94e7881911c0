"""Organisation files: every element in a table of its own, money conserved, and whoever is unnamed quarantined with all rows."""

from datetime import date
from decimal import Decimal

import pytest

from pipelines.contracts.iati_organisations import ORGANISATION_TABLES
from pipelines.shapes.errors import UnreadableDelivery


def organisations(*inner, version="2.03"):
    return f'<iati-organisations version="{version}" generated-datetime="2024-02-01T00:00:00Z">{"".join(inner)}</iati-organisations>'


def organisation(inner="", *, identifier="XM-1", currency="USD"):
    named = f"<organisation-identifier>{identifier}</organisation-identifier>" if identifier else ""
    return (
        f'<iati-organisation default-currency="{currency}" xml:lang="en" last-updated-datetime="2024-01-31T00:00:00Z">{named}'
        f'<name><narrative>One</narrative></name><reporting-org ref="XM-1" type="40"><narrative>One</narrative></reporting-org>{inner}</iati-organisation>'
    )


def money(element, value, *, inner="", year=2024, more=""):
    return (
        f'<{element} {more}><period-start iso-date="{year}-01-01"/><period-end iso-date="{year}-12-31"/>{inner if inner.startswith("<recipient") else ""}'
        f'<value value-date="{year}-01-01">{value}</value>{"" if inner.startswith("<recipient") else inner}</{element}>'
    )


WHOLE = organisation(
    money(
        "total-budget", 100, more='status="2"', inner='<budget-line ref="a"><value value-date="2024-01-01">30</value><narrative>Staff</narrative></budget-line>'
    )
    + money("recipient-org-budget", 20, inner='<recipient-org ref="XM-2"><narrative>Two</narrative></recipient-org>')
    + money("recipient-country-budget", 60, inner='<recipient-country code="KG"/>')
    + money("recipient-country-budget", 40, inner='<recipient-country code="TJ"/>')
    + money("recipient-region-budget", 70, inner='<recipient-region code="689"/>')
    + money("total-expenditure", 90, year=2023, inner='<expense-line ref="b"><value value-date="2023-01-01">80</value></expense-line>')
    + '<document-link url="http://example.org/a.pdf" format="application/pdf"><title><narrative>Strategy</narrative></title><category code="B01"/>'
    '<language code="en"/><document-date iso-date="2024-01-01"/><recipient-country code="KG"/></document-link>'
)


def test_every_element_lands_in_its_table(read):
    result = read(organisations(WHOLE))
    assert not result.findings.height
    assert list(result.counts) == list(ORGANISATION_TABLES)
    assert [result.counts[name] for name in ORGANISATION_TABLES] == [(1, 0), (1, 0), (1, 0), (2, 0), (1, 0), (1, 0), (1, 0), (1, 0), (1, 0)]
    assert result.one("iati_organisations", "organisation_identifier", "name", "reporting_org_ref", "iati_version", "book") == (
        "XM-1",
        "One",
        "XM-1",
        "2.03",
        "iati_organisation",
    )
    budget = ("organisation_identifier", "budget_number", "budget_status", "period_start", "period_end", "value", "currency", "book")
    day = (date(2024, 1, 1), date(2024, 12, 31))
    assert result.one("iati_total_budgets", *budget) == ("XM-1", 1, "2", *day, Decimal(100), "USD", "iati_organisation")
    assert result.rows("iati_recipient_country_budgets", "budget_number", "recipient", "value") == [(1, "KG", Decimal(60)), (2, "TJ", Decimal(40))]
    assert result.one("iati_recipient_org_budgets", "recipient", "recipient_name", "value") == ("XM-2", "Two", Decimal(20))
    assert result.one("iati_recipient_region_budgets", "vocabulary", "recipient", "value") == ("1", "689", Decimal(70))
    assert result.one("iati_total_expenditures", "period_start", "value") == (date(2023, 1, 1), Decimal(90))
    line = ("line_of", "budget_number", "line_ref", "line_name", "period_start", "value")
    assert result.one("iati_budget_lines", *line) == ("total-budget", 1, "a", "Staff", date(2024, 1, 1), Decimal(30))
    assert result.one("iati_expense_lines", *line) == ("total-expenditure", 1, "b", None, date(2023, 1, 1), Decimal(80))
    assert result.one("iati_organisation_documents", "url", "title", "categories", "languages", "recipient_countries") == (
        "http://example.org/a.pdf",
        "Strategy",
        "B01",
        "en",
        "KG",
    )


def test_every_table_lands_in_the_types_of_the_contract(read):
    result = read(organisations(WHOLE))
    for name, table in ORGANISATION_TABLES.items():
        assert result.rows(name, *table.schema), name


def test_money_is_conserved_by_measure(read):
    result = read(organisations(organisation(money("total-budget", 100) + money("total-budget", "many") + money("recipient-country-budget", 7))))
    told = result.amounts.select("book", "entity", "fiscal_year", "measure", "amount_delivered", "rows_delivered", "rows_quarantined").sort("measure").rows()
    assert told == [
        ("iati_organisation", "XM-1", 2024, "budget", Decimal(100), 2, 1),
        ("iati_organisation", "XM-1", 2024, "recipient_country_budget", Decimal(7), 1, 0),
    ]
    assert result.found("unreadable_number") == [("iati_total_budgets", 2, "value", "error", "many")]


def test_an_organisation_without_identifier_takes_its_rows_along(read):
    result = read(organisations(organisation(money("total-budget", 1), identifier=None), organisation(money("total-budget", 2), identifier="XM-2")))
    assert result.counts["iati_organisations"] == (2, 1) and result.counts["iati_total_budgets"] == (2, 1)
    assert result.found("activity_quarantined") == [("iati_total_budgets", 1, "organisation_identifier", "error", "organisation 1")]


def test_a_broken_organisation_costs_itself_alone(read):
    result = read(organisations(organisation("<total-budget>", identifier="XM-2"), WHOLE))
    assert result.counts["iati_organisations"] == (2, 1) and result.counts["iati_total_budgets"] == (1, 0)


def test_an_organisation_file_of_version_1_is_set_aside(read):
    with pytest.raises(UnreadableDelivery) as refused:
        read(organisations(WHOLE, version="1.05"))
    assert refused.value.rule == "unsupported_version" and "2.01, 2.02, 2.03 are read" in refused.value.detail
