"""What is out of form and is read all the same, and what a row may hold once only."""

import re
from decimal import Decimal

import pytest

from pipelines.contracts.iati import ACTIVITY_TABLES
from pipelines.iati import walk
from pipelines.shapes.errors import UnreadableDelivery
from tests.unit.iati.conftest import activity, document, transaction

DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>'
BROKEN = "<iati-activity><title>a & b</title></iati-activity>"


def titled(*narratives):
    return (
        "<title>"
        + "".join(f"<narrative{f' xml:lang={chr(34)}{lang}{chr(34)}' if lang is not None else ''}>{text}</narrative>" for lang, text in narratives)
        + "</title>"
    )


def in_prefix(text):
    return re.sub(r"<(/?)([a-z])", r"<\1i:\2", text).replace("<i:iati-activities", '<i:iati-activities xmlns:i="http://example.org/iati"', 1)


DEFAULT = document(activity(transaction("7", currency="EUR"))).replace("<iati-activities", '<iati-activities xmlns="http://example.org/iati"', 1)
ON_ACTIVITIES = document(activity(transaction("7", currency="EUR")).replace("<iati-activity", '<iati-activity xmlns="http://example.org/iati"', 1))


@pytest.mark.parametrize(
    "text", [DEFAULT, in_prefix(document(activity(transaction("7", currency="EUR")))), ON_ACTIVITIES], ids=["default", "prefix", "activities"]
)
def test_elements_in_a_namespace_are_those_of_the_standard(read, text):
    result = read(text)
    assert result.one("iati_transactions", "iati_identifier", "value", "currency", "reporting_org_ref") == ("XM-1-A", Decimal(7), "EUR", "XM-1")
    assert result.found("elements_in_a_namespace") == [("iati_activities", None, None, "warning", "http://example.org/iati")]


def test_what_belongs_to_another_namespace_stays_out(read):
    other = '<x:transaction xmlns:x="http://example.org/x"><x:value>5</x:value></x:transaction><x:iati-activity xmlns:x="http://example.org/x"/>'
    for text in (document(activity(transaction() + other)), DEFAULT.replace("</iati-activity>", f"{other}</iati-activity>")):
        assert len(read(text).rows("iati_transactions", "value")) == 1


@pytest.mark.parametrize(
    "form",
    [str, in_prefix, lambda text: text.replace("<iati-activities", '<iati-activities xmlns="http://example.org/a&amp;b"', 1)],
    ids=["plain", "prefix", "default"],
)
def test_a_broken_activity_costs_itself_alone_in_every_form(read, form):
    own = activity(transaction(), identifier="XM-1-B", more='xmlns:t="urn:techcoop:iati" t:funding-source="rptc"')
    result = read(form(document(activity(), BROKEN, own, "\n")))
    assert result.rows("iati_activities", "iati_identifier", "_source_row") == [("XM-1-A", 1), ("XM-1-B", 3)]
    assert [line[:2] for line in result.found("malformed_activity")] == [("iati_activities", 2)] and result.found("truncated_file") == []


def test_reading_behind_a_broken_activity_keeps_the_declared_encoding(read):
    text = '<?xml version="1.0" encoding="ISO-8859-1"?>' + document(BROKEN, activity(titled((None, "Fähre"))))
    assert read(text.encode("iso-8859-1")).one("iati_activities", "title") == ("Fähre",)


