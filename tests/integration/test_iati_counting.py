"""What a release says of activity files that state things twice, divide by more or less than a hundred, and revise budgets: one release, many publishers.

Every publisher has one thousand dollars in each transaction, so that totals show at once what was left out and what was counted twice.
"""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal

import pytest

BREAKDOWNS = ("subprogramme", "sdg", "donor", "gender_marker", "priority_area", "activity_type")


def element(name: str, code: str | None, percentage: object = None, vocabulary: str | None = None) -> str:
    stated = {"code": code, "percentage": percentage, "vocabulary": vocabulary}
    attributes = " ".join(f"{key}='{value}'" for key, value in stated.items() if value is not None)
    return f"<{name} {attributes}/>"


def country(code: str | None, percentage: object = None) -> str:
    return element("recipient-country", code, percentage)


def region(code: str | None, percentage: object = None, vocabulary: str = "1") -> str:
    return element("recipient-region", code, percentage, vocabulary)


def sector(code: str | None, percentage: object = None, vocabulary: str = "1") -> str:
    return element("sector", code, percentage, vocabulary)


def transaction(amount: int = 1000, inner: str = "", ref: str = "") -> str:
    attributes = f"ref='{ref}'" if ref else ""
    return (
        f"<transaction {attributes}><transaction-type code='3'/><transaction-date iso-date='2019-05-02'/>"
        f"<value value-date='2019-05-02'>{amount}</value>{inner}</transaction>"
    )


def budget(amount: int, start: str, end: str, kind: str = "1") -> str:
    return (
        f"<budget type='{kind}' status='2'><period-start iso-date='{start}'/><period-end iso-date='{end}'/>"
        f"<value currency='USD' value-date='{start}'>{amount}</value></budget>"
    )


def year(number: int) -> tuple[str, str]:
    return f"{number}-01-01", f"{number}-12-31"


def activity(publisher: str, number: int, *parts: str, hierarchy: int = 1, parents: tuple[int, ...] = (), children: tuple[int, ...] = ()) -> str:
    related = [(1, parent) for parent in parents] + [(2, child) for child in children]
    relations = "".join(f"<related-activity type='{kind}' ref='{publisher}-{other}'/>" for kind, other in related)
    return (
        f"<iati-activity default-currency='USD' hierarchy='{hierarchy}'><iati-identifier>{publisher}-{number}</iati-identifier>"
        f"<reporting-org ref='{publisher}' type='40'/><activity-status code='2'/><activity-date type='2' iso-date='2019-01-01'/>{''.join(parts)}"
        f"{relations}</iati-activity>"
    )


def family(publisher: str, up: str, down: str) -> str:
    """A parent and a child, each with one transaction or budget."""
    return activity(publisher, 1, up, children=(2,)) + activity(publisher, 2, down)


def party(role: str, ref: str) -> str:
    return f'<{role}-org ref="{ref}" type="10"/>'


def aid_type(code: str, vocabulary: str) -> str:
    return f'<aid-type code="{code}" vocabulary="{vocabulary}"/>'


