from datetime import date, datetime
from decimal import Decimal

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines import makers
from pipelines.contracts.iati import TABLES
from pipelines.contracts.iati_details import DETAILS
from pipelines.iati import activity_pass as module
from pipelines.iati.activity_pass import activity_pass, kept_part, part_name
from pipelines.iati.rules import RULES
from pipelines.shapes.delivery import Delivery
from pipelines.shapes.part import AMOUNT_COLUMNS, QUARANTINE_COLUMNS
from tests.unit.iati.conftest import activity, document, transaction

WHOLE = activity(
    """<title><narrative>Water</narrative><narrative xml:lang="fr">Eau</narrative></title>
    <description type="2"><narrative>Clean water</narrative></description>
    <participating-org role="1" ref="GB-1" type="10"><narrative>Donor</narrative></participating-org>
    <activity-status code="2"/><activity-date type="2" iso-date="2019-01-01"/><activity-scope code="4"/>
    <recipient-country code="KG" percentage="60"/><recipient-region code="998" vocabulary="1" percentage="40"/>
    <location ref="L"><location-reach code="1"/><name><narrative>Osh</narrative></name><point><pos>40.5 72.8</pos></point><exactness code="1"/></location>
    <sector code="14030" percentage="100"/><sector code="6" vocabulary="7"/><tag vocabulary="2" code="6"/>
    <policy-marker vocabulary="1" code="1" significance="2"/><default-flow-type code="10"/>
    <default-aid-type code="D02"/><default-aid-type code="1" vocabulary="2"/>
    <budget type="2" status="2"><period-start iso-date="2019-01-01"/><period-end iso-date="2019-12-31"/><value value-date="2019-01-01">5</value></budget>
    <planned-disbursement><period-start iso-date="2019-06-01"/><value value-date="2019-06-01">4</value><provider-org ref="GB-1"/></planned-disbursement>
    <capital-spend percentage="12.5"/>"""
    + transaction(
        "1.0000000001",
        inner='<description><narrative>first</narrative></description><provider-org ref="GB-1" provider-activity-id="GB-1-X"/>'
        '<sector code="11110"/><recipient-country code="TJ"/><aid-type code="E01"/><aid-type code="cash" vocabulary="4"/><tied-status code="5"/>',
    )
    + """<document-link url="http://a" format="text/html"><title><narrative>Report</narrative></title>
    <category code="A01"/><category code="B01"/></document-link>
    <related-activity ref="XM-1-P" type="1"/>
    <crs-add><other-flags code="1" significance="1"/></crs-add>
    <result type="1"><title><narrative>People</narrative></title><indicator measure="1">
    <title><narrative>Taps</narrative></title><baseline year="2018" value="3"/>
      <period><period-start iso-date="2019-01-01"/><period-end iso-date="2019-12-31"/>
    <target value="10"><dimension name="sex" value="female"/></target><actual value="9"/></period>
    </indicator></result>""",
    more='humanitarian="1" last-updated-datetime="2020-06-01T12:00:00+02:00" xml:lang="en" hierarchy="2"',
)

DETAIL_NAMES = {detail.name for detail in DETAILS}