@pytest.mark.parametrize(
    "before",
    [" ", "\n\n  ", "\r\n", "\t", "\ufeff\n", "\n\ufeff", "\ufeff\ufeff", " " * 3_000],
    ids=["space", "lines", "crlf", "tab", "mark-line", "line-mark", "marks", "many"],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_blanks_before_the_declaration_are_left_out_and_told(read, before, encoding):
    text = before + DECLARATION.replace("UTF-8", encoding.upper()) + document(activity(transaction("7")))
    result = read(text.encode(encoding))
    assert result.one("iati_transactions", "value") == (Decimal(7),)
    assert result.found("blanks_before_the_declaration") == [("iati_activities", None, None, "warning", None)]


@pytest.mark.parametrize("before", ["\n", " ", "\ufeff", "\ufeff\n", "<!-- a -->\n"])
def test_blanks_and_a_mark_without_a_declaration_are_xml(read, before):
    assert read((before + document(activity())).encode()).found("blanks_before_the_declaration") == []


def test_lines_are_those_of_the_file_behind_left_out_blanks(read):
    result = read("\n\n\n" + DECLARATION + "\n" + document(BROKEN, activity()))
    assert (
        "line 5" in result.findings.filter(result.findings["rule"] == "malformed_activity")["remedy"][0]
        or "line 5" in result.found("malformed_activity")[0][-1]
    )


def test_a_version_on_every_activity_is_taken(read):
    text = document(activity(identifier="XM-1-A", more='version="2.02"'), activity(identifier="XM-1-B", more='version="2.01"')).replace('version="2.03"', "")
    result = read(text)
    assert result.rows("iati_activities", "iati_version") == [("2.02",), ("2.01",)]
    assert result.found("version_on_activities") == [("iati_activities", None, None, "warning", "2.01, 2.02")]
    assert not result.findings.filter(result.findings["severity"] != "warning").height


def test_an_activity_without_a_version_among_others_is_read_and_told(read):
    text = document(activity(transaction("7"), identifier="XM-1-A"), activity(identifier="XM-1-B", more='version="2.02"')).replace('version="2.03"', "")
    result = read(text)
    assert result.rows("iati_activities", "iati_version") == [("2.03",), ("2.02",)] and result.one("iati_transactions", "value") == (Decimal(7),)
    assert [line[1] for line in result.found("version_missing")] == [1]


def test_an_activity_of_another_version_among_others_is_quarantined_with_its_money(read):
    text = document(activity(transaction(), more='version="3.0"'), activity(identifier="XM-1-B", more='version="2.02"')).replace('version="2.03"', "")
    result = read(text)
    assert result.counts["iati_activities"] == (2, 1) and result.counts["iati_transactions"] == (1, 1)
    assert result.found("unsupported_version") == [("iati_activities", 1, "iati_version", "error", "3.0")]


@pytest.mark.parametrize("versions", [("", ""), ("3.0", "4.0"), ("3.0", "")])
def test_a_file_in_which_nobody_states_a_version_that_is_read_is_set_aside(read, tmp_path, versions):
    text = document(*(activity(identifier=f"XM-1-{number}", more=f'version="{version}"') for number, version in enumerate(versions)))
    with pytest.raises(UnreadableDelivery) as refused:
        read(text.replace('version="2.03"', ""))
    assert refused.value.rule == "unsupported_version" and list((tmp_path / "landing").iterdir()) == []


def test_the_version_of_the_file_goes_before_that_of_an_activity(read):
    assert read(document(activity(more='version="1.05"'))).one("iati_activities", "iati_version") == ("2.03",)


@pytest.mark.parametrize(
    "text",
    [document(), document().replace('version="2.03"', ""), f"\n{DECLARATION}{document('<activity/>')}", "<i:iati-activities xmlns:i='u:n' version='2.03'/>"],
)
def test_a_file_without_activities_says_so_and_nothing_else(read, text):
    result = read(text)
    assert result.findings.select("rule", "severity", "source_row").rows() == [("no_activities", "warning", None)]


def test_a_truncated_file_is_not_one_without_activities(read):
    assert read('<iati-activities version="2.03"><iati-acti').found("no_activities") == []


PERIOD = '<period-start iso-date="{0}-01-01"/><period-end iso-date="{0}-12-31"/><value currency="USD" value-date="{0}-01-01">{1}</value>'


@pytest.mark.parametrize("element", ["budget", "planned-disbursement"])
@pytest.mark.parametrize(
    ("inner", "value"),
    [
        (PERIOD.format(2019, 100) + PERIOD.format(2020, 200), "period-start, period-end, value"),
        (PERIOD.format(2019, 100) + '<value currency="USD" value-date="2019-01-01">100</value>', "value"),
        (PERIOD.format(2019, 100) + '<period-end iso-date="2020-12-31"/>', "period-end"),
        ('<period-start iso-date="2018-01-01"/>' + PERIOD.format(2019, 100), "period-start"),
    ],
)
def test_several_periods_or_values_in_one_row_are_quarantined(read, element, inner, value):
    result = read(document(activity(f"<{element}>{inner}</{element}><{element}>{PERIOD.format(2021, 3)}</{element}>")))
    table = f"iati_{element.replace('-', '_')}s"
    assert result.counts[table] == (2, 1) and result.one(table, "value") == (Decimal(3),)
    assert result.found("repeated_element") == [(table, 1, None, "error", value)]


@pytest.mark.parametrize("again", ['<transaction-type code="4"/>', '<transaction-date iso-date="2020-06-01"/>', '<value value-date="2020-05-01">5</value>'])
def test_several_types_days_or_values_in_one_transaction_are_quarantined(read, again):
    result = read(document(activity(transaction(inner=again))))
    assert result.counts["iati_transactions"] == (1, 1) and result.found("repeated_element")[0][3:] == ("error", again[1:].partition(" ")[0])


def test_of_repeated_organisations_the_first_counts_and_is_told(read):
    result = read(document(activity(transaction(inner='<provider-org ref="P1" type="10"/><provider-org ref="P2"/>') + '<reporting-org ref="XM-9" type="10"/>')))
    assert result.one("iati_transactions", "provider_org_ref", "provider_org_type", "reporting_org_ref") == ("P1", "10", "XM-1")
    assert result.one("iati_activities", "reporting_org_type") == ("40",)
    assert sorted(result.found("repeated_element")) == [
        ("iati_activities", 1, None, "warning", "reporting-org"),
        ("iati_transactions", 1, None, "warning", "provider-org"),
    ]


def test_a_result_with_several_periods_in_one_is_quarantined(read):
    days = '<period-start iso-date="2019-01-01"/><period-end iso-date="2019-12-31"/>'
    period = f'<period>{days}{days}<actual value="3"/></period><period>{days}<actual value="4"/></period>'
    result = read(document(activity(f'<result type="1"><indicator measure="1">{period}</indicator></result>')))
    assert result.counts["iati_results"] == (2, 1) and result.one("iati_results", "figure_text") == ("4",)


@pytest.mark.parametrize("blank", ["", " ", "\t ", "\u00a0"])
def test_a_blank_currency_takes_the_default(read, blank):
    money = f'<value currency="{blank}" value-date="2019-01-01">5</value>'
    period = '<period-start iso-date="2019-01-01"/><period-end iso-date="2019-12-31"/>'
    paid = f'<transaction><transaction-type code="3"/><transaction-date iso-date="2019-01-01"/>{money}</transaction>'
    result = read(document(activity(f"<budget>{period}{money}</budget><planned-disbursement>{period}{money}</planned-disbursement>{paid}", currency="EUR")))
    for table in ("iati_budgets", "iati_planned_disbursements", "iati_transactions"):
        assert result.one(table, "currency") == ("EUR",)
    assert result.found("currency_needed") == []


@pytest.mark.parametrize(
    ("language", "narratives", "title"),
    [
        ("en", [("fr", "Conseil"), ("en", "Advice")], "Advice"),
        ("fr", [("en", "Advice"), ("fr", "Conseil")], "Conseil"),
        ("fr", [("en", "Advice"), (None, "Conseil")], "Conseil"),
        ("FR", [("en", "Advice"), ("fr-CA", "Conseil")], "Conseil"),
        ("en-GB", [("fr", "Conseil"), ("en", "Advice")], "Advice"),
        ("es", [("fr", "Conseil"), ("en", "Advice")], "Advice"),
        ("es", [("fr", "Conseil"), ("de", "Rat")], "Conseil"),
        ("en", [("fr", "Conseil"), ("en", "  ")], "Conseil"),
        (None, [("fr", "Conseil"), ("en", "Advice")], "Advice"),
        (None, [("fr", "Conseil"), (None, "Advice")], "Advice"),
    ],
)
def test_a_title_is_in_the_default_language(read, language, narratives, title):
    of_file, of_activity = (f'xml:lang="{language}"' if language else "" for _ in range(2))
    assert read(document(activity(titled(*narratives), more=of_activity))).one("iati_activities", "title") == (title,)
    assert read(document(activity(titled(*narratives)), head=of_file)).one("iati_activities", "title") == (title,)


def test_a_constructed_record_is_one_in_whichever_language_it_says_so(read):
    told = '<description><narrative xml:lang="fr">Exemple</narrative><narrative xml:lang="en">Illustrative record of a project</narrative></description>'
    assert read(document(activity(told, more='xml:lang="fr"'))).one("iati_activities", "record_basis") == ("illustrative",)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("70%", "70"),
        ("70 %", "70"),
        ("%70", "70"),
        ("70,5", "70.5"),
        ("70,5\u00a0%", "70.5"),
        ("33,333", "33.333"),
        ("70.5%", "70.5"),
        ("0%", "0"),
        ("70％", "70"),
    ],
)
@pytest.mark.parametrize(("table", "element"), [("iati_sectors", "sector"), ("iati_recipients", "recipient-country"), ("iati_recipients", "recipient-region")])
def test_a_percentage_with_a_sign_or_a_comma_is_read_and_told(read, table, element, text, value):
    result = read(document(activity(f'<{element} code="KG" percentage="{text}"/><{element} code="TJ" percentage="30"/>')))
    assert result.rows(table, "percentage") == [(Decimal(value),), (Decimal(30),)]
    assert result.found("percentage_with_sign_or_comma") == [(table, 1, "percentage", "warning", text)] and result.found("unreadable_percentage") == []