# Publisher: recipients of the activity (or, with a transaction, of that), and where the thousand stands.
PLACES: dict[str, tuple[str, dict[str, int]]] = {
    "the_only_country": (country("KE", 100) + region("298", 100), {"KE": 1000}),
    "region_repeated": (country("KE", 100) + region("298", 100) * 3, {"KE": 1000}),
    "all_countries": (country("BF", 60) + country("ML", 40) + region("298", 100), {"BF": 600, "ML": 400}),
    "in_m49": (country("KE", 100) + region("002", 100, "2"), {"KE": 1000}),
    "in_both": (country("KE", 100) + region("298", 100) + region("002", 100, "2"), {"KE": 1000}),
    "rounded": (country("KE", 99.9) + region("298", 100), {"KE": 1000}),
    "no_percentage": (country("KE") + region("298", 100), {"KE": 1000}),
    "two_regions": (country("KE", 50) + country("KG", 50) + region("298", 50) + region("619", 50), {"KE": 500, "KG": 500}),
    "own_words": (country("KE", 100) + region("horn", 100, "99"), {"KE": 1000}),
    "elsewhere": (country("KE", 100) + region("789", 100), {"KE": 500, "789": 500}),
    "of_some": (country("KE", 50) + country("KG", 50) + region("298", 100), {"KE": 250, "KG": 250, "298": 500}),
    "shared": (country("KE", 40) + region("298", 60), {"KE": 400, "298": 600}),
    "own_share": (country("KE", 60) + region("horn", 40, "99"), {"KE": 600, "UNKNOWN": 400}),
    "zero": (country("KE", "0.00") + region("298"), {"298": 1000}),
    "zeros": (country("KE", 0) + country("TZ", 0), {"KE": 500, "TZ": 500}),
    "zero_and_rest": (country("KE", 0) + country("TZ", 60) + country("UG"), {"TZ": 600, "UG": 400}),
    "no_code": (country("KG", 60) + country(None, 40), {"KG": 600, "UNKNOWN": 400}),
    "region_without_code": (country("KG", 60) + region(None, 40), {"KG": 600, "UNKNOWN": 400}),
    "of_transaction": (transaction(inner=country("KE") + region("horn", None, "99")), {"KE": 1000}),
    "of_transaction_no_code": (transaction(inner=country(None, 100)), {"UNKNOWN": 1000}),
}
FLAGGED = (
    "the_only_country",
    "region_repeated",
    "all_countries",
    "in_m49",
    "in_both",
    "rounded",
    "no_percentage",
    "two_regions",
    "own_words",
    "of_transaction",
)
SECTORS: dict[str, tuple[str, dict[str, int]]] = {
    "themes": (sector("T1", 100, "98") + sector("T2", 100, "98") + sector("A", 80, "99") + sector("B", 20, "99"), {"A": 800, "B": 200}),
    "own_before_98": (sector("T", 100, "98") + sector("A", 100, "99"), {"A": 1000}),
    "dac_adds": (sector("14030", 100) + sector("A", 80, "99") + sector("B", 20, "99"), {"14030": 1000}),
    "dac_does_not": (sector("14030", 100) + sector("21010", 100) + sector("A", 80, "99") + sector("B", 20, "99"), {"A": 800, "B": 200}),
    "sector_no_code": (sector("16020", 25) + sector(None, 75), {"16020": 250, "UNKNOWN": 750}),
    "sector_zero": (sector("14030", 0) + sector("21010"), {"21010": 1000}),
    "sector_zeros": (sector("14030", 0) + sector("21010", 0), {"14030": 500, "21010": 500}),
    "sector_of_transaction": (transaction(inner=sector(None, 100)), {"UNKNOWN": 1000}),
}
GOALS: dict[str, tuple[str, dict[str, int]]] = {
    "targets": (sector("4.1", 0, "8") + sector("4.5", 0, "8"), {"4.1": 500, "4.5": 500}),
    "indicators": (sector("4.1.1", 0, "9") + sector("4.5.1", 0, "9"), {"4.1": 500, "4.5": 500}),
    "goals": (sector("4", 0, "7") + sector("5", 0, "7"), {"4": 500, "5": 500}),
    "one_goal": (sector("4", 0, "7"), {"4": 1000}),
    "almost_nothing": (sector("4", "0.0000001", "7") + sector("5", "0.0000001", "7"), {"4": 500, "5": 500}),
    "beyond_reason": (sector("4", 10**14, "7") + sector("5", 50, "7"), {"4": 500, "5": 500}),
    "goals_and_rest": (sector("4", 60, "7") + sector("5", None, "7"), {"4": 600, "5": 400}),
    "tags": ("<tag vocabulary='2' code='4'/><tag vocabulary='2' code='5'/>", {"4": 500, "5": 500}),
}
MONEY = transaction()
RING = (1, 3, 2, 4, 5)
# Publisher: its activities, and what of its transactions counts.
FAMILIES: dict[str, tuple[str, int]] = {
    "alike": (family("alike", MONEY, MONEY), 1000),
    "reference": (family("reference", transaction(ref="R1"), transaction(ref="R2")), 2000),
    "provider": (family("provider", transaction(inner=party("provider", "XM-1")), transaction(inner=party("provider", "XM-2"))), 2000),
    "provider_case": (family("provider_case", transaction(inner=party("provider", "xm-1")), transaction(inner=party("provider", "XM-1"))), 1000),
    "receiver": (family("receiver", transaction(inner=party("receiver", "XM-1")), transaction(inner=party("receiver", "XM-2"))), 2000),
    "aid": (family("aid", transaction(inner=aid_type("C01", "1")), transaction(inner=aid_type("B01", "1"))), 2000),
    "earmarked": (family("earmarked", transaction(inner=aid_type("2", "2")), transaction(inner=aid_type("4", "2"))), 2000),
    "modality": (family("modality", transaction(inner=aid_type("A", "3")), transaction(inner=aid_type("B", "3"))), 2000),
    "cash": (family("cash", transaction(inner=aid_type("1", "4")), transaction(inner=aid_type("2", "4"))), 2000),
    "half_said": (family("half_said", transaction(ref="R1", inner=party("provider", "XM-1")), MONEY), 1000),
    "both_ways": ("".join(activity("both_ways", n, MONEY, parents=(3 - n,), children=(3 - n,)) for n in (1, 2)), 1000),
    "both_parents": ("".join(activity("both_parents", n, MONEY, parents=(3 - n,)) for n in (1, 2)), 1000),
    "ring": ("".join(activity("ring", n, MONEY, children=(RING[place - 4],)) for place, n in enumerate(RING)), 1000),
    "generations": (
        activity("generations", 1, MONEY, children=(2,)) + activity("generations", 2, MONEY, children=(3,)) + activity("generations", 3, MONEY),
        1000,
    ),
    "in_pieces": (
        activity("in_pieces", 1, MONEY, children=(2, 3)) + activity("in_pieces", 2, transaction(600)) + activity("in_pieces", 3, transaction(400)),
        2000,
    ),
}
# Publisher: its budgets, or activities, and what of them counts.
BUDGETS: dict[str, tuple[str, int]] = {
    "revised": (budget(1000, *year(2019)) + budget(1200, *year(2019), "2"), 1200),
    "a_day_short": (budget(1000, *year(2019)) + budget(1200, "2019-01-01", "2019-12-30", "2"), 1200),
    "two_years": (budget(400, *year(2019)) + budget(600, *year(2020)) + budget(900, "2019-01-01", "2020-12-31", "2"), 900),
    "halves": (budget(400, *year(2019)) + budget(300, "2019-01-01", "2019-06-30", "2") + budget(200, "2019-07-01", "2019-12-31", "2"), 500),
    "of_a_part": (budget(3000, "2019-01-01", "2021-12-31") + budget(1100, *year(2020), "2"), 3000),
    "two_revisions": (budget(1200, *year(2019), "2") + budget(1300, *year(2019), "2"), 1300),
    "equal": (budget(1000, *year(2019)) * 2, 1000),
    "unequal": (budget(1000, *year(2019)) + budget(1200, *year(2019)), 2200),
    "side_by_side": (budget(1000, "2017-01-01", "2019-12-31") + budget(500, "2019-12-31", "2020-12-31"), 1500),
    "parent_and_child": (family("parent_and_child", budget(500, *year(2019)), budget(500, *year(2019))), 500),
    "budgets_both_ways": (
        "".join(activity("budgets_both_ways", n, budget(500, *year(2019)), parents=(3 - n,), children=(3 - n,)) for n in (1, 2)),
        500,
    ),
}
OVERLAPPING = {"of_a_part": ("1100.00", "3000.00"), "two_revisions": ("1200.00", "1300.00"), "equal": ("1000.00",), "unequal": ("1000.00", "1200.00")}


