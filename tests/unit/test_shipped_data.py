"""The data shipped in data/raw: well formed, cited, and adding up to what its documents print.

Everything here is computed from the CSV files alone, so that it says whether the data or the warehouse is wrong.
"""

from __future__ import annotations

import csv
import hashlib
import re
from collections import defaultdict
from datetime import date
from decimal import ROUND_HALF_EVEN, Decimal
from pathlib import Path

import polars as pl
import pytest
import yaml
from lxml import etree

from pipelines.contracts import SOURCES
from pipelines.contracts.iati import ILLUSTRATIVE

ROOT = Path(__file__).parents[2]
RAW = ROOT / "data/raw"
SEEDS = ROOT / "data/seeds"
FILES = sorted(RAW.glob("*/*.csv"))
ACTIVITY_FILES = sorted(RAW.glob("iati/*.xml"))
ALLOCATIONS = RAW / "subprogramme_allocations"
COMMON = {"book", "record_basis", "source_symbol", "source_address", "as_of", "rounding_unit"}
NUMBERS = {"amount", "quantity", "value", "value_upper", "rounding_unit", "tolerance", "usd_per_unit", "budget_amount", "cost_amount", "adviser_days"}
CENT = Decimal("0.01")


def rows_of(*parts: str) -> list[dict[str, str]]:
    """Rows of one shipped file, or of all files of one source."""
    path = RAW.joinpath(*parts)
    files = sorted(path.glob("*.csv")) if path.is_dir() else [path]
    rows = []
    for file in files:
        with file.open(encoding="utf-8", newline="") as lines:
            rows.extend(csv.DictReader(lines))
    return rows


def totals(rows: list[dict[str, str]], *columns: str, amount: str = "amount") -> dict[tuple[str, ...], Decimal]:
    """Sums of a column per group."""
    sums: dict[tuple[str, ...], Decimal] = defaultdict(Decimal)
    for row in rows:
        sums[tuple(row[column] for column in columns)] += Decimal(row[amount])
    return dict(sums)


def parts_of(split: str) -> list[tuple[str, Decimal]]:
    """Parts of a split with their percentages; without shares, equal ones."""
    parts = [part.partition(":") for part in split.split("|")]
    return [(code, Decimal(share) if share else Decimal(100) / len(parts)) for code, _, share in parts]


def test_data_are_shipped_for_sources_of_the_warehouse_only():
    folders = {file.parent.name for file in FILES}
    assert folders <= set(SOURCES) and len(folders) >= 15


@pytest.mark.parametrize("file", FILES, ids=lambda file: f"{file.parent.name}/{file.name}")
def test_a_file_is_plain_utf8_in_the_contracts_own_columns(file):
    frame = pl.read_csv(file, infer_schema=False)
    assert frame.height > 0 and not file.read_bytes().startswith(b"\xef\xbb\xbf")
    contract = SOURCES[file.parent.name].schema.columns()
    assert set(frame.columns) <= set(contract) | COMMON
    for column, declared in contract.items():
        if (declared.metadata or {}).get("required"):
            assert column in frame.columns, column
    for column in NUMBERS & set(frame.columns):
        odd = [value for value in frame[column].drop_nulls() if not re.fullmatch(r"-?\d+(\.\d+)?", value)]
        assert odd == [], column


@pytest.mark.parametrize("file", FILES, ids=lambda file: f"{file.parent.name}/{file.name}")
def test_a_row_says_what_it_rests_on(file):
    for row in rows_of(file.parent.name, file.name):
        assert row["record_basis"] in ("published", "illustrative")
        assert row["source_symbol"] or row["source_address"]
        if row["record_basis"] == "illustrative":
            assert "Constructed" in row["source_symbol"] and row["source_address"] == ""
        else:
            # the record of the meeting of 2006 is known as a text without an address or a date
            assert row["source_address"].startswith("http") or file.name == "ecesa-principals-meeting-2006.csv"
        if file.parent.name != "published_figures" and file.name != "ecesa-principals-meeting-2006.csv":
            assert date.fromisoformat(row["as_of"])


