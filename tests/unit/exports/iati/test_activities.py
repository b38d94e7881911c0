"""Projects as activities: how they are divided, what they say, and that no text breaks them."""

from datetime import date
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from pipelines.contracts.iati import ILLUSTRATIVE, WAREHOUSE
from pipelines.exports.iati.activities import Publisher, activities
from pipelines.exports.iati.projects import Part, Project, Split, Transaction

UNECE = Publisher(
    entity="ECE",
    reference="XM-DAC-41314",
    name="Economic Commission for Europe",
    known_on=date(2024, 1, 1),
    subprogrammes=[("1", date(2008, 1, 1), None, "Environment"), ("1", None, date(2008, 1, 1), "Old environment"), ("2", None, None, "Transport")],
    places={"KG": "Kyrgyzstan", "NO": "Norway"},
    categories={"2": "210"},
)


def split(*, subprogrammes=("1",), recipients=("KG",)):
    return Split(
        subprogrammes=tuple(Part(code=code, scheme="subprogramme", weight=1) for code in subprogrammes),
        recipients=tuple(Part(code=code, scheme="country" if len(code) == 2 else "country_group", weight=1) for code in recipients),
    )


def transaction(**told):
    common = dict(
        transaction_id="T1", record_basis="reported", transaction_type="expenditure", cost_class=None, transaction_date=date(2021, 3, 1), value_date=None,
        amount=Decimal("10.5000000000"), currency="EUR", provider=None, receiver=None, source=None, split=split(),
    )  # fmt: skip
    return Transaction(**common | told)


def project(*transactions, **told):
    common = dict(
        project_id="A1", record_basis="reported", title="Water", joint_entities=None, funding_source="trust_fund", donors=None, start_date=date(2021, 1, 1),
        end_date=None, status="active", budget_amount=None, currency="EUR", scope=None, partners=None, sdg_targets=None, gender_marker=None,
        gender_marker_scheme=None, source=None, split=split(),
    )  # fmt: skip
    return Project(**common | told, transactions=transactions)


def written(*transactions, **told):
    # Through text, as a reader gets it.
    return [etree.fromstring(etree.tostring(activity)) for activity in activities(project(*transactions, **told), UNECE)]


def one(*transactions, **told):
    (activity,) = written(*transactions, **told)
    return activity


def identifiers(found):
    return [activity.findtext("iati-identifier") for activity in found]


def test_money_that_divides_alike_is_one_activity_that_states_the_split_once():
    activity = one(transaction(), transaction(transaction_id="T2"))
    assert [place.get("code") for place in activity.iterfind("recipient-country")] == ["KG"]
    assert [len(money.findall("sector")) for money in activity.iterfind("transaction")] == [0, 0]


def test_transactions_with_one_recipient_each_state_it_themselves():
    activity = one(transaction(), transaction(split=split(recipients=("SPECA",))))
    assert activity.find("recipient-country") is None and activity.find("sector") is None
    first, second = activity.findall("transaction")
    assert first.find("recipient-country").get("code") == "KG"
    assert (second.find("recipient-region").get("code"), second.find("recipient-region").get("vocabulary")) == ("SPECA", "99")


def test_money_that_divides_otherwise_stands_in_a_child_that_keeps_its_name():
    differing = transaction(split=split(recipients=("KG", "TJ")))
    parent, first, second = written(transaction(), differing)
    assert parent.find("transaction") is None and parent.get("hierarchy") == "1" and first.get("hierarchy") == "2"
    assert [related.get("ref") for related in parent.iterfind("related-activity")] == identifiers([first, second])
    assert {related.get("type") for related in first.iterfind("related-activity")} == {"1"}
    more = written(transaction(split=split(recipients=("UZ",))), transaction(), differing)
    assert set(identifiers([first, second])) < set(identifiers(more))


def test_an_illustrative_transaction_of_a_reported_project_stands_apart():
    parent, real, constructed = written(transaction(), transaction(record_basis="illustrative"))
    says = [activity.findtext("description/narrative").startswith(ILLUSTRATIVE) for activity in (parent, real, constructed)]
    assert says == [False, False, True] and constructed.findtext("transaction/description/narrative").startswith(ILLUSTRATIVE)


def test_what_the_standard_has_no_type_for_is_told_in_the_words_of_the_warehouse():
    activity = one(
        transaction(transaction_type="refund", amount=Decimal(-5)),
        transaction(transaction_type="refund", amount=Decimal(5)),
        transaction(transaction_type="pledge"),
        transaction(transaction_type="commitment"),
    )
    types = [(kind.get("code"), kind.get(f"{{{WAREHOUSE}}}transaction-type")) for kind in activity.iterfind("transaction/transaction-type")]
    assert types == [("4", "refund"), ("1", "refund"), ("13", "pledge"), ("2", None)]