def of_organisation(element: str, amount: int, recipient: str = "", status: int = 2) -> str:
    start, end = year(2019)
    return (
        f"<{element} status='{status}'>{recipient}<period-start iso-date='{start}'/><period-end iso-date='{end}'/>"
        f"<value value-date='{start}'>{amount}</value></{element}>"
    )


# The organisation has an activity with a budget, too, in the book of activities.
ORGANISATION = (
    '<iati-organisations version="2.03"><iati-organisation default-currency="USD"><organisation-identifier>equal</organisation-identifier>'
    "<reporting-org ref='equal' type='40'/>"
    + of_organisation("total-budget", 40, status=1)
    + of_organisation("total-budget", 100)
    + of_organisation("recipient-org-budget", 20, "<recipient-org ref='other'/>")
    + of_organisation("recipient-country-budget", 60, "<recipient-country code='KG'/>")
    + of_organisation("recipient-country-budget", 40, "<recipient-country code='TJ'/>")
    + of_organisation("total-expenditure", 90).replace(" status='2'", "")
    + "</iati-organisation></iati-organisations>"
)


def file(activities: str) -> str:
    return f'<iati-activities version="2.03" generated-datetime="2025-01-01T00:00:00Z">{activities}</iati-activities>'


@pytest.fixture(scope="module")
def told(make_warehouse, tmp_path_factory):
    folder = tmp_path_factory.mktemp("counting")
    warehouse = make_warehouse(home=folder / "warehouse", raw=folder / "raw")
    for name, cases in (("places", PLACES), ("sectors", SECTORS), ("goals", GOALS)):
        divided = "".join(activity(publisher, 1, parts if "<transaction" in parts else parts + MONEY) for publisher, (parts, _) in cases.items())
        warehouse.deliver(f"iati/{name}.xml", file(divided))
    warehouse.deliver("iati/families.xml", file("".join(activities for activities, _ in FAMILIES.values())))
    for publisher, (parts, _) in BUDGETS.items():
        warehouse.deliver(f"iati/{publisher}.xml", file(parts if parts.startswith("<iati-activity") else activity(publisher, 1, parts)))
    warehouse.deliver("iati/organisation.xml", ORGANISATION)
    said = warehouse.run()
    assert said["released"] is True and said["rows_quarantined"] == 0 and said["rows_delivered"] == said["rows_loaded"]
    return warehouse