@pytest.mark.parametrize("file", ACTIVITY_FILES, ids=lambda file: file.name)
def test_every_activity_of_a_shipped_file_says_that_it_is_illustrative(file):
    activities = etree.parse(file).findall("iati-activity")
    said = [activity.findtext("description/narrative") for activity in activities]
    assert len(said) >= 8 and all(text.startswith(ILLUSTRATIVE) for text in said)


@pytest.mark.parametrize("file", [*FILES, *ACTIVITY_FILES], ids=lambda file: f"{file.parent.name}/{file.name}")
def test_a_file_has_its_provenance_beside_it(file):
    said = yaml.safe_load(file.with_name(file.name + ".provenance.yml").read_text(encoding="utf-8"))
    assert set(said) == {"title", "citation", "address", "accessed_on", "licence", "read_how", "choices", "sha256"}
    assert all(said.values())
    assert said["sha256"] == hashlib.sha256(file.read_bytes()).hexdigest(), "the file changed: read its provenance again and write the new sha256"


def test_keys_are_unique_within_each_source():
    for name in {file.parent.name for file in FILES}:
        source, rows = SOURCES[name], rows_of(name)
        if source.key_given_by:
            rows = [row for row in rows if row[source.key_given_by]]
        keys = [tuple(row.get(column, "") for column in source.key) for row in rows]
        assert not source.key or len(keys) == len(set(keys)), name


# --- real figures


def test_the_extrabudgetary_programme_of_work_of_ece_in_2023_is_as_printed():
    lines = [
        row
        for row in rows_of("subprogramme_allocations", "ece-programme-budget-2019-2025.csv")
        if row["fiscal_year"] == "2023" and row["funding_source"] == "extrabudgetary"
    ]
    assert totals(lines, "budget_component") == {
        ("programme_of_work",): Decimal(18754400),
        ("executive_direction",): Decimal(2610500),
        ("programme_support",): Decimal(1351600),
    }
    work = {row["subprogramme"]: Decimal(row["amount"]) for row in lines if row["budget_component"] == "programme_of_work"}
    assert len(work) == 8 and work["1"] == 11691300 and work["2"] == 2318800


# Printed totals: programme of work (component B), then the whole section.
PRINTED = {
    ("2019", "other_regular_budget"): (26269100, 33588400),
    ("2020", "other_regular_budget"): (26406900, 33726200),
    ("2021", "other_regular_budget"): (27572500, 35345600),
    ("2022", "other_regular_budget"): (28230400, 36269200),
    ("2023", "other_regular_budget"): (29124400, 37804100),
    ("2024", "other_regular_budget"): (29002900, 36841400),
    ("2025", "other_regular_budget"): (30495700, 37947700),
    ("2019", "extrabudgetary"): (18588200, 19690600),
    ("2020", "extrabudgetary"): (16359500, 17824600),
    ("2021", "extrabudgetary"): (16599000, 19665400),
    ("2022", "extrabudgetary"): (18365300, 21827800),
    ("2023", "extrabudgetary"): (18754400, 22716500),
    ("2024", "extrabudgetary"): (24115100, 27825200),
    ("2025", "extrabudgetary"): (22501400, 27457400),
}


def test_subprogrammes_add_to_the_printed_programme_of_work_within_its_rounding():
    rows = rows_of("subprogramme_allocations", "ece-programme-budget-2019-2025.csv")
    work = totals([row for row in rows if row["budget_component"] == "programme_of_work"], "fiscal_year", "funding_source")
    whole = totals(rows, "fiscal_year", "funding_source")
    assert set(work) == set(whole) == set(PRINTED)
    for group, (programme_of_work, section) in PRINTED.items():
        assert abs(work[group] - programme_of_work) <= 100 and abs(whole[group] - section) <= 100, group
    assert all(work[group] == printed[0] for group, printed in PRINTED.items() if group[1] == "extrabudgetary")