def test_amounts_are_written_as_delivered():
    activity = one(*(transaction(amount=Decimal(amount)) for amount in ("10.5000000000", "-0.0100000000", "1E+3", "333.3333333333", "0.0000000000")))
    assert [value.text for value in activity.iterfind("transaction/value")] == ["10.5", "-0.01", "1000", "333.3333333333", "0"]


def test_a_budget_longer_than_a_year_is_told_and_not_divided():
    year = one(start_date=date(2021, 1, 1), end_date=date(2021, 12, 31), budget_amount=Decimal("100.00"))
    assert (year.findtext("budget/value"), year.find("budget/value").get("value-date")) == ("100", "2021-07-02")
    longer = one(start_date=date(2021, 1, 1), end_date=date(2022, 12, 31), budget_amount=Decimal("100.00"))
    assert longer.find("budget") is None and "100.00 EUR" in longer.findtext("description/narrative")


def test_what_has_not_come_about_is_planned():
    def dates(**told):
        return [(day.get("type"), day.get("iso-date")) for day in one(**told).iterfind("activity-date")]

    assert dates(end_date=date(2023, 12, 31)) == [("2", "2021-01-01"), ("3", "2023-12-31")]
    assert dates(end_date=date(2023, 12, 31), status="closed") == [("2", "2021-01-01"), ("4", "2023-12-31")]
    assert dates(start_date=date(2025, 1, 1), status="pipeline") == [("1", "2025-01-01")]


def test_subprogrammes_have_the_name_of_their_day_and_the_category_that_the_map_names():
    activity = one(split=split(subprogrammes=("2",)))
    assert [(sector.get("vocabulary"), sector.get("code")) for sector in activity.iterfind("sector")] == [("99", "2"), ("2", "210")]
    both = one(split=split(subprogrammes=("1", "2")), start_date=date(2004, 1, 1))
    assert [(sector.get("code"), sector.get("percentage"), sector.findtext("narrative")) for sector in both.iterfind("sector")] == [
        ("1", "50", "Old environment"),
        ("2", "50", "Transport"),
    ]


def test_shares_of_goals_are_told_beside_the_tags():
    activity = one(sdg_targets="6.5:60|7.A:40")
    assert [(tag.get("vocabulary"), tag.get("code")) for tag in activity.iterfind("tag")] == [("3", "6.5"), ("3", "7.a")]
    told = [(sector.get("code"), sector.get("percentage")) for sector in activity.iterfind("sector") if sector.get("vocabulary") == "8"]
    assert told == [("6.5", "60"), ("7.a", "40")]
    equal = one(sdg_targets="6|13")
    assert [(tag.get("vocabulary"), tag.get("code")) for tag in equal.iterfind("tag")] == [("2", "6"), ("2", "13")]
    assert not [sector for sector in equal.iterfind("sector") if sector.get("vocabulary") in ("7", "8")]


def test_names_of_partners_may_have_a_colon():
    found = one(partners="Ministry: Water|OSCE", donors="NO:60|SE:40").iterfind("participating-org")
    assert [(org.get("role"), org.findtext("narrative")) for org in found if org.get("ref") is None] == [
        ("1", "Norway"),
        ("1", "SE"),
        ("4", "Ministry: Water"),
        ("4", "OSCE"),
    ]


def test_a_marker_of_another_scheme_does_not_pass_for_the_dacs():
    dac, other = one(gender_marker="2", gender_marker_scheme="dac"), one(gender_marker="2b", gender_marker_scheme="un_gem")
    assert (dac.find("policy-marker").get("vocabulary"), dac.find("policy-marker").get("significance")) == ("1", "2")
    assert (other.find("policy-marker").get("vocabulary"), other.find("policy-marker").get("significance")) == ("99", None)


def test_identifiers_stay_apart_and_without_the_signs_that_they_should_not_have():
    names = ["A1", "A/1", "A~2F1", "A 1", "A:1", "Ä1"]
    assert len(set(identifiers([one(project_id=name) for name in names]))) == len(names)
    assert identifiers([one(project_id="A/1 ö")]) == ["XM-DAC-41314-A~2F1~20~C3~B6"]


@given(st.text(max_size=40), st.text(max_size=20))
@settings(max_examples=150, deadline=None)
def test_no_text_breaks_the_file(text, label):
    activity = one(
        transaction(provider=text, transaction_id=text, source=label),
        title=text, project_id=label, donors=text, partners=label, gender_marker=label, source=text,
    )  # fmt: skip
    assert len(activity.findall("transaction")) == 1 and len(activity.findall("title/narrative")) == 1