def by(told, column: str) -> dict[str, dict[str, Decimal]]:
    """What each publisher's transactions hold by a column of the facts."""
    found = defaultdict(dict)
    for entity, code, amount in told.ask(f"select entity, {column}, sum(amount) from marts.fct_spending where amount <> 0 group by all")[1]:
        found[entity][code] = amount
    return found


def test_regions_around_countries_that_are_the_whole_take_nothing(told):
    found = by(told, "recipient")
    assert {publisher: found[publisher] for publisher in PLACES} == {publisher: parts for publisher, (_, parts) in PLACES.items()}


def test_regions_that_take_nothing_are_flagged_row_by_row(told):
    _, rows = told.ask(
        """select r.iati_identifier, count(distinct q.source_row)
        from audit.quarantine as q
        inner join raw.iati_recipients as r on q.delivery_id = r._delivery_id and q.source_row = r._source_row
        where q.rule = 'region_contains_the_country' and q.table_name = 'iati_recipients' and q.severity = 'warning' group by all"""
    )
    regions = {publisher: PLACES[publisher][0].count("<recipient-region") for publisher in FLAGGED}
    assert {identifier.removesuffix("-1"): count for identifier, count in rows} == regions


def test_the_vocabulary_that_makes_100_divides_and_entries_without_codes_keep_their_shares(told):
    found = by(told, "sector")
    assert {publisher: found[publisher] for publisher in SECTORS} == {publisher: parts for publisher, (_, parts) in SECTORS.items()}


def test_goals_lose_no_money(told):
    found = defaultdict(dict)
    question = "select entity, sdg_target, value from marts.shares_by_sdg where measure = 'spending_usd' and funding_level = 0 and funding_source = 'all'"
    for entity, target, value in told.ask(question)[1]:
        found[entity][target] = value
    assert {publisher: found[publisher] for publisher in GOALS} == {publisher: parts for publisher, (_, parts) in GOALS.items()}