def test_an_activity_becomes_rows_of_every_table(read):
    found = read(document(WHOLE, head='generated-datetime="2020-07-01T00:00:00Z"'))
    assert {name: delivered for name, (delivered, _) in found.counts.items() if name not in DETAIL_NAMES} == {
        "iati_activities": 1,
        "iati_texts": 4,
        "iati_dates": 1,
        "iati_participating_orgs": 1,
        "iati_recipients": 3,
        "iati_sectors": 3,
        "iati_policy_markers": 1,
        "iati_tags": 1,
        "iati_locations": 1,
        "iati_budgets": 1,
        "iati_planned_disbursements": 1,
        "iati_transactions": 1,
        "iati_related_activities": 1,
        "iati_results": 3,
        "iati_documents": 1,
    }
    assert all(quarantined == 0 for _, quarantined in found.counts.values())
    one = found.one
    assert one("iati_activities", "title", "hierarchy", "is_humanitarian", "is_secondary_reporter", "last_updated", "default_aid_type") == (
        "Water",
        2,
        True,
        False,
        datetime(2020, 6, 1, 10),
        "D02",
    )
    assert one("iati_activities", "default_earmarking_category", "capital_spend_pct", "is_free_standing_technical_cooperation", "actual_start") == (
        "1",
        Decimal("12.5"),
        True,
        date(2019, 1, 1),
    )
    assert found.rows("iati_texts", "element", "language", "text", "transaction_number")[1:] == [
        ("title", "fr", "Eau", None),
        ("description", "en", "Clean water", None),
        ("transaction_description", "en", "first", 1),
    ]
    assert found.rows("iati_recipients", "transaction_number", "recipient_kind", "vocabulary", "code", "percentage") == [
        (None, "country", None, "KG", Decimal(60)),
        (None, "region", "1", "998", Decimal(40)),
        (1, "country", None, "TJ", None),
    ]
    assert found.rows("iati_sectors", "transaction_number", "vocabulary", "code", "_source_row") == [
        (None, "1", "14030", 1),
        (None, "7", "6", 2),
        (1, "1", "11110", 3),
    ]
    assert one("iati_transactions", "value", "currency", "aid_type", "cash_voucher_modality", "tied_status", "provider_activity_id") == (
        Decimal("1.0000000001"),
        "USD",
        "E01",
        "cash",
        "5",
        "GB-1-X",
    )
    assert one("iati_locations", "latitude", "longitude", "name", "reach") == (40.5, 72.8, "Osh", "1")
    assert one("iati_budgets", "budget_type", "budget_status", "value", "period_end") == ("2", "2", Decimal(5), date(2019, 12, 31))
    assert one("iati_planned_disbursements", "disbursement_type", "provider_org_ref", "period_end") == ("1", "GB-1", None)
    assert one("iati_documents", "categories", "document_level") == ("A01|B01", "activity")
    assert found.rows("iati_results", "figure_kind", "figure", "period_number", "figure_year", "figure_dimensions") == [
        ("baseline", Decimal(3), None, 2018, None),
        ("target", Decimal(10), 1, None, "sex=female"),
        ("actual", Decimal(9), 1, None, None),
    ]


def test_every_table_lands_in_the_types_of_the_contract(read):
    found = read(document(WHOLE))
    for table in found.part.tables:
        if table.name in DETAIL_NAMES and not table.files:
            continue
        assert dict(pl.read_parquet(list(table.files)).schema) == TABLES[table.name].schema, table.name
    assert dict(found.findings.schema) == QUARANTINE_COLUMNS and dict(found.amounts.schema) == AMOUNT_COLUMNS


def test_a_description_that_says_so_makes_money_illustrative(read):
    found = read(document(activity("<description><narrative>Illustrative record: invented.</narrative></description>" + transaction())))
    assert found.one("iati_transactions", "record_basis") == ("illustrative",) and found.amounts["record_basis"].to_list() == ["illustrative"]


@pytest.mark.parametrize(
    ("broken", "rule", "column"),
    [
        (transaction(kind=""), "transaction_type_missing", "transaction_type"),
        (transaction(kind="99"), "not_in_code_list", "transaction_type"),
        (transaction(date=""), "transaction_date_missing", "transaction_date"),
        (transaction(date="0"), "unreadable_date", "transaction_date"),
        (transaction(date="2020-02-30"), "unreadable_date", "transaction_date"),
        (transaction(date="9619-01-01"), "date_out_of_range", "transaction_date"),
        (transaction(value=""), "value_missing", "value"),
        (transaction(value="ten"), "unreadable_number", "value"),
        (transaction(value="NaN"), "unreadable_number", "value"),
        (transaction(value="1" + "0" * 16), "amount_too_large", "value"),
        (transaction(value="9" * 16 + ".995"), "amount_too_large", "value"),
        (transaction(currency="XYZ"), "unknown_currency", "currency"),
    ],
)
def test_a_transaction_without_type_day_amount_or_currency_is_quarantined_alone(read, broken, rule, column):
    found = read(document(activity(transaction() + broken + transaction())))
    assert found.counts["iati_transactions"] == (3, 1)
    assert [line[:4] for line in found.found(rule)] == [("iati_transactions", 2, column, "error")]
    assert found.rows("iati_transactions", "transaction_number", "_source_row") == [(1, 1), (3, 3)]


def test_money_without_a_currency_is_quarantined(read):
    found = read(document(activity(transaction(), currency="")))
    assert found.counts["iati_transactions"] == (1, 1) and found.found("currency_needed")


def test_a_value_date_that_is_none_leaves_the_money_and_says_so(read):
    found = read(document(activity(transaction(value_date="0000-00-00") + transaction(value_date=""))))
    assert found.rows("iati_transactions", "value", "value_date") == [(Decimal(100), None)] * 2
    assert [line[1] for line in found.found("unreadable_date")] == [1] and [line[1] for line in found.found("value_date_missing")] == [2]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1,234,567.89", "1234567.89"),
        (" -5 ", "-5"),
        ("+5", "5"),
        ("0.12345678905", "0.1234567890"),
        ("0.12345678915", "0.1234567892"),
        (".5", "0.5"),
        ("-1.25E6", "-1250000"),
    ],
)
def test_amounts_are_read_as_published(read, text, value):
    assert read(document(activity(transaction(text)))).one("iati_transactions", "value") == (Decimal(value),)