def test_section_23_adds_to_its_printed_totals_and_differs_from_open_un_org_in_2020():
    fascicle = totals(rows_of("subprogramme_allocations", "rptc-section-23-2020-2025.csv"), "fiscal_year")
    printed = {"2020": 34980500, "2021": 35678300, "2022": 38826200, "2023": 42884100}
    assert all(abs(fascicle[year,] - total) <= 100 for year, total in printed.items())
    listed = totals([row for row in rows_of("subprogramme_allocations", "open-un-org-2019-2023.csv") if row["funding_source"] == "rptc"], "fiscal_year")
    assert listed["2020",] == 36435667
    assert listed["2020",] - fascicle["2020",] == 1455167
    assert all(abs(listed[year,] - fascicle[year,]) <= 100 for year in ("2021", "2022", "2023"))


def test_trust_funds_of_ece_add_to_their_schedules():
    sums = totals(rows_of("subprogramme_allocations", "ece-trust-funds-2017-2024.csv"), "fiscal_year")
    assert {year: int(total) for (year,), total in sums.items()} == {
        "2017": 14146668,
        "2018": 15254376,
        "2019": 19342650,
        "2020": 15150176,
        "2021": 18793726,
        "2022": 21147615,
        "2023": 21796838,
        "2024": 26948823,
    }


def test_open_un_org_gives_ece_its_three_kinds_of_money_in_every_year():
    rows = [row for row in rows_of("subprogramme_allocations", "open-un-org-2019-2023.csv") if row["entity"] == "ECE"]
    sums = {group: int(total) for group, total in totals(rows, "fiscal_year", "funding_source").items()}
    assert sums == {
        ("2019", "other_regular_budget"): 33588400,
        ("2020", "other_regular_budget"): 33726162,
        ("2021", "other_regular_budget"): 35345581,
        ("2022", "other_regular_budget"): 36273867,
        ("2023", "other_regular_budget"): 37804121,
        ("2019", "rptc"): 1632900,
        ("2020", "rptc"): 2059308,
        ("2021", "rptc"): 2018910,
        ("2022", "rptc"): 2334231,
        ("2023", "rptc"): 2536798,
        ("2019", "trust_fund"): 19341320,
        ("2020", "trust_fund"): 15112699,
        ("2021", "trust_fund"): 18590726,
        ("2022", "trust_fund"): 21147615,
        ("2023", "trust_fund"): 21793742,
    }


def test_a_book_states_a_figure_on_one_accounting_basis_and_in_one_edition():
    bases, editions = defaultdict(set), defaultdict(set)
    for row in rows_of("subprogramme_allocations"):
        group = row["book"], row["entity"], row["measure"], row["fiscal_year"], row["record_basis"]
        bases[group].add(row["accounting_basis"])
        editions[*group, row["funding_source"]].add(row["as_of"])
    assert all(len(found) == 1 for found in bases.values())
    # an older edition beside a newer one would drop its lines from the totals
    assert all(len(found) == 1 for found in editions.values())


def test_two_editions_print_the_plans_of_2025_and_some_differ():
    plans = defaultdict(dict)
    for row in rows_of("deliverables"):
        if row["status"] == "planned" and row["fiscal_year"] == "2025":
            plans[row["deliverable"], row["subprogramme"]][row["as_of"]] = Decimal(row["quantity"])
    both = {key: found for key, found in plans.items() if len(found) == 2}
    assert len(both) == 18
    assert {key for key, found in both.items() if len(set(found.values())) == 2} == {("seminars_workshops_training", "8")}