def test_every_breakdown_of_a_publisher_has_one_total(told):
    expected = dict.fromkeys([*PLACES, *SECTORS, *GOALS], 1000) | {publisher: usd for publisher, (_, usd) in FAMILIES.items()}
    for breakdown in BREAKDOWNS:
        _, rows = told.ask(
            f"""select entity, sum(value) from marts.shares_by_{breakdown}
            where measure = 'spending_usd' and funding_level = 0 and funding_source = 'all' group by all"""
        )
        assert dict(rows) == expected, breakdown


def test_of_a_repetition_one_counts(told):
    _, rows = told.ask("select project_id, sum(amount_usd) from marts.fct_spending where not is_internal_transfer group by all")
    counted = defaultdict(int)
    for identifier, amount in rows:
        counted[identifier.rpartition("-")[0]] += amount
    assert {publisher: counted[publisher] for publisher in FAMILIES} == {publisher: usd for publisher, (_, usd) in FAMILIES.items()}
    assert {"alike-2", "generations-3"} <= {identifier for identifier, _ in rows} and not {"alike-1", "generations-1"} & {identifier for identifier, _ in rows}


def test_sums_at_two_levels_are_told_with_the_seed_that_decides(told):
    _, rows = told.ask("select value, remedy from audit.quarantine where rule = 'counted_at_two_levels' and severity = 'warning'")
    assert any("in_pieces" in value and "reporter_roles" in remedy for value, remedy in rows)
    assert not any(publisher in value for publisher in ("alike", "both_ways", "ring", "parent_and_child") for value, _ in rows)
    status, observed = told.one("select status, observed from audit.check_results where check_name = 'counted_at_two_levels'")
    assert status == "warned" and "in_pieces" in observed and "reporter_roles" in observed


def test_revised_budgets_replace_what_they_cover(told):
    _, rows = told.ask(
        """select entity, sum(value) from marts.shares_by_subprogramme
        where book = 'iati' and measure = 'budget_usd' and funding_level = 0 and funding_source = 'all' group by all"""
    )
    assert dict(rows) == {publisher: usd for publisher, (_, usd) in BUDGETS.items()}


def test_of_an_organisation_the_total_alone_counts_in_a_book_of_its_own(told):
    _, rows = told.ask(
        """select entity, measure, cast(sum(value) as bigint) from marts.shares_by_subprogramme
        where book = 'iati_organisation' and funding_level = 0 and funding_source = 'all' group by all order by all"""
    )
    assert rows == [("equal", "budget_usd", 100), ("equal", "expenditure_usd", 90)]
    region = "book = 'iati_organisation' and region_scheme = 'm49_region' and funding_level = 0"
    assert told.one(f"select cast(sum(value) as bigint) from marts.shares_by_region where {region}") == (190,)
    assert told.ask("select measure, total, broken_down, difference from marts.organisation_budgets_compared order by all")[1] == [
        ("recipient_country_budget", 100, 100, 0),
        ("recipient_org_budget", 100, 20, 80),
    ]
    assert told.one("select count(*) from marts.fct_organisation_budgets") == (6,)


def test_money_of_an_organisation_is_conserved_to_the_facts(told):
    _, rows = told.ask(
        """select measure, layer_to, amount_from from audit.reconciliation
        where book = 'iati_organisation' and layer_to in ('facts', 'marts') and difference = 0 order by all"""
    )
    assert rows == [
        ("budget", "facts", 140),
        ("budget_usd", "marts", 100),
        ("expenditure", "facts", 90),
        ("expenditure_usd", "marts", 90),
        ("recipient_country_budget", "facts", 100),
        ("recipient_org_budget", "facts", 20),
    ]


def test_budgets_that_overlap_are_told_with_both(told):
    _, rows = told.ask("select source_file, string_agg(value, ' ') from audit.quarantine where rule = 'budgets_overlap' and severity = 'warning' group by all")
    found = dict(rows)
    assert set(found) == {f"iati/{publisher}.xml" for publisher in OVERLAPPING}
    for publisher, amounts in OVERLAPPING.items():
        assert all(amount in found[f"iati/{publisher}.xml"] for amount in amounts), publisher
