"""The reference tables in `data/seeds`: shape, keys, validity, references, and the facts that other layers count on."""

import csv
import itertools
import re
from collections import Counter, defaultdict
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

SEEDS = Path(__file__).parents[2] / "data" / "seeds"

# Columns and key of every table, in the order of data/seeds/README.md. A table with validity is keyed by day: its key may
# stand in several rows as long as their periods do not meet.
TABLES = {
    "funding_sources": ("funding_source funding_family name is_technical_cooperation is_cash sort_order source", "funding_source"),
    "budget_sections": ("budget_section valid_from valid_to funding_source name source", "budget_section"),
    "entities": ("entity name entity_kind parent_entity source", "entity"),
    "entity_names": ("entity name name_kind source", "entity name"),
    "subprogrammes": ("entity structure subprogramme name valid_from valid_to sort_order source", "entity subprogramme"),
    "subprogramme_succession": (
        "entity from_structure from_subprogramme to_structure to_subprogramme change source",
        "entity from_structure from_subprogramme to_structure to_subprogramme",
    ),
    "countries": (
        "country alpha3 m49 iso3166_3 name m49_region m49_region_name m49_subregion m49_subregion_name un_regional_group dac_region valid_from valid_to source",
        "country",
    ),
    "country_names": ("country language name easily_confused_with source", "country language name"),
    "country_aliases": ("label country source", "label country"),
    "country_groups": ("country_group name group_kind source", "country_group"),
    "country_group_members": ("country_group country valid_from valid_to membership_kind date_precision source", "country_group country"),
    "region_map": ("region_scheme region region_name parent_region source", "region_scheme region"),
    "priority_areas": ("priority_area name sort_order valid_from valid_to source", "priority_area"),
    "partners": ("partner name role named_in source", "partner"),
    "rate_order": ("entity priority rate_kind rate_source max_age_days source", "entity priority"),
    "currencies_without_rate": ("currency reason source", "currency"),
    "redenominations": ("currency_from currency_to units_from_per_unit_to effective_on kind source", "currency_from currency_to"),
    "sectors": ("sector_vocabulary sector_level sector name parent_sector source", "sector_vocabulary sector_level sector"),
    "sector_map": (
        "map_version publisher sector_vocabulary sector entity subprogramme valid_from valid_to source",
        "publisher sector_vocabulary sector",
    ),
    "technical_cooperation_rules": ("rules_version technical_cooperation criterion code name source", "criterion code"),
    "iati_publishers": ("entity publisher source", "entity"),
    "reporter_roles": ("publisher reporter_role counted_hierarchy source", "publisher"),
    "mandates": (
        "programme mandate_level objective priority function_code activity wording counterpart activity_type obligation valid_from valid_to "
        "source_paragraph source",
        "programme mandate_level objective priority function_code activity",
    ),
    "warning_thresholds": (
        "series name theme unit country rule direction watch_threshold alert_threshold clear_margin trailing_periods consecutive_periods frequency "
        "valid_from valid_to source",
        "series country rule frequency",
    ),
    "instruments": ("instrument name field adopted_on in_force_on parent_instrument source", "instrument"),
    "treaty_status": ("country instrument status valid_from valid_to action acted_on source", "country instrument"),
    "country_legal_systems": ("country legal_system note source", "country"),
    "reporting_obligations": (
        "obligation occurrence body owed_by kind requirement recurrence period_start due_on fulfilled_on fulfilled_by locator source",
        "obligation occurrence",
    ),
    "indicator_definitions": (
        "indicator name unit formula numerator denominator source_document source_paragraph domain source",
        "indicator",
    ),
    "document_coverage": ("document paragraph topic indicator answered_by reason_not_measured source", "document paragraph topic indicator"),
}
DATED = [table for table, (columns, _) in TABLES.items() if "valid_from" in columns.split()]
OPEN_END = "9999-12-31"