def test_deliverables_add_to_the_figures_of_their_tables():
    sums = totals(rows_of("deliverables"), "deliverable", "fiscal_year", "status", "as_of", amount="quantity")
    assert sums["technical_cooperation_projects", "2024", "actual", "2025-04-30"] == 15
    assert sums["technical_cooperation_projects", "2025", "actual", "2026-04-30"] == 12
    assert sums["technical_cooperation_projects", "2027", "planned", "2026-04-30"] == 20
    assert sums["seminars_workshops_training", "2024", "actual", "2025-04-30"] == 194
    assert sums["seminars_workshops_training", "2025", "actual", "2026-04-30"] == 104
    assert sums["fact_finding_missions", "2025", "actual", "2026-04-30"] == 1
    assert {row["fiscal_year"] for row in rows_of("deliverables") if row["status"] == "planned"} == {"2024", "2025", "2026", "2027"}


# --- illustrative records


def spending_of_2004() -> tuple[Decimal, dict[str, Decimal], set[str]]:
    """Expenditure of 2004 in US dollars: total, by subprogramme, and the projects that spent."""
    rates = {(row["currency"], row["rate_date"][:7]): Decimal(row["usd_per_unit"]) for row in rows_of("exchange_rates")}
    projects = {row["project_id"]: row for row in rows_of("trust_fund_projects")}
    total, by_subprogramme, spending = Decimal(0), defaultdict(Decimal), set()
    for row in rows_of("project_transactions", "illustrative-2004.csv"):
        if row["transaction_type"] != "expenditure":
            continue
        rate = Decimal(1) if row["currency"] == "USD" else rates[row["currency"], (row["value_date"] or row["transaction_date"])[:7]]
        usd = (Decimal(row["amount"]) * rate).quantize(CENT, ROUND_HALF_EVEN)
        total += usd
        spending.add(row["project_id"])
        for code, share in parts_of(row["subprogrammes"] or projects[row["project_id"]]["subprogrammes"]):
            by_subprogramme[code] += usd * share / 100
    return total, by_subprogramme, spending


def test_the_illustrative_records_fit_the_six_statements_of_2004():
    total, by_subprogramme, spending = spending_of_2004()
    assert abs(total - 6000000) <= 500000  # about 6 million, half of its rounding unit
    assert len(spending) == 44 == len(rows_of("trust_fund_projects", "illustrative-2004.csv"))
    assert by_subprogramme["ENVIRONMENT"] * 100 / total > 54  # more than 50 per cent, with room
    assert abs(by_subprogramme["TRANSPORT"] * 100 / total - 14) <= Decimal("0.7")  # around 14 per cent
    undertaken = [row for row in rows_of("missions") if (row["mission_type"], row["status"]) == ("advisory", "undertaken")]
    assert len(undertaken) > 70 and all(row["on_request"] == "yes" for row in undertaken)
    allotments = rows_of("subprogramme_allocations", "illustrative-rptc-2004.csv")
    assert abs(sum(Decimal(row["amount"]) for row in allotments) - 1000000) <= 100000
    assert {row["subprogramme"] for row in allotments} == {
        "ENVIRONMENT",
        "TRANSPORT",
        "STATISTICS",
        "SUSTAINABLE_ENERGY",
        "TRADE_DEVELOPMENT",
        "INDUSTRIAL_RESTRUCTURING",
    }


def test_illustrative_money_and_missions_of_ece_are_the_only_ones_of_2004_and_2005():
    for name in ("subprogramme_allocations", "project_transactions", "missions"):
        for row in rows_of(name):
            year = row.get("fiscal_year") or row.get("transaction_date", row.get("start_date", ""))[:4]
            assert year not in ("2004", "2005") or row["record_basis"] == "illustrative", row