def test_an_activity_without_identifier_takes_its_rows_along(read):
    found = read(document(activity(transaction(), identifier=None), activity(transaction(), identifier="XM-1-B")))
    assert found.counts["iati_activities"] == (2, 1) and found.counts["iati_transactions"] == (2, 1)
    assert found.found("activity_quarantined") == [("iati_transactions", 1, "iati_identifier", "error", "activity 1")]
    assert found.rows("iati_transactions", "iati_identifier", "_activity_row", "_source_row") == [("XM-1-B", 2, 2)]


def test_a_broken_activity_is_delivered_and_quarantined(read):
    found = read(document(activity(transaction()), "<iati-activity>&</iati-activity>", activity(transaction(), identifier="XM-1-B")))
    assert found.counts["iati_activities"] == (3, 1) and found.counts["iati_transactions"] == (2, 0)
    assert found.found("malformed_activity")[0][1] == 2 and "not well-formed" in found.part.message


def test_a_truncated_file_says_so_in_its_line(read):
    found = read(document(activity(transaction())).replace("</iati-activities>", "<iati-acti"))
    assert found.counts["iati_activities"] == (1, 0) and "ends in the middle" in found.part.message
    assert [line[3] for line in found.found("truncated_file")] == ["critical"]


def test_amounts_are_summed_by_what_loads_and_what_does_not(read):
    found = read(
        document(
            activity(transaction("7") + transaction("5", date="0") + transaction("2", currency="EUR") + WHOLE[WHOLE.index("<budget") : WHOLE.index("<capital")])
        )
    )
    lines = found.amounts.filter(pl.col("measure") == "3").select(
        "currency", "fiscal_year", "amount_delivered", "amount_quarantined", "rows_delivered", "rows_quarantined"
    )
    assert sorted(lines.rows(), key=str) == [
        ("EUR", 2020, Decimal(2), Decimal(0), 1, 0),
        ("USD", 2020, Decimal(7), Decimal(0), 1, 0),
        ("USD", None, Decimal(5), Decimal(5), 1, 1),
    ]
    assert set(found.amounts["measure"]) == {"3", "budget", "planned_disbursement"}


def sectors(*entries):
    return document(activity("".join(f'<sector code="{code}"{more}/>' for code, more in entries)))


@pytest.mark.parametrize(
    ("entries", "rules"),
    [
        ([("11110", "")], set()),
        ([("11110", ' percentage="100"')], set()),
        ([("11110", ' percentage="60"'), ("11120", ' percentage="40"')], set()),
        ([("11110", ' percentage="33.33"'), ("11120", ' percentage="33.33"'), ("11130", ' percentage="33.33"')], set()),
        ([("11110", ""), ("111", ' vocabulary="2"')], set()),
        ([("11110", ' percentage="60"'), ("11120", ' percentage="30"')], {"percentages_not_100"}),
        ([("11110", ' percentage="60"'), ("11120", "")], {"percentage_missing"}),
        ([("11110", ' percentage="50"')], {"single_not_100"}),
        ([("11110", ' percentage="fifty"')], {"unreadable_percentage"}),
        ([("11110", ' percentage="-10"'), ("11120", ' percentage="110"')], {"percentage_out_of_range"}),
        ([("99999999", "")], {"not_in_code_list"}),
        ([("mine", ' vocabulary="99"')], {"own_code_unnamed"}),
    ],
)
def test_percentages_of_sectors(read, entries, rules):
    found = read(sectors(*entries))
    assert set(found.findings.filter(pl.col("table_name") == "iati_sectors")["rule"]) == rules
    assert found.counts["iati_sectors"] == (len(entries), 0)


def test_countries_and_regions_of_one_vocabulary_share_one_hundred(read):
    inner = '<recipient-country code="KG" percentage="50"/><recipient-region code="998" percentage="50"/>'
    again = '<recipient-region vocabulary="99" code="a" percentage="60"/><recipient-region vocabulary="99" code="b" percentage="40"/>'
    assert not read(document(activity(inner + again))).found("percentages_not_100")
    assert read(document(activity(inner.replace("50", "40") + again))).found("percentages_not_100") == [
        ("iati_recipients", 1, "percentage", "warning", "sum 80")
    ]


