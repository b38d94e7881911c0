import polars as pl
import pytest

PROJECTS = "project_id,title,entity,subprogrammes,funding_source,start_date,status,currency,recipients,budget_amount\n"
TRANSACTIONS = "transaction_id,project_id,transaction_type,transaction_date,amount,currency\n"
ALLOCATIONS = "line_id,book,entity,fiscal_year,subprogramme,funding_source,measure,amount,currency,accounting_basis,as_of\n"
DELIVERABLES = "book,entity,fiscal_year,subprogramme,deliverable,status,quantity,unit,as_of\n"


def project(number, **change):
    row = {"title": "Water", "entity": "ECE", "sub": "1", "funding": "trust_fund", "start": "2023-01-01", "status": "active", "currency": "USD", "to": "KG"}
    row |= change
    return ",".join([number, *row.values(), row.get("budget", "")][:10]) + "\n"


def test_a_key_inside_one_delivery_rejects_every_row_that_has_it(landed):
    result = landed(
        {"project_transactions/t.csv": TRANSACTIONS + "T1,,expenditure,2023-01-01,1,USD\n".replace(",,", ",P1,") * 2 + "T2,P1,expenditure,2023-01-01,5,USD\n"}
    )
    assert result.rows("duplicate_key") == [("t.csv", 2, "T1"), ("t.csv", 3, "T1")]
    assert result.table("rejected_rows")["_source_row"].to_list() == [2, 3]
    money = result.table("delivered_amounts").row(0, named=True)
    assert (money["amount_delivered"], money["amount_quarantined"], money["rows_delivered"], money["rows_quarantined"]) == (7, 2, 3, 2)


def test_a_key_across_deliveries_names_the_other_row(landed):
    line = "T1,P1,expenditure,2023-01-01,1,USD\n"
    result = landed({"project_transactions/a.csv": TRANSACTIONS + line, "project_transactions/b.csv": TRANSACTIONS + line + "T2" + line[2:]})
    assert result.rows("duplicate_key") == [("a.csv", 2, "T1"), ("b.csv", 2, "T1")]
    remedies = result.table("quarantine").filter(pl.col("rule") == "duplicate_key").sort("source_file")["remedy"].to_list()
    assert "row 2 of project_transactions/b.csv" in remedies[0] and "row 2 of project_transactions/a.csv" in remedies[1]


def test_a_key_that_stands_often_names_the_first_and_the_last_of_the_others(landed):
    result = landed({"project_transactions/a.csv": TRANSACTIONS + "T1,P1,expenditure,2023-01-01,1,USD\n" * 9})
    remedies = result.table("quarantine").filter(pl.col("rule") == "duplicate_key").sort("source_row")["remedy"].to_list()
    here = "project_transactions/a.csv"
    assert [remedy.partition("stands in ")[2] for remedy in (remedies[0], remedies[4], remedies[8])] == [
        f"row 10 of {here} and 7 more",
        f"row 2 of {here}, row 10 of {here} and 6 more",
        f"row 2 of {here} and 7 more",
    ]


@pytest.mark.parametrize(("times", "said"), [(2, ["4", "2"]), (3, ["6 and 1 more", "2, 6", "2 and 1 more"])])
def test_a_key_names_its_twins_in_other_rows(landed, times, said):
    lines = ["T1,P1,expenditure,2023-01-01,1,USD\n", "X{},P1,expenditure,2023-01-01,1,USD\n"]
    text = "".join(lines[0] + lines[1].format(number) for number in range(times))
    result = landed({"project_transactions/a.csv": TRANSACTIONS + text})
    remedies = result.table("quarantine").filter(pl.col("rule") == "duplicate_key").sort("source_row")["remedy"].to_list()
    assert [remedy.partition("stands in ")[2].replace("row ", "").replace(" of project_transactions/a.csv", "") for remedy in remedies] == said


def test_of_very_many_twins_only_the_file_is_named(landed, monkeypatch):
    monkeypatch.setattr("pipelines.judging.keys._TWINS_NAMED_BY_ROW", 1)
    line = "T1,P1,expenditure,2023-01-01,1,USD\n"
    result = landed({"project_transactions/a.csv": TRANSACTIONS + line, "project_transactions/b.csv": TRANSACTIONS + line + "T2" + line[2:]})
    remedies = result.table("quarantine").filter(pl.col("rule") == "duplicate_key").sort("source_file")["remedy"].to_list()
    assert [remedy.partition("stands in ")[2] for remedy in remedies] == ["project_transactions/b.csv", "project_transactions/a.csv"]