def test_splits_add_to_100_and_use_codes_of_the_seeds():
    seed = {name: list(csv.DictReader((SEEDS / f"{name}.csv").open(encoding="utf-8"))) for name in ("countries", "country_groups", "subprogrammes")}
    groups = {row["country_group"] for row in seed["country_groups"]} | {"GLOBAL", "INTERREGIONAL"}

    def is_known(column: str, code: str, day: str) -> bool:
        code_column, rows = ("subprogramme", seed["subprogrammes"]) if column == "subprogrammes" else ("country", seed["countries"])
        here = [row for row in rows if row[code_column] == code and row.get("entity", "ECE") == "ECE"]
        return (column != "subprogrammes" and code in groups) or sum(
            row["valid_from"] <= day and (not row["valid_to"] or day < row["valid_to"]) for row in here
        ) == 1

    used = 0
    for name, row_date in (("trust_fund_projects", "start_date"), ("project_transactions", "transaction_date"), ("missions", "start_date")):
        for row in rows_of(name):
            for column in ("subprogrammes", "recipients", "donors"):
                if not row.get(column):
                    continue
                parts = parts_of(row[column])
                assert abs(sum(share for _, share in parts) - 100) < CENT
                assert len({code for code, _ in parts}) == len(parts)
                assert all(is_known(column, code, row[row_date]) for code, _ in parts), (column, row)
                used += 1
    assert used > 200


def test_priority_areas_and_partners_are_those_of_the_seeds():
    areas, partners = (
        {row[column] for row in csv.DictReader((SEEDS / f"{name}.csv").open(encoding="utf-8"))}
        for name, column in (("priority_areas", "priority_area"), ("partners", "partner"))
    )
    rows = rows_of("trust_fund_projects") + rows_of("missions")
    assert {row["priority_area"] for row in rows_of("trust_fund_projects", "illustrative-2004.csv")} == areas
    # the seven areas are ECE's: advice on criminal law has none
    assert all(row["priority_area"] in areas for row in rows if row["entity"] == "ECE" and "priority_area" in row)
    assert {partner for row in rows if row.get("partners") for partner in row["partners"].split("|")} <= partners


def test_illustrative_transactions_belong_to_a_running_project_and_come_in_several_currencies():
    projects = {row["project_id"]: row for row in rows_of("trust_fund_projects")}
    rows = rows_of("project_transactions")
    assert {row["currency"] for row in rows} == {"USD", "EUR", "CHF"}
    assert {row["transaction_type"] for row in rows} == {"pledge", "contribution", "commitment", "expenditure", "refund"}
    for row in rows:
        project = projects[row["project_id"]]
        assert project["start_date"] <= row["transaction_date"] and row["transaction_date"][:4] in ("2004", "2005")
        if row["transaction_type"] == "expenditure":
            assert row["transaction_date"] <= project["end_date"]


# --- statements


def verdict_by_hand(statement: dict[str, str]) -> str | None:
    """Verdict on an `eq` value whose lines stand in the shipped files, by default bounds; None where this test has no lines for it.

    Bounds: half the statement's rounding unit, and half the unit of each published line added.
    """
    year, funding, subprogramme = statement["period_start"][:4], statement["funding_source"], statement["dimension_value"]
    if statement["comparator"] != "eq" or not year or year < "2017" or statement["period_end"][:4] != year:
        return None
    planned_or_actual, _, deliverable = statement["measure"].partition("_")
    if planned_or_actual in ("planned", "actual"):
        lines = [
            (Decimal(row["quantity"]), Decimal(row["rounding_unit"]), row["as_of"])
            for row in rows_of("deliverables")
            if (row["fiscal_year"], row["status"], row["deliverable"], row["subprogramme"]) == (year, planned_or_actual, deliverable, subprogramme)
        ]
        latest = max(as_of for _, _, as_of in lines)
        # whole things are counted, not rounded
        return "confirmed" if sum(quantity for quantity, _, as_of in lines if as_of == latest) == Decimal(statement["value"]) else "contradicted"
    lines = [
        (Decimal(row["amount"]), Decimal(row["rounding_unit"]))
        for row in rows_of("subprogramme_allocations")
        if (row["book"], row["entity"], row["fiscal_year"], row["funding_source"]) == (statement["book"], statement["entity"], year, funding)
        and row["measure"] + "_usd" == statement["measure"]
        and row["budget_component"] in ("programme_of_work", "unspecified")
        and (not subprogramme or row["subprogramme"] == subprogramme)
    ]
    if not lines:
        return "not_computable"
    bound = (Decimal(statement["rounding_unit"]) + sum(unit for _, unit in lines)) / 2
    return "confirmed" if abs(sum(amount for amount, _ in lines) - Decimal(statement["value"])) <= bound else "contradicted"


