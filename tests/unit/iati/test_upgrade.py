"""Activities of version 1: every change of the standard, counted once per file; what has no counterpart stays out with a remedy."""

from datetime import date
from decimal import Decimal

import pytest

from pipelines.shapes.errors import UnreadableDelivery
from tests.unit.iati.conftest import activity, document, transaction

OLD = """
<title xml:lang="en">Wells</title><title xml:lang="fr">Puits</title><description type="1">Drilling wells</description>
<activity-status code="2">Implementation</activity-status>
<activity-date type="start-planned" iso-date="2010-01-01">2010-01-01</activity-date><activity-date type="end-actual">2012-12-31</activity-date>
<participating-org role="Funding" ref="GB-1" type="10">Donor</participating-org><participating-org role="implementing" type="22">Builder</participating-org>
<recipient-country code="SN" percentage="100">Senegal</recipient-country>
<sector vocabulary="DAC" code="14030" percentage="60">Basic drinking water</sector><sector code="14030" vocabulary="RO" percentage="100">Own</sector>
<sector vocabulary="DAC" code="21010" percentage="40" xml:lang="en">Transport</sector>
<sector vocabulary="DAC" code="21010" percentage="40" xml:lang="fr">Transports</sector>
<policy-marker vocabulary="DAC" code="1" significance="1">Gender</policy-marker>
<budget type="original"><period-start iso-date="2010-01-01"/><period-end iso-date="2010-12-31"/><value value-date="2010-01-01">50</value></budget>
<planned-disbursement updated="2011-01-01"><period-start iso-date="2010-01-01"/><period-end iso-date="2010-06-30"/>
<value value-date="2010-01-01">5</value></planned-disbursement>
<transaction><transaction-type code="D">Disbursement</transaction-type><transaction-date>2010-05-01</transaction-date>
<value value-date="2010-05-01">70</value><description>First instalment</description><provider-org ref="GB-1">Donor</provider-org></transaction>
<location><name>Dakar</name><coordinates latitude="14.7" longitude="-17.4" precision="1"/><location-type code="PPLC"/>
<gazetteer-entry gazetteer-ref="GEO">2253354</gazetteer-entry></location>
<activity-website>http://example.org/wells</activity-website>
<document-link url="http://example.org/a.pdf" format="application/pdf"><title>Report</title><category code="A01"/><language>en</language></document-link>
<crs-add><aidtype-flag code="1" significance="1"/></crs-add>
<result type="output"><title>Wells drilled</title><indicator measure="unit"><title>Wells</title><period><period-start iso-date="2010-01-01"/>
<period-end iso-date="2010-12-31"/><target value="10"/><actual value="9"><comment>Rain</comment></actual></period></indicator></result>
"""


def old(inner, version="1.05"):
    return document(activity(inner), version=version)


@pytest.mark.parametrize("version", ["1.01", "1.02", "1.03", "1.04", "1.05"])
def test_an_activity_of_version_1_lands_in_the_codes_of_version_2(read, version):
    result = read(old(OLD, version))
    assert not result.findings.filter(result.findings["severity"] == "error").height
    told = ("iati_version", "title", "activity_status", "planned_start", "actual_end", "is_free_standing_technical_cooperation")
    assert result.one("iati_activities", *told) == (version, "Wells", "2", date(2010, 1, 1), date(2012, 12, 31), True)
    assert result.rows("iati_texts", "element", "language", "text") == [
        ("title", "en", "Wells"),
        ("title", "fr", "Puits"),
        ("description", None, "Drilling wells"),
        ("transaction_description", None, "First instalment"),
    ]
    assert result.one("iati_transactions", "transaction_type", "transaction_date", "value", "provider_org_name") == (
        "3",
        date(2010, 5, 1),
        Decimal(70),
        "Donor",
    )
    assert result.rows("iati_participating_orgs", "role", "org_ref", "org_name") == [("1", "GB-1", "Donor"), ("4", None, "Builder")]
    assert result.rows("iati_sectors", "vocabulary", "code", "percentage") == [
        ("1", "14030", Decimal(60)),
        ("99", "14030", Decimal(100)),
        ("1", "21010", Decimal(40)),
    ]
    assert result.one("iati_policy_markers", "vocabulary", "name") == ("1", "Gender")
    assert result.one("iati_budgets", "budget_type", "value") == ("1", Decimal(50))
    assert result.one("iati_locations", "latitude", "longitude", "exactness", "feature_designation", "location_id_vocabulary", "location_id") == (
        14.7,
        -17.4,
        "1",
        "PPLC",
        "G1",
        "2253354",
    )
    assert result.rows("iati_documents", "url", "title", "categories", "languages") == [
        ("http://example.org/wells", None, "A12", None),
        ("http://example.org/a.pdf", "Report", "A01", "en"),
    ]
    assert result.rows("iati_results", "result_type", "indicator_measure", "figure_kind", "figure", "figure_comment") == [
        ("1", "1", "target", Decimal(10), None),
        ("1", "1", "actual", Decimal(9), "Rain"),
    ]