def test_an_empty_part_of_a_key_equals_an_empty_one(landed):
    line = "programme_budget,ECE,2024,,publications,planned,3,publications,\n"
    assert len(landed({"deliverables/d.csv": DELIVERABLES + line * 2}).rows("duplicate_key")) == 2


def test_another_edition_is_another_key(landed):
    lines = [f"programme_budget,ECE,2024,1,publications,planned,3,publications,{day}\n" for day in ("2025-05-01", "2026-05-01")]
    assert landed({"deliverables/d.csv": DELIVERABLES + "".join(lines)}).rows("duplicate_key") == []


def test_ledger_lines_have_a_key_only_where_the_deliverer_numbers_them(landed):
    line = ",programme_budget,ECE,2023,1,rptc,expenditure,5,USD,,\n"
    result = landed({"subprogramme_allocations/a.csv": ALLOCATIONS + line * 2 + "L1" + line + "L1" + line})
    assert [row[1] for row in result.rows("duplicate_key")] == [4, 5]


def test_an_unknown_project_is_one_warning_per_value_and_loads(landed):
    result = landed({"project_transactions/t.csv": TRANSACTIONS + "".join(f"T{i},P9,expenditure,2023-01-01,1,USD\n" for i in range(5))})
    assert result.rows("unknown_project") == [("t.csv", 2, "P9")]
    assert "5 rows" in result.table("quarantine")["remedy"][0]
    assert result.summary.rows_loaded == 5


def test_a_project_that_was_quarantined_is_unknown(landed):
    result = landed(
        {
            "trust_fund_projects/p.csv": PROJECTS + project("P1", to="KG:60|TJ:39") + project("P2") + project("P3") * 2,
            "project_transactions/t.csv": TRANSACTIONS + "".join(f"T{i},P{i},expenditure,2023-01-01,1,USD\n" for i in (1, 2, 3)),
        }
    )
    assert result.rows("unknown_project") == [("t.csv", 2, "P1"), ("t.csv", 4, "P3")]


def test_an_unknown_entity_subprogramme_and_country_load_with_warnings(landed):
    result = landed(
        {"trust_fund_projects/p.csv": PROJECTS + project("P1", entity="NOBODY", sub="UNALLOCATED") + project("P2", sub="1:50|99:50", to="KG|Atlantis")}
    )
    assert result.rows("unknown_entity") == [("p.csv", 2, "NOBODY")]
    assert result.rows("unknown_subprogramme") == [("p.csv", 3, "ECE 99")]
    assert result.rows("unknown_place") == [("p.csv", 3, "Atlantis")]
    assert result.summary.rows_loaded == 2
    assert set(result.table("quarantine")["severity"]) == {"warning"}


def test_codes_and_names_are_known_on_the_rows_day_only(landed):
    rows = (
        "P1,Water,ECE,Environment:50|transport:50,trust_fund,2019-01-01,active,USD,KG,\n"  # names are read, in any case
        "P2,Road,ECE,ENVIRONMENT,trust_fund,2005-12-31,active,USD,CS,\n"
        "P3,Air,ECE,ENVIRONMENT,trust_fund,2006-01-01,active,USD,CS,\n"
        "P4,Tax,ECE,,trust_fund,2006-06-02,active,USD,CS:50|KG:50,\n"
        "P5,Law,ECE,,trust_fund,2006-06-03,active,USD,CS:50|KG:50,\n"
        "P6,Law,ECE,,trust_fund,2010-01-01,active,USD,Serbia and Montenegro|RS,\n"
    )
    result = landed({"trust_fund_projects/p.csv": PROJECTS + rows})
    assert result.rows("unknown_subprogramme") == [("p.csv", 4, "ECE ENVIRONMENT (not in 2006)")]
    assert result.rows("unknown_place") == [("p.csv", 6, "CS (not in 2006)"), ("p.csv", 7, "Serbia and Montenegro (not in 2010)")]
    assert result.summary.rows_loaded == 6


