"""Publishers' own activity files, where they are at hand: what a plain count of elements finds is what the reading accounts for."""

from collections import Counter, defaultdict
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest
from lxml import etree

from pipelines.contracts.iati import TABLES
from pipelines.iati.activity_pass import activity_pass
from pipelines.shapes.delivery import Delivery

REAL = Path(__file__).resolve().parents[3] / "shared" / "real" / "iati"
FILES = sorted(REAL.glob("*.xml"))
if not FILES:
    pytest.skip(f"{REAL} is not at hand: activity files are not tried on real ones", allow_module_level=True)

ELEMENTS = {
    "iati_activities": "self::*",
    "iati_texts": "(title|description|transaction/description)/narrative",
    "iati_dates": "activity-date",
    "iati_participating_orgs": "participating-org",
    "iati_recipients": "(.|transaction)/*[self::recipient-country or self::recipient-region]",
    "iati_sectors": "(.|transaction)/sector",
    "iati_policy_markers": "policy-marker",
    "iati_tags": "tag",
    "iati_locations": "location",
    "iati_budgets": "budget",
    "iati_planned_disbursements": "planned-disbursement",
    "iati_transactions": "transaction",
    "iati_related_activities": "related-activity",
    "iati_results": "result[not(indicator)]|result/indicator[not(baseline|period)]|result/indicator/baseline"
    "|result/indicator/period/target|result/indicator/period/actual|result/indicator/period[not(target|actual)]",
    "iati_documents": "document-link|result//document-link",
    "iati_contacts": "contact-info",
    "iati_conditions": "conditions/condition",
    "iati_humanitarian_scopes": "humanitarian-scope",
    "iati_country_budget_items": "country-budget-items/budget-item",
    "iati_other_identifiers": "other-identifier",
    "iati_legacy_data": "legacy-data",
    "iati_forward_spending": "fss/forecast|fss[not(forecast)]",
    "iati_crs_flags": "crs-add/other-flags",
    "iati_loans": "crs-add/loan-terms|crs-add/loan-status|crs-add/channel-code",
    "iati_location_codes": "location/location-id|location/administrative",
    "iati_result_references": "result/reference|result/indicator/reference",
}
MONEY = {"iati_transactions": "transaction", "iati_budgets": "budget", "iati_planned_disbursements": "planned-disbursement"}


def counted(path):
    """Elements per table, and money per table, type and currency, by a plain walk that shares nothing with the reader."""
    rows, money = Counter(), defaultdict(Decimal)
    for activity in etree.parse(str(path), etree.XMLParser(huge_tree=True)).getroot().iterfind("iati-activity"):
        for table, elements in ELEMENTS.items():
            rows[table] += len(activity.xpath(elements))
        for table, element in MONEY.items():
            for one in activity.iterfind(element):
                value, kind = one.find("value"), one.find("transaction-type")
                if value is None or not (value.text or "").strip():
                    continue
                code = kind.get("code") if kind is not None else None
                money[table, code, value.get("currency") or activity.get("default-currency")] += Decimal(value.text.strip())
    return rows, dict(money)


@pytest.fixture(scope="module", params=FILES, ids=lambda path: path.stem)
def file(request, tmp_path_factory):
    delivery = Delivery(source="iati", source_file=f"iati/{request.param.name}", path=request.param, sha256="0" * 64)
    return request.param, activity_pass(delivery, tmp_path_factory.mktemp("landing"))


def test_every_element_is_loaded_or_quarantined(file):
    path, part = file
    rows, money = counted(path)
    assert {table.name: table.rows_delivered for table in part.tables} == dict(rows)
    loaded: dict = defaultdict(Decimal)
    for table in part.tables:
        landed = pl.read_parquet(list(table.files)) if table.files else pl.DataFrame(schema=TABLES[table.name].schema)
        assert landed.height == table.rows_delivered - table.rows_quarantined
        if table.name in MONEY:
            kind = pl.col("transaction_type") if table.name == "iati_transactions" else pl.lit(None, dtype=pl.String)
            for code, currency, value in landed.select(kind.alias("kind"), "currency", pl.col("value").cast(pl.Decimal(38, 10))).rows():
                loaded[table.name, code, currency] += value
    # Amounts come with up to eleven decimals; ten are kept.
    assert loaded.keys() == money.keys()
    assert {key: loaded[key] - value for key, value in money.items() if abs(loaded[key] - value) > Decimal("0.000001")} == {}


def test_every_quarantined_row_has_a_finding(file):
    _, part = file
    findings = pl.read_parquet(part.findings).filter(pl.col("severity") == "error").unique(["table_name", "source_row"])
    told = dict(findings.group_by("table_name").len().rows())
    assert {table.name: table.rows_quarantined for table in part.tables if table.rows_quarantined} == told


def test_the_stress_file_keeps_its_defects_apart(tmp_path):
    path = REAL / "covid-stress.xml"
    part = activity_pass(Delivery(source="iati", source_file="iati/covid-stress.xml", path=path, sha256="0" * 64), tmp_path)
    quarantined = {table.name: table.rows_quarantined for table in part.tables if table.rows_quarantined}
    rules = dict(pl.read_parquet(part.findings).group_by("rule").len().rows())
    # One publisher's 21 transactions have the amount where the day belongs and neither type nor value.
    assert quarantined == {"iati_transactions": 21} and rules["value_missing"] == rules["transaction_type_missing"] == rules["unreadable_date"] == 21
    assert rules["percentages_not_100"] == 8 and rules["significance_missing"] == 1


SCHEMA = REAL.parent / "iati-standard" / "schema"


@pytest.mark.skipif(not SCHEMA.is_dir(), reason="the schema of the standard is not at hand")
@pytest.mark.parametrize(("name", "errors", "loaded"), [("covid-stress", 263, 401), ("who-arg", 0, None)])
def test_the_schema_of_the_standard_finds_what_a_validator_of_whole_files_finds(tmp_path, monkeypatch, name, errors, loaded):
    path = REAL / f"{name}.xml"
    delivery = Delivery(source="iati", source_file=f"iati/{path.name}", path=path, sha256="0" * 64)
    without = activity_pass(delivery, tmp_path)
    monkeypatch.setenv("TECHCOOP_IATI_SCHEMA", str(SCHEMA))
    part = activity_pass(delivery, tmp_path)
    assert pl.read_parquet(part.findings).filter(pl.col("rule") == "xsd").select("severity").rows() == [("warning",)] * errors
    # It has no say in what loads.
    assert [(table.name, table.rows_delivered, table.rows_quarantined) for table in part.tables] == [
        (table.name, table.rows_delivered, table.rows_quarantined) for table in without.tables
    ]
    assert loaded is None or part.tables[0].rows_delivered == loaded