def expected_verdicts() -> dict[str, tuple[str, str]]:
    with (Path(__file__).parent / "expected_verdicts.csv").open(encoding="utf-8", newline="") as lines:
        return {row["figure_id"]: (row["verdict"], row["evidence"]) for row in csv.DictReader(lines)}


def test_each_statement_has_an_expected_verdict_that_the_lines_bear_out():
    statements = {row["figure_id"]: row for row in rows_of("published_figures")}
    expected = expected_verdicts()
    assert set(expected) == set(statements)
    by_hand = {figure_id: verdict_by_hand(row) for figure_id, row in statements.items()}
    assert {figure_id: verdict for figure_id, verdict in by_hand.items() if verdict not in (None, expected[figure_id][0])} == {}
    assert sum(verdict == "confirmed" for verdict in by_hand.values()) > 200


def test_the_ledger_has_independent_contradicted_and_untestable_statements():
    counts = defaultdict(int)
    for found in expected_verdicts().values():
        counts[found] += 1
    assert counts["confirmed", "illustrative"] == 6
    assert counts["confirmed", "independent"] >= 5
    assert counts["contradicted", "independent"] >= 1
    assert counts["not_computable", ""] >= 3


def test_independent_statements_stand_in_another_document_than_the_lines_they_are_tested_on():
    expected = expected_verdicts()
    documents = defaultdict(set)
    for row in rows_of("subprogramme_allocations"):
        documents[row["book"], row["entity"], row["fiscal_year"], row["funding_source"]].add(row["source_symbol"])
    tested = 0
    for row in rows_of("published_figures"):
        lines = documents.get((row["book"], row["entity"], row["period_start"][:4], row["funding_source"]), set())
        if lines and expected[row["figure_id"]][1] in ("independent", "same_document"):
            assert (row["source_symbol"] in lines) == (expected[row["figure_id"]][1] == "same_document"), row["figure_id"]
            tested += 1
    assert tested > 100


def test_a_contradicted_statement_says_why():
    expected = expected_verdicts()
    for row in rows_of("published_figures"):
        assert expected[row["figure_id"]][0] != "contradicted" or len(row["note"]) > 50


# --- needs and coordination


def test_nothing_illustrative_accuses_a_real_state():
    def is_invented(country: str) -> bool:
        return country[0] == "X" and "A" <= country[1] <= "J"

    for row in rows_of("assistance_requests"):
        assert row["status"] != "declined" or is_invented(row["country"]), row
    for row in rows_of("questionnaire_responses"):
        assert (row["responded_on"] and not row["provisions_not_met"]) or is_invented(row["country"]), row


def test_what_answers_a_request_names_one_that_is_there():
    requests = {row["request_id"]: row for row in rows_of("assistance_requests")}
    answers = [(row, row.get("request_id")) for row in rows_of("missions")] + [(row, row.get("request_ids")) for row in rows_of("trust_fund_projects")]
    answered = [(name, row["recipients"], row["start_date"]) for row, names in answers if names for name in names.split("|")]
    assert len(answered) > 12
    assert all(requests[name]["country"] == place and requests[name]["received_on"] <= day for name, place, day in answered)


def test_the_meeting_of_2006_has_bounds_and_no_day():
    rows = rows_of("action_points", "ecesa-principals-meeting-2006.csv")
    assert {(row["agreed_on"], row["agreed_not_before"], row["agreed_not_after"], row["due_on"]) for row in rows} == {("", "2006-06-30", "2006-07-12", "")}
    assert {row["responsible_entity"] for row in rows if row["locator"].startswith("conclusions")} == {"DESA"}
    assert all(row["locator"] and row["record_basis"] == "published" for row in rows)