def test_a_country_that_a_project_lends_to_a_later_day_is_told_of(landed):
    days = ("2005-03-01", "2007-03-01", "2007-04-01")
    transactions = [f"T{place},P1,expenditure,{day},1,USD,\n" for place, day in enumerate(days)]
    own = "T8,P1,expenditure,2008-01-01,1,USD,RS\n" + "T9,P2,expenditure,2008-01-01,1,USD,\n"
    result = landed(
        {
            "trust_fund_projects/p.csv": PROJECTS + project("P1", sub="", start="2004-01-01", to="CS:50|KG:50") + project("P2", sub="", start="2004-01-01"),
            "project_transactions/t.csv": TRANSACTIONS.strip() + ",recipients\n" + "".join(transactions) + own,
        }
    )
    assert result.rows("unknown_place") == [("t.csv", 3, "CS of the project (not in 2007)")]
    assert "2 rows" in result.table("quarantine")["remedy"][0]


def test_a_priority_area_that_nobody_lists_is_one_warning_and_loads(landed):
    header = PROJECTS.strip() + ",priority_area\n"
    rows = "".join(project(number).strip() + f",{area}\n" for number, area in (("P1", "TRADE_FACILITATION"), ("P2", "magic"), ("P3", "magic"), ("P4", "")))
    result = landed({"trust_fund_projects/p.csv": header + rows})
    assert result.rows("unknown_priority_area") == [("p.csv", 3, "magic")]
    assert result.summary.rows_loaded == 4


def test_an_edition_later_than_the_release_is_told_of(landed):
    line = ",programme_budget,ECE,2023,{},rptc,expenditure,5,USD,,{}\n"
    lines = [line.format(1, "2025-12-31"), line.format(2, "2026-01-01"), line.format(3, "2026-01-02"), line.format(4, "2026-01-02"), line.format(5, "")]
    result = landed({"subprogramme_allocations/a.csv": ALLOCATIONS + "".join(lines)})
    assert result.rows("future_edition") == [("a.csv", 4, "2026-01-02")]
    assert result.summary.rows_loaded == 5


def test_subprogrammes_of_a_transaction_belong_to_its_projects_entity(landed):
    header = TRANSACTIONS.strip() + ",subprogrammes\n"
    result = landed({"trust_fund_projects/p.csv": PROJECTS + project("P1"), "project_transactions/t.csv": header + "T1,P1,expenditure,2023-01-01,1,USD,1|77\n"})
    assert result.rows("unknown_subprogramme") == [("t.csv", 2, "ECE 77")]


def test_two_deliveries_that_cover_the_same_lines_warn_and_add_up(landed):
    line = ",programme_budget,ECE,2023,1,rptc,expenditure,5,USD,,\n"
    result = landed({"subprogramme_allocations/a.csv": ALLOCATIONS + line, "subprogramme_allocations/b.csv": ALLOCATIONS + line + line})
    assert [row[:2] for row in result.rows("overlapping_deliveries")] == [("b.csv", 2)]
    assert result.summary.rows_loaded == 3


def test_two_editions_do_not_overlap(landed):
    line = ",programme_budget,ECE,2023,1,rptc,expenditure,5,USD,,{}\n"
    files = {f"subprogramme_allocations/{day}.csv": ALLOCATIONS + line.format(day) for day in ("2025-05-01", "2026-05-01")}
    assert landed(files).rows("overlapping_deliveries") == []


def test_a_book_on_two_accounting_bases_warns(landed):
    line = ",programme_budget,ECE,2023,{},rptc,expenditure,5,USD,{},\n"
    result = landed({"subprogramme_allocations/a.csv": ALLOCATIONS + line.format(1, "ipsas") + line.format(2, "modified_cash") + line.format(3, "")})
    assert [row[:2] for row in result.rows("several_accounting_bases")] == [("a.csv", 2)]


def test_place_labels_are_kept_as_delivered(landed):
    result = landed({"trust_fund_projects/p.csv": PROJECTS + project("P1", to="KGZ:60|Tajikistan:40") + project("P2", to="SPECA")})
    assert result.table("place_labels").sort("label").rows() == [
        ("KGZ", "KG", "country", "alpha3"),
        ("SPECA", "SPECA", "country_group", "group"),
        ("Tajikistan", "TJ", "country", "name"),
    ]


def test_places_of_rows_without_a_day_are_read_and_unknown_ones_told(landed):
    built = landed({"questionnaire_responses/q.csv": "instrument,cycle,country,sent_on\nUNTOC,1,KG,\nUNTOC,1,CS,\nUNTOC,1,Nowhere,\nUNTOC,1,AL,2004-11-30\n"})
    assert built.rows("unknown_place") == [("q.csv", 4, "Nowhere")]
    assert set(built.table("place_labels")["label"]) >= {"KG", "CS", "AL", "Nowhere"}