def test_each_kind_of_change_is_told_once_per_file_with_its_number(read):
    told = read(old(OLD + transaction(kind="c") + transaction(kind="3"))).found("upgraded_from_1_0x")
    assert {line[:4] for line in told} == {("iati_activities", None, None, "warning")}
    values = [line[4] for line in told]
    assert len(set(values)) == len(values)
    assert "transaction types by letter to numbers: 2" in values and "roles of organisations in words to numbers: 2" in values
    assert "days in texts to iso-date: 2" in values and "elements repeated for each language to narratives of one: 2" in values
    assert "days on which planned disbursements were updated, left out: 1" in values


@pytest.mark.parametrize(
    ("letter", "number"),
    [("IF", "1"), ("C", "2"), ("D", "3"), ("E", "4"), ("IR", "5"), ("LR", "6"), ("R", "7"), ("QP", "8"), ("QS", "9"), ("CG", "10"), ("d ", "3"), ("11", "11")],
)
def test_letters_of_transactions(read, letter, number):
    assert read(old(transaction(kind=letter), "1.03")).one("iati_transactions", "transaction_type") == (number,)


def test_what_has_no_counterpart_is_quarantined_alone(read):
    result = read(old('<sector vocabulary="WB" code="TA"/><participating-org role="Beneficiary" ref="X"/>' + transaction() + transaction(kind="TB")))
    assert [line[:3] for line in result.found("cannot_be_upgraded")] == [
        ("iati_participating_orgs", 1, "role"),
        ("iati_sectors", 1, "vocabulary"),
    ]
    assert result.counts["iati_sectors"] == (1, 1) and result.counts["iati_transactions"] == (2, 1) and result.counts["iati_activities"] == (1, 0)


def test_codes_of_version_2_are_left_as_they_are(read):
    letters = transaction(kind="D") + '<sector vocabulary="WB" code="TA"/>'
    result = read(document(activity(letters)))
    assert result.counts["iati_transactions"] == (1, 1) and result.counts["iati_sectors"] == (1, 0)
    assert not result.found("upgraded_from_1_0x") and not result.found("cannot_be_upgraded")


def test_a_file_of_version_1_without_an_identified_activity_is_set_aside(read):
    with pytest.raises(UnreadableDelivery) as refused:
        read('<iati-activities version="1.03"><iati-activity/></iati-activities>')
    assert refused.value.rule == "unsupported_version" and "nothing to upgrade" in refused.value.detail


def test_of_organisations_without_a_reference_none_is_joined_to_another(read):
    two = '<participating-org role="Funding" xml:lang="en">A</participating-org><participating-org role="Funding" xml:lang="fr">B</participating-org>'
    assert read(old(two)).rows("iati_participating_orgs", "org_name") == [("A",), ("B",)]


def test_the_version_that_every_activity_states_decides_what_is_upgraded(read):
    text = document(activity(transaction(kind="D"), more='version="1.05"'), activity(transaction(), identifier="XM-1-B", more='version="2.02"'))
    result = read(text.replace('version="2.03"', ""))
    assert result.rows("iati_activities", "iati_version") == [("1.05",), ("2.02",)]
    assert result.rows("iati_transactions", "transaction_type") == [("3",), ("3",)] and result.counts["iati_transactions"] == (2, 0)
