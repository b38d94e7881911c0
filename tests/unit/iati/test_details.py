"""What activities say beside money: each element in its table, repeated ones too, and nothing of persons."""

from datetime import date
from decimal import Decimal

import polars as pl
import pytest

from pipelines.contracts.iati_details import DETAILS
from tests.unit.iati.conftest import activity, document

WHOLE = """
<other-identifier ref="OLD-1" type="B1"><owner-org ref="XM-0"><narrative>Former name</narrative></owner-org></other-identifier>
<contact-info type="2"><organisation><narrative>Ministry</narrative></organisation><department><narrative>Water</narrative></department>
<person-name><narrative>PERSONAL Name</narrative></person-name><job-title><narrative>Desk officer</narrative></job-title><telephone>PERSONAL 1</telephone>
<email>PERSONAL@example.org</email><website>http://example.org/PERSONAL</website><mailing-address><narrative>PERSONAL street</narrative></mailing-address>
</contact-info>
<location ref="loc"><location-id vocabulary="G1" code="1"/><location-id vocabulary="G2" code="2"/><administrative vocabulary="G1" level="1" code="3"/>
<point srsName="http://www.opengis.net/def/crs/EPSG/0/4326"><pos>42.5 74.5</pos></point></location>
<country-budget-items vocabulary="2"><budget-item code="1.1.1" percentage="60"><description><narrative>Executive</narrative></description></budget-item>
<budget-item code="2.1.1" percentage="40"/></country-budget-items>
<humanitarian-scope type="1" vocabulary="1-2" code="EQ-2015-000048-NPL"><narrative>Earthquake</narrative></humanitarian-scope>
<capital-spend percentage="88.8"/>
<legacy-data name="Project status" value="7" iati-equivalent="activity-status"/>
<conditions attached="1"><condition type="1"><narrative>Policy first</narrative></condition>
<condition type="2"><narrative>Then work</narrative></condition></conditions>
<crs-add><other-flags code="1" significance="1"/><loan-terms rate-1="4" rate-2="3.5"><repayment-type code="1"/><repayment-plan code="4"/>
<commitment-date iso-date="2013-09-01"/><repayment-first-date iso-date="2014-01-01"/><repayment-final-date iso-date="2020-12-31"/></loan-terms>
<loan-status year="2014" currency="GBP" value-date="2013-05-24"><interest-received>200000</interest-received>
<principal-outstanding>1500000</principal-outstanding>
<principal-arrears>0</principal-arrears><interest-arrears>5</interest-arrears></loan-status><channel-code>21039</channel-code></crs-add>
<fss extraction-date="2014-05-06" priority="1" phaseout-year="2016"><forecast year="2014" currency="EUR" value-date="2013-03-25">3000</forecast>
<forecast year="2015">4000</forecast></fss>
"""


@pytest.fixture
def whole(read):
    return read(document(activity(WHOLE, more='linked-data-uri="http://example.org/1"')))


def test_details_land_in_the_types_of_the_contract(whole):
    assert not whole.findings.filter(pl.col("severity") == "error").height
    for table in DETAILS:
        if table.name != "iati_result_references":
            files = next(one.files for one in whole.part.tables if one.name == table.name)
            assert dict(pl.read_parquet(list(files)).schema) == table.schema, table.name


def test_contacts_keep_the_organisation_and_the_role_and_nothing_of_persons(whole):
    assert whole.one("iati_contacts", "contact_type", "organisation_name", "department", "job_title") == ("2", "Ministry", "Water", "Desk officer")
    for table in whole.part.tables:
        for file in table.files:
            assert not any("PERSONAL" in str(value) for row in pl.read_parquet(file).rows() for value in row), table.name