def test_functions_are_those_of_their_programme_and_partners_are_listed_one_by_one(landed):
    header = "activity_id,programme,function_codes,activity_type,status,partners\n"
    rows = [
        "A1,UNRCCA-2009-2011,1.1:60|3.3:40,visit,planned,OSCE|UNAMA",
        "A2,UNRCCA-2009-2011,1.1|II,visit,planned,OSCE|NOBODY",
        "A3,UNRCCA-2099,I,visit,planned,",
    ]
    result = landed({"programme_activities/a.csv": header + "\n".join(rows) + "\n"})
    assert result.rows("unknown_function") == [("a.csv", 3, "UNRCCA-2009-2011 II"), ("a.csv", 4, "UNRCCA-2099 I")]
    assert result.rows("unknown_partner") == [("a.csv", 3, "NOBODY")]
    assert result.summary.rows_loaded == 3


def test_a_series_without_a_threshold_is_told_of_and_a_period_stands_once(landed):
    header = "series,country,period,value\n"
    rows = ["river_flow,XA,2023-Q1,4", "river_flow,XA,2023-q1,5", "river_flow,XA,2023-Q2,5", "unheard_of,XA,2023-Q1,5"]
    result = landed({"indicator_observations/o.csv": header + "\n".join(rows) + "\n"})
    assert result.rows("unknown_series") == [("o.csv", 5, "unheard_of")]
    assert [row[1] for row in result.rows("duplicate_key")] == [2, 3]
    assert result.summary.rows_loaded == 2


def test_an_entity_is_known_by_any_of_its_names_and_an_unknown_one_told_with_the_nearest(landed):
    names = ("UNECE", "Economic Commission for Europe", "ece", "Economic Comission for Europe")
    result = landed({"trust_fund_projects/p.csv": PROJECTS + "".join(project(f"P{place}", entity=name, sub="Environment") for place, name in enumerate(names))})
    assert result.rows("unknown_entity") == [("p.csv", 5, names[3])]
    assert (
        result.table("quarantine")
        .filter(rule="unknown_entity")["remedy"][0]
        .startswith("the nearest known name is Economic Commission for Europe (ECE); correct")
    )
    assert result.rows("unknown_subprogramme") == [("p.csv", 5, f"{names[3]} Environment")]
    assert {label: entity for label, entity, _ in result.table("entity_labels").rows()} == {names[0]: "ECE", names[1]: "ECE", names[2]: "ECE", names[3]: None}
    assert result.table("trust_fund_projects").sort("project_id")["entity"].to_list() == list(names)


def test_two_names_of_one_entity_do_not_make_two_keys(landed):
    line = "A1,programme_budget,{},2023,1,rptc,expenditure,5,USD,,2025-05-01\n"
    result = landed({"subprogramme_allocations/a.csv": ALLOCATIONS + line.format("ECE") + line.format("UNECE") + line.format("ESCAP")})
    assert [row[1] for row in result.rows("duplicate_key")] == [2, 3]
    assert result.summary.rows_loaded == 1


def test_an_ambiguous_place_is_refused_with_its_candidates_and_one_that_is_easily_confused_is_told(landed):
    result = landed({"trust_fund_projects/p.csv": PROJECTS + project("P1", to="Korea:50|Congo:50") + project("P2", to="Korea|Armania")})
    assert result.rows("ambiguous_place") == [("p.csv", 2, "Korea")] and result.rows("easily_confused_place") == [("p.csv", 2, "Congo")]
    remedies = {row["value"]: row["remedy"] for row in result.table("quarantine").iter_rows(named=True)}
    assert remedies["Korea"].startswith("2 rows, this is the first; it may mean Democratic People's Republic of Korea (KP), Republic of Korea (KR); write")
    assert "read as Congo (CG), not Democratic Republic of the Congo (CD)" in remedies["Congo"]
    assert remedies["Armania"].startswith("the nearest known name is Armenia (AM); correct")
    assert result.table("place_labels").filter(label="Korea").rows() == [("Korea", "UNKNOWN", "unknown", "ambiguous")]
    assert result.summary.rows_loaded == 2