def rows_of(table):
    with (SEEDS / f"{table}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def on_day(table, day):
    return [row for row in rows_of(table) if row["valid_from"] <= day < (row["valid_to"] or OPEN_END)]


def members(group, day):
    return {row["country"] for row in on_day("country_group_members", day) if row["country_group"] == group}


def values(table, column):
    return {row[column] for row in rows_of(table)}


def overlapping(periods):
    """Pairs of periods (from, to) that share a day; an empty end is open."""
    ordered = sorted((start, end or OPEN_END) for start, end in periods)
    return [(one, other) for one, other in itertools.pairwise(ordered) if other[0] < one[1]]


def test_every_table_is_there_and_no_other():
    assert {path.stem for path in SEEDS.glob("*.csv")} == set(TABLES)


@pytest.mark.parametrize("table", TABLES)
def test_columns_are_as_agreed_and_every_row_names_its_source(table):
    columns = TABLES[table][0].split()
    with (SEEDS / f"{table}.csv").open(encoding="utf-8", newline="") as file:
        assert next(csv.reader(file)) == columns
    rows = rows_of(table)
    assert rows
    assert [row for row in rows if not row["source"].strip() or None in row or None in row.values()] == []
    assert [row for row in rows if any(value != value.strip() for value in row.values())] == []


@pytest.mark.parametrize("table", TABLES)
def test_files_are_plain_text_with_line_feeds(table):
    content = (SEEDS / f"{table}.csv").read_bytes()
    assert b"\r" not in content and not content.startswith(b"\xef\xbb\xbf") and content.endswith(b"\n")
    content.decode("utf-8")


@pytest.mark.parametrize("table", TABLES)
def test_keys_are_unique(table):
    key = TABLES[table][1].split() + (["valid_from"] if table in DATED else [])
    counted = Counter(tuple(row[column] for column in key) for row in rows_of(table))
    assert [found for found, count in counted.items() if count > 1] == []


@pytest.mark.parametrize("table", DATED)
def test_validity_is_well_formed_and_does_not_overlap(table):
    periods = defaultdict(list)
    for row in rows_of(table):
        start = date.fromisoformat(row["valid_from"])
        assert not row["valid_to"] or start < date.fromisoformat(row["valid_to"]), row
        periods[tuple(row[column] for column in TABLES[table][1].split())].append((row["valid_from"], row["valid_to"]))
    assert {key: found for key, spans in periods.items() if (found := overlapping(spans))} == {}


def test_one_structure_of_an_entity_is_in_force_on_any_day():
    structures = defaultdict(set)
    for row in rows_of("subprogrammes"):
        structures[row["entity"], row["structure"]].add((row["valid_from"], row["valid_to"]))
    assert {key for key, periods in structures.items() if len(periods) > 1} == set()
    by_entity = defaultdict(list)
    for (entity, _), periods in structures.items():
        by_entity[entity].extend(periods)
    assert {entity: found for entity, periods in by_entity.items() if (found := overlapping(periods))} == {}


def test_references_resolve():
    assert values("funding_sources", "funding_family") <= values("funding_sources", "funding_source")
    assert values("budget_sections", "funding_source") <= values("funding_sources", "funding_source")
    assert values("entities", "parent_entity") - {""} <= values("entities", "entity")
    assert values("subprogrammes", "entity") <= values("entities", "entity")
    assert values("country_aliases", "country") | values("country_names", "country") <= values("countries", "country")
    assert values("entity_names", "entity") <= values("entities", "entity")
    assert values("country_group_members", "country_group") == values("country_groups", "country_group")
    known = {(row["entity"], row["structure"], row["subprogramme"]) for row in rows_of("subprogrammes")}
    for row in rows_of("subprogramme_succession"):
        assert (row["entity"], row["from_structure"], row["from_subprogramme"]) in known, row
        assert row["change"] in {"renamed", "merged", "split", "ended"}, row
        target = (row["entity"], row["to_structure"], row["to_subprogramme"])
        assert target in known if row["change"] != "ended" else target[1:] == ("", ""), row


def test_a_family_of_funding_sources_stands_as_its_own_row():
    rows = {row["funding_source"]: row for row in rows_of("funding_sources")}
    families = {row["funding_family"] for row in rows.values()}
    assert families == {"regular_budget", "other_assessed", "extrabudgetary", "in_kind", "unspecified"}
    assert all(rows[family]["funding_family"] == family for family in families)
    assert {code for code, row in rows.items() if row["is_cash"] == "false"} == {"in_kind"}
    technical = {code for code, row in rows.items() if row["is_technical_cooperation"] == "true" and row["is_cash"] == "true"}
    assert technical - {code for code in technical if rows[code]["funding_family"] == "extrabudgetary"} == {"rptc", "development_account"}


@pytest.mark.parametrize(
    ("section", "day", "funding_source"),
    [
        ("23", "2004-06-30", "rptc"),
        ("22", "2004-06-30", "other_regular_budget"),
        ("22", "2006-01-01", "rptc"),
        ("22", "2011-12-31", "rptc"),
        ("22", "2012-01-01", "other_regular_budget"),
        ("23", "2023-01-01", "rptc"),
        ("34", "2010-01-01", "development_account"),
        ("35", "2023-01-01", "development_account"),
    ],
)
def test_section_numbers_of_the_regular_budget_moved(section, day, funding_source):
    assert [row["funding_source"] for row in on_day("budget_sections", day) if row["budget_section"] == section] == [funding_source]


def test_every_closed_subprogramme_says_what_became_of_it_where_a_later_structure_is_known():
    rows = rows_of("subprogrammes")
    followed = {(row["entity"], row["from_structure"], row["from_subprogramme"]) for row in rows_of("subprogramme_succession")}
    later = {row["entity"] for row in rows if not row["valid_to"]}
    closed = {(row["entity"], row["structure"], row["subprogramme"]) for row in rows if row["valid_to"] and row["entity"] in later}
    assert closed == followed


def test_ece_subprogrammes_of_2004_and_of_today():
    def names(day):
        return {row["name"]: row["subprogramme"] for row in on_day("subprogrammes", day) if row["entity"] == "ECE"}

    distributed = {"Environment", "Transport", "Statistics", "Sustainable energy", "Trade development", "Industrial restructuring and enterprise development"}
    assert distributed <= set(names("2004-06-30"))
    assert set(names("2004-06-30").values()).isdisjoint(names("2023-01-01").values()), "codes of 2004 must not be mistaken for later numbers"
    assert names("2023-01-01")["Environment"] == "1" and names("2023-01-01")["Housing, land management and population"] == "8"
    assert len(names("2009-06-30")) == len(names("2019-01-01")) == len(names("2027-12-31")) == 8


def test_country_codes_have_their_form():
    for row in rows_of("countries"):
        assert re.fullmatch(r"[A-Z]{2}", row["country"]), row
        assert re.fullmatch(r"([A-Z]{3})?", row["alpha3"]) and re.fullmatch(r"([0-9]{3})?", row["m49"]), row
        assert re.fullmatch(r"([A-Z]{4})?", row["iso3166_3"]), row
        assert row["name"] and row["m49_region"] and row["m49_region_name"] and row["m49_subregion"] and row["m49_subregion_name"], row
    for scheme in ("alpha3", "m49"):
        today = [row[scheme] for row in on_day("countries", "2025-01-01") if row[scheme]]
        assert len(today) == len(set(today))


@pytest.mark.parametrize(
    ("country", "day", "name"),
    [
        ("CS", "1992-12-31", "Czechoslovakia"),
        ("CS", "2000-01-01", None),
        ("CS", "2004-06-30", "Serbia and Montenegro"),
        ("CS", "2010-01-01", None),
        ("RS", "2004-06-30", None),
        ("RS", "2006-06-03", "Serbia"),
        ("SU", "1991-12-25", "Union of Soviet Socialist Republics"),
        ("KZ", "1991-12-26", "Kazakhstan"),
        ("YU", "1990-01-01", "Yugoslavia (Socialist Federal Republic of)"),
        ("YU", "2000-01-01", "Yugoslavia (Federal Republic of)"),
        ("SS", "2011-07-08", None),
        ("TL", "2002-05-20", "Timor-Leste"),
        ("NA", "2004-06-30", "Namibia"),
        ("TR", "2004-06-30", "Türkiye"),
        ("NL", "2024-06-30", "Netherlands (Kingdom of the)"),
        ("XA", "2004-06-30", "Illustrative place A"),
    ],
)
def test_a_country_code_means_what_it_meant_on_the_day(country, day, name):
    assert [row["name"] for row in on_day("countries", day) if row["country"] == country] == ([name] if name else [])


def test_regional_groups_hold_all_members_of_the_united_nations():
    today = Counter(row["un_regional_group"] for row in on_day("countries", "2025-01-01") if row["un_regional_group"] and row["country"] != "PS")
    today.pop("ILLUSTRATIVE")
    # 193 Members; Türkiye, Israel and the United States with the Western European and others Group.
    assert today == {"AFRICAN_GROUP": 54, "ASIA_PACIFIC_GROUP": 54, "EASTERN_EUROPEAN_GROUP": 23, "GRULAC": 33, "WEOG": 29}


def test_every_region_of_a_country_and_every_group_is_in_the_region_map():
    regions = defaultdict(dict)
    for row in rows_of("region_map"):
        regions[row["region_scheme"]][row["region"]] = row
    for scheme in ("m49_region", "m49_subregion", "un_regional_group", "dac_region"):
        assert values("countries", scheme) - {""} <= set(regions[scheme])
        assert values("country_groups", "country_group") | {"GLOBAL", "INTERREGIONAL", "REGIONAL", "UNALLOCATED", "UNKNOWN"} <= set(regions[scheme])
    assert "NOT_ON_DAC_LIST" in regions["dac_region"] and "NO_REGIONAL_GROUP" in regions["un_regional_group"]
    assert {"country", "subregional", "regional", "interregional", "global", "UNALLOCATED", "UNKNOWN"} <= set(regions["project_scope"])
    for row in rows_of("countries"):
        assert regions["m49_region"][row["m49_region"]]["region_name"] == row["m49_region_name"]
        assert regions["m49_subregion"][row["m49_subregion"]]["region_name"] == row["m49_subregion_name"]
    for scheme, rows in regions.items():
        parents = regions["m49_region"] if scheme == "m49_subregion" else rows
        assert {row["parent_region"] for row in rows.values()} - {""} <= set(parents)


def test_a_code_is_either_a_country_or_a_group_or_a_word_for_everywhere():
    countries = values("countries", "country") | values("countries", "alpha3") - {""}
    groups = values("country_groups", "country_group")
    special = {"GLOBAL", "INTERREGIONAL", "REGIONAL", "UNALLOCATED", "UNKNOWN"}
    assert countries.isdisjoint(groups) and countries.isdisjoint(special) and groups.isdisjoint(special)
    assert {label.upper() for label in values("country_aliases", "label")}.isdisjoint(countries | groups | special)


def test_members_of_groups_existed_while_they_belonged():
    existed = defaultdict(list)
    for row in rows_of("countries"):
        existed[row["country"]].append((row["valid_from"], row["valid_to"] or OPEN_END))
    for row in rows_of("country_group_members"):
        assert row["date_precision"] in {"day", "month", "year"} and row["membership_kind"], row
        belonged = (row["valid_from"], row["valid_to"] or OPEN_END)
        assert any(start < belonged[1] and belonged[0] < end for start, end in existed[row["country"]]), row
        assert belonged[1] <= max(end for _, end in existed[row["country"]]), row


@pytest.mark.parametrize(
    ("group", "day", "count"),
    [
        ("EU", "2004-04-30", 15),
        ("EU", "2004-05-01", 25),
        ("EU", "2007-01-01", 27),
        ("EU", "2013-07-01", 28),
        ("EU", "2020-01-31", 28),
        ("EU", "2020-02-01", 27),
        ("SPECA", "2001-01-01", 5),
        ("SPECA", "2004-06-30", 6),  # six States, https://www.un.org/Depts/rcnyo/NL16/actece.htm
        ("SPECA", "2020-01-01", 7),
        ("UNECE", "1991-01-01", 34),  # "34 States in 1991", https://unece.org/geographical-scope
        ("UNECE", "2004-06-30", 55),
        ("UNECE", "2025-01-01", 56),
        ("CIS", "2008-01-01", 12),
        ("CIS", "2010-01-01", 11),
        ("EECCA", "2004-06-30", 12),
        ("CENTRAL_ASIA", "2009-01-01", 5),
        ("CENTRAL_ASIA_AF", "2021-01-01", 6),
        ("ESCAP", "2025-01-01", 62),  # 53 members and 9 associate members, https://www.unescap.org/about
        ("ECONOMIES_IN_TRANSITION", "2004-06-30", 27),
        ("ECONOMIES_IN_TRANSITION", "2005-06-30", 19),
        ("ECONOMIES_IN_TRANSITION", "2025-01-01", 17),
        ("SECI", "2004-06-30", 12),
        ("STABILITY_PACT", "2004-06-30", 8),
        ("CEI", "2004-06-30", 17),
        ("BSEC", "2004-04-15", 11),
        ("BSEC", "2004-06-30", 12),
        ("OSCE", "2025-01-01", 57),
        ("LDC", "2001-04-30", 49),  # https://news.un.org/en/story/2001/04/2422-senegal-added-un-list-least-developed-countries
        ("LDC", "2004-06-30", 50),
        ("LDC", "2025-01-01", 44),
        ("LLDC", "2025-01-01", 32),
        ("SCO", "2025-01-01", 10),
        ("ECO", "2025-01-01", 10),
        ("EAEU", "2025-01-01", 5),
        ("CSTO", "2025-01-01", 6),
    ],
)
def test_groups_had_as_many_members_as_they_say(group, day, count):
    assert len(members(group, day)) == count


def test_groups_know_who_joined_and_who_left():
    assert {"KZ", "KG", "TJ", "UZ"} <= members("SPECA", "1998-12-31")
    assert "GE" in members("CIS", "2008-01-01") and "GE" not in members("CIS", "2010-01-01")
    assert "CS" in members("UNECE", "2004-06-30") and {"RS", "ME"} & members("UNECE", "2004-06-30") == set()
    kinds = {(row["country"], row["valid_from"]): row["membership_kind"] for row in rows_of("country_group_members") if row["country_group"] == "CIS"}
    assert kinds["TM", "1991-12-21"] == "member" and kinds["TM", "2005-08-26"] == "associate"
    assert {"AZ", "TM"} <= members("SPECA", "2004-06-30") and "AF" not in members("SPECA", "2004-06-30") and "AF" in members("SPECA", "2020-01-01")
    assert "RU" not in members("ESCAP", "1991-12-25") and "GE" not in members("ESCAP", "2000-07-24") and "GE" in members("ESCAP", "2000-07-25")
    left = {
        "BW": "1994-12-19",
        "CV": "2007-12-20",
        "MV": "2011-01-01",
        "WS": "2014-01-01",
        "GQ": "2017-06-04",
        "VU": "2020-12-04",
        "BT": "2023-12-13",
        "ST": "2024-12-13",
    }
    ends = {row["country"]: row["valid_to"] for row in rows_of("country_group_members") if row["country_group"] == "LDC" and row["valid_to"]}
    assert left.items() <= ends.items()


def test_names_that_are_misread_go_to_the_country_they_meant():
    aliases = {row["label"]: row["country"] for row in rows_of("country_aliases")}
    assert aliases["Czechoslovakia"] == aliases["Serbia and Montenegro"] == "CS"
    assert aliases["Democratic Yemen"] == "YD" and aliases["USSR"] == "SU"
    folded = Counter((row["label"].casefold(), row["country"]) for row in rows_of("country_aliases"))
    assert max(folded.values()) == 1


def test_rates_are_taken_in_the_order_of_the_rule():
    order = [
        (row["rate_kind"], row["rate_source"], row["max_age_days"])
        for row in sorted(rows_of("rate_order"), key=lambda row: int(row["priority"]))
        if row["entity"] == "*"
    ]
    assert order[0] == ("effective_from", "*", "45") and order[1] == ("daily", "*", "7")
    assert order[2][0] == "monthly_average" and order[3][:2] == ("daily", "ecb_reference_rates")


def test_redenominations_are_amounts_of_old_currency_per_unit_of_the_new():
    rows = {(row["currency_from"], row["currency_to"]): row for row in rows_of("redenominations")}
    for (old, new), row in rows.items():
        assert re.fullmatch(r"[A-Z]{3}", old) and re.fullmatch(r"[A-Z]{3}", new) and old != new
        assert Decimal(row["units_from_per_unit_to"]) > 0
        date.fromisoformat(row["effective_on"])
    assert rows["TRL", "TRY"]["units_from_per_unit_to"] == "1000000" and rows["TRL", "TRY"]["effective_on"] == "2005-01-01"
    assert Decimal(rows["BYB", "BYR"]["units_from_per_unit_to"]) * Decimal(rows["BYR", "BYN"]["units_from_per_unit_to"]) == 10_000_000
    assert rows["DEM", "EUR"]["units_from_per_unit_to"] == "1.95583"


def test_a_currency_replaced_twice_has_a_row_for_each_successor():
    rows = {(row["currency_from"], row["currency_to"]): row for row in rows_of("redenominations")}
    for (old, middle), first in rows.items():
        for (again, new), second in rows.items():
            if again == middle:
                whole = rows[old, new]
                assert Decimal(whole["units_from_per_unit_to"]) == Decimal(first["units_from_per_unit_to"]) * Decimal(second["units_from_per_unit_to"])
                assert whole["effective_on"] == second["effective_on"]
                assert whole["kind"] == ("adoption" if "adoption" in (first["kind"], second["kind"]) else "unit_change")


def test_the_euro_is_adopted_and_only_the_unit_of_the_others_changes():
    adopted = {row["currency_to"] for row in rows_of("redenominations") if row["kind"] == "adoption"}
    assert adopted == {"EUR", "ZWG"}
    assert {row["kind"] for row in rows_of("redenominations") if row["currency_to"] == "EUR"} == {"adoption"}


@pytest.mark.parametrize(
    ("country", "day", "status"),
    [
        ("KG", "2000-12-12", None),
        ("KG", "2003-11-01", "party"),  # deposited on 2 October 2003, in force on the thirtieth day after
        ("KG", "2003-10-31", "signatory"),
        ("AL", "2003-09-28", "signatory"),  # ratified in 2002, but the Convention itself was not in force
        ("AL", "2003-09-29", "party"),
        ("CH", "2006-11-25", "signatory"),
        ("CH", "2006-11-26", "party"),  # https://www.fedlex.admin.ch, SR 0.311.54
        ("KZ", "2004-06-30", "signatory"),
        ("TM", "2005-04-26", None),
        ("TM", "2005-04-27", "party"),
        ("CS", "2004-06-30", "party"),
        ("RS", "2004-06-30", None),
        ("RS", "2006-06-03", "party"),
    ],
)
def test_a_state_is_bound_from_the_thirtieth_day_after_its_deposit(country, day, status):
    found = [row["status"] for row in on_day("treaty_status", day) if (row["country"], row["instrument"]) == (country, "UNTOC")]
    assert found == ([status] if status else [])


def test_instruments_legal_systems_and_treaty_status_refer_to_what_is_there():
    assert values("treaty_status", "instrument") <= values("instruments", "instrument")
    assert values("instruments", "parent_instrument") - {""} <= values("instruments", "instrument")
    assert values("treaty_status", "country") | values("country_legal_systems", "country") <= values("countries", "country")
    assert values("treaty_status", "status") == {"party", "signatory"}
    europe_and_central_asia = (members("UNECE", "2005-01-01") | {"AF"}) - {"CS"}
    assert europe_and_central_asia <= values("treaty_status", "country") | {"YU"}
    assert europe_and_central_asia <= values("country_legal_systems", "country")


def test_illustrative_places_share_no_legal_system_with_states():
    systems = defaultdict(set)
    for row in rows_of("country_legal_systems"):
        systems[row["country"][0] == "X" and row["country"] != "XK"].add(row["legal_system"])
    assert systems[True].isdisjoint(systems[False]) and systems[False] == {"civil_law", "common_law", "mixed"}


def test_obligations_are_met_within_their_window_or_say_nothing():
    for row in rows_of("reporting_obligations"):
        assert row["kind"] in {"meeting", "report", "review", "briefing"}, row
        assert row["recurrence"] in {"once", "annual", "semi_annual", "biennial"}, row
        assert date.fromisoformat(row["period_start"]) <= date.fromisoformat(row["due_on"]), row
        assert not row["fulfilled_on"] or (row["fulfilled_by"] and row["period_start"] <= row["fulfilled_on"]), row


def functions_of(programme):
    return {row["function_code"]: row for row in rows_of("mandates") if row["programme"] == programme and row["mandate_level"] == "function"}


def test_the_framework_of_both_programmes_is_whole():
    first, second = functions_of("UNRCCA-2009-2011"), functions_of("UNRCCA-2021-2025")
    assert set(first) == {f"{objective}.{number}" for objective in "123" for number in "123"} and set(second) == {"I", "II", "III", "IV", "V"}
    assert all(code.startswith(row["objective"]) for code, row in first.items()) and all(code == row["priority"] for code, row in second.items())
    activities = Counter(row["function_code"] for row in rows_of("mandates") if row["mandate_level"] == "activity")
    assert activities == {
        "1.1": 6, "1.2": 5, "1.3": 3, "2.1": 2, "2.2": 2, "2.3": 3, "3.1": 3, "3.2": 4, "3.3": 5, "I": 13, "II": 7, "III": 5, "IV": 6, "V": 6,
    }  # fmt: skip


def test_functions_that_correspond_do_so_both_ways():
    functions = functions_of("UNRCCA-2009-2011") | functions_of("UNRCCA-2021-2025")
    for code, row in functions.items():
        assert row["counterpart"], code
        for other in row["counterpart"].split("|"):
            assert code in functions[other]["counterpart"].split("|") and functions[other]["programme"] != row["programme"]
    for row in rows_of("mandates"):
        if row["mandate_level"] == "activity":
            assert set(row["counterpart"].split("|")) - {""} <= set(functions), row


def test_what_a_programme_owes_stands_among_the_obligations():
    owed = {row["obligation"] for row in rows_of("mandates")} - {""}
    assert owed == {row["obligation"] for row in rows_of("reporting_obligations") if row["body"] == "UNRCCA"}
    assert all(row["activity_type"] for row in rows_of("mandates") if row["obligation"])


def test_partners_named_in_a_programme_are_partners():
    programmes = values("mandates", "programme")
    named = {programme: {row["partner"] for row in rows_of("partners") if programme in row["named_in"].split("|")} for programme in programmes}
    assert {"OSCE", "CIS", "SCO", "ECO", "EU", "UNAMA", "WORLD_BANK", "IMF"} <= named["UNRCCA-2009-2011"]
    assert {"RATS_SCO", "CSTO", "CARICC", "CICA", "IFAS", "ICWC", "UNOCT", "UNCCT", "OHCHR", "UNODC", "ECE", "ESCAP"} <= named["UNRCCA-2021-2025"]
    assert values("partners", "named_in") - {"", "|".join(sorted(programmes))} <= programmes


def test_alert_lines_lie_beyond_watch_lines():
    for row in rows_of("warning_thresholds"):
        watch, alert, margin = (Decimal(row[column]) for column in ("watch_threshold", "alert_threshold", "clear_margin"))
        assert (alert > watch) == (row["direction"] == "above") and alert != watch and margin >= 0, row
        assert (row["rule"] == "change") == bool(row["trailing_periods"]) and int(row["consecutive_periods"]) >= 1, row
        assert row["rule"] in {"level", "change"} and row["frequency"] in {"year", "half_year", "quarter", "month", "day"}, row