def test_a_percentage_below_zero_is_loaded_as_missing(read):
    assert read(sectors(("11110", ' percentage="-10"'))).one("iati_sectors", "percentage") == (None,)


@pytest.mark.parametrize(
    ("own", "theirs", "rule"),
    [
        ("", "", "sector_missing"),
        ('<sector code="11110"/>', '<sector code="11110"/>', "sector_at_both_levels"),
        ("", '<sector code="11110"/>', "sector_of_some_transactions"),
    ],
)
def test_sectors_stand_at_one_level(read, own, theirs, rule):
    found = read(document(activity(own + transaction(inner=theirs) + transaction())))
    assert {line for line in found.findings["rule"] if line.startswith("sector_")} == {rule}


def test_a_day_behind_the_last_update_is_flagged_and_loads(read):
    found = read(document(activity(transaction(date="2021-01-01"), more='last-updated-datetime="2020-06-01T00:00:00"')))
    assert found.found("day_in_the_future") == [("iati_transactions", 1, "transaction_date", "warning", "2021-01-01")]
    assert found.counts["iati_transactions"] == (1, 0)


def test_a_text_of_a_megabyte_is_cut(read):
    found = read(document(activity(f"<title><narrative>{'x' * 1_000_000}</narrative></title>")))
    assert len(found.one("iati_texts", "text")[0]) == 65_536 and found.found("text_too_long")


def test_batches_make_the_same_as_one(read, monkeypatch):
    text = document(*(activity(transaction() + transaction("x"), identifier=f"XM-1-{number}") for number in range(50)))
    whole = read(text)
    monkeypatch.setattr(module, "BATCH_ROWS", 7)
    parted = read(text, name="b.xml")
    assert parted.counts == whole.counts and parted.rows("iati_transactions", "iati_identifier", "_source_row") == whole.rows(
        "iati_transactions", "iati_identifier", "_source_row"
    )
    assert parted.findings.drop("delivery_id", "source_file").sort(pl.all()).equals(whole.findings.drop("delivery_id", "source_file").sort(pl.all()))
    assert parted.amounts["amount_delivered"].sum() == whole.amounts["amount_delivered"].sum()


def test_a_part_is_kept_until_content_or_rules_change(read, tmp_path, monkeypatch):
    part = read(document(WHOLE)).part
    delivery = Delivery(source="iati", source_file="iati/a.xml", path=tmp_path / "a.xml", sha256="0" * 64)
    assert kept_part(tmp_path / "landing", part_name(delivery)) == part
    monkeypatch.setattr(makers, "digest", lambda: "other")
    assert kept_part(tmp_path / "landing", part_name(delivery)) is None


def test_rules_have_names_remedies_and_severities():
    for rule in RULES:
        assert rule.table in TABLES and rule.severity in ("error", "warning") and rule.remedy
        assert rule.column is None or rule.column in TABLES[rule.table].own or rule.column == TABLES[rule.table].link, rule
        assert (rule.broken is None) != (rule.found is None)
    assert len({number for rule in RULES for number in rule.ids}) >= 110


money = st.decimals(min_value=-(10**12), max_value=10**12, places=10, allow_nan=False, allow_infinity=False)
movements = st.lists(
    st.tuples(st.sampled_from(["1", "2", "3", "4"]), st.sampled_from([None, "EUR", "CHF"]), st.one_of(money.map(str), st.sampled_from(["", "x"]))), max_size=12
)


@settings(max_examples=40, deadline=None)
@given(st.lists(movements, min_size=1, max_size=5))
def test_money_is_loaded_or_quarantined_to_the_last_decimal(tmp_path_factory, activities):
    folder = tmp_path_factory.mktemp("money")
    path = folder / "a.xml"
    path.write_text(
        document(
            *(
                activity("".join(transaction(value, kind=kind, currency=currency) for kind, currency, value in rows), identifier=f"XM-1-{number}")
                for number, rows in enumerate(activities)
            )
        )
    )
    part = activity_pass(Delivery(source="iati", source_file="iati/a.xml", path=path, sha256="0" * 64), folder / "landing")
    published = [Decimal(value) for rows in activities for _, _, value in rows if value not in ("", "x")]
    files = next(list(table.files) for table in part.tables if table.name == "iati_transactions")
    loaded = pl.read_parquet(files)["value"].to_list() if files else []
    assert sorted(loaded) == sorted(published)
    counts = next((table.rows_delivered, table.rows_quarantined) for table in part.tables if table.name == "iati_transactions")
    assert counts == (sum(map(len, activities)), sum(map(len, activities)) - len(published))
    assert pl.read_parquet(part.amounts)["amount_delivered"].sum() == sum(published)