@pytest.mark.parametrize("text", ["1.000,5", "seventy", "7 0", "70%%", "70,", "7,0,0"])
def test_what_could_be_several_percentages_is_none(read, text):
    result = read(document(activity(f'<sector code="14030" percentage="{text}"/>')))
    assert result.rows("iati_sectors", "percentage") == [(None,)] and len(result.found("unreadable_percentage")) == 1


def test_rows_are_made_by_name():
    for table in ACTIVITY_TABLES.values():
        columns = walk.row_columns(table)
        make = walk.row_maker(columns)
        cells = {name: f"of {name}" for name in columns}
        assert make(**dict(reversed(cells.items()))) == tuple(cells.values())
        with pytest.raises(TypeError):
            make(**{name: None for name in columns[1:]})
        with pytest.raises(TypeError):
            make(**cells, another=1)
        with pytest.raises(TypeError):
            make(*cells.values())


def test_columns_of_a_contract_may_change_their_places(read, monkeypatch):
    text = document(activity(transaction("7", inner='<provider-org ref="P"/>') + titled((None, "Water"))))
    before = read(text).rows("iati_transactions", "value", "provider_org_ref", "transaction_type")
    for name, maker in (("iati_transactions", "_TRANSACTION"), ("iati_activities", "_ACTIVITY")):
        own = ACTIVITY_TABLES[name].own
        turned = dict(reversed(own.items()))
        own.clear()
        own.update(turned)
        monkeypatch.setattr(walk, maker, walk.row_maker(walk.row_columns(ACTIVITY_TABLES[name])))
    try:
        after = read(text, name="b.xml")
        assert after.rows("iati_transactions", "value", "provider_org_ref", "transaction_type") == before
        assert after.one("iati_activities", "title", "reporting_org_ref") == ("Water", "XM-1")
    finally:
        for name in ("iati_transactions", "iati_activities"):
            own = ACTIVITY_TABLES[name].own
            turned = dict(reversed(own.items()))
            own.clear()
            own.update(turned)