def test_each_detail_is_a_row_of_its_table(whole):
    assert whole.one("iati_activities", "are_conditions_attached", "linked_data_uri", "capital_spend_pct") == (True, "http://example.org/1", Decimal("88.8"))
    assert whole.rows("iati_conditions", "condition_type", "condition") == [("1", "Policy first"), ("2", "Then work")]
    assert whole.one("iati_humanitarian_scopes", "scope_type", "vocabulary", "code", "name") == ("1", "1-2", "EQ-2015-000048-NPL", "Earthquake")
    assert whole.rows("iati_country_budget_items", "vocabulary", "code", "percentage", "description") == [
        ("2", "1.1.1", Decimal(60), "Executive"),
        ("2", "2.1.1", Decimal(40), None),
    ]
    assert whole.one("iati_other_identifiers", "other_identifier", "identifier_type", "owner_org_ref", "owner_org_name") == (
        "OLD-1",
        "B1",
        "XM-0",
        "Former name",
    )
    assert whole.one("iati_legacy_data", "name", "legacy_value", "iati_equivalent") == ("Project status", "7", "activity-status")
    assert whole.rows("iati_location_codes", "location_number", "code_kind", "vocabulary", "level", "code") == [
        (1, "location-id", "G1", None, "1"),
        (1, "location-id", "G2", None, "2"),
        (1, "administrative", "G1", "1", "3"),
    ]


def test_forecasts_and_loans_land_beside_money_and_never_in_it(whole):
    assert whole.rows("iati_forward_spending", "extraction_date", "phaseout_year", "forecast_year", "forecast", "currency") == [
        (date(2014, 5, 6), "2016", "2014", Decimal(3000), "EUR"),
        (date(2014, 5, 6), "2016", "2015", Decimal(4000), "USD"),
    ]
    assert whole.one("iati_crs_flags", "code", "significance") == ("1", "1")
    loans = ("interest_rate", "repayment_plan", "repayment_final_date", "status_year", "currency", "principal_outstanding", "channel_code")
    assert whole.rows("iati_loans", *loans) == [
        (Decimal(4), "4", date(2020, 12, 31), None, None, None, None),
        (None, None, None, "2014", "GBP", Decimal(1500000), None),
        (None, None, None, None, None, None, "21039"),
    ]
    assert not whole.amounts.height


def test_results_keep_descriptions_references_places_and_where_documents_hang(read):
    result = read(
        document(
            activity(
                '<result type="1" aggregation-status="1"><title><narrative>R</narrative></title><description><narrative>Told</narrative></description>'
                '<reference vocabulary="99" code="R1" vocabulary-uri="http://example.org/r"/>'
                '<indicator measure="1" aggregation-status="0"><title><narrative>I</narrative></title><description><narrative>How</narrative></description>'
                '<reference vocabulary="9" code="6.1.1" indicator-uri="http://example.org/i"/><reference vocabulary="1" code="W"/>'
                '<baseline year="2019" value="1"/><period><period-start iso-date="2020-01-01"/><period-end iso-date="2020-12-31"/>'
                '<target value="5"><location ref="a"/><location ref="b"/><dimension name="sex" value="female"/><dimension name="age" value="adult"/></target>'
                '<actual value="4"><document-link url="http://example.org/4" format="text/html"/></actual></period></indicator></result>'
            )
        )
    )
    figures = (
        "result_description",
        "result_can_be_added",
        "indicator_description",
        "indicator_can_be_added",
        "figure_kind",
        "figure_locations",
        "figure_dimensions",
    )
    told = ("Told", True, "How", False)
    assert result.rows("iati_results", *figures) == [
        (*told, "baseline", None, None),
        (*told, "target", "a|b", "sex=female|age=adult"),
        (*told, "actual", None, None),
    ]
    assert result.rows("iati_result_references", "result_number", "indicator_number", "vocabulary", "vocabulary_uri", "code") == [
        (1, None, "99", "http://example.org/r", "R1"),
        (1, 1, "9", "http://example.org/i", "6.1.1"),
        (1, 1, "1", None, "W"),
    ]
    assert result.one("iati_documents", "document_level", "result_number", "indicator_number", "period_number", "url") == (
        "actual",
        1,
        1,
        1,
        "http://example.org/4",
    )
