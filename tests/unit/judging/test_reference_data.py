"""Reference data by delivery: what meets what is shipped, what meets itself, and what others may count on."""

import pytest

STRUCTURES = "entity,subprogramme,subprogramme_name,valid_from,valid_to,source_symbol\n"
ENTITIES = "entity,name,parent_entity,source_symbol\n"
MEMBERS = "country_group,country,valid_from,valid_to,membership_kind\n"
BUDGET = "book,entity,fiscal_year,subprogramme,funding_source,measure,amount,currency\n"


def test_an_organisation_that_brings_its_structure_is_known(landed):
    result = landed(
        {
            "entities/e.csv": ENTITIES + "OWN,Own organisation,,OWN/1\n",
            "subprogrammes/s.csv": STRUCTURES + "OWN,7,Weather,2020-01-01,,OWN/1\n",
            "subprogramme_allocations/b.csv": BUDGET
            + "".join(f"own,{of},rptc,expenditure,1,USD\n" for of in ("OWN,2023,7", "OWN,2023,weather", "OWN,2019,7", "XX,2023,")),
        }
    )
    assert result.rows("unknown_subprogramme") == [("b.csv", 4, "OWN 7 (not in 2019)")]
    assert result.rows("unknown_entity") == [("b.csv", 5, "XX")]


@pytest.mark.parametrize(
    ("row", "found"),
    [
        ("ECE,1,Air,2019-01-01,,T", ["ECE / 1 / Air (shipped: ECE / 1 / Environment)"]),
        ("ECE,99,environment,2019-01-01,,T", ["ECE / 99 / environment (shipped: ECE / 1 / Environment)"]),
        ("ECE,1,ENVIRONMENT,2019-01-01,,T", []),
        ("ECE,1,Air,1999-01-01,2001-01-01,T", []),
        ("ECE,99,Air,2019-01-01,,T", []),
    ],
)
def test_a_structure_that_contradicts_the_shipped_one_is_told_with_both(landed, row, found):
    result = landed({"subprogrammes/s.csv": STRUCTURES + row + "\n"})
    assert [value for _, _, value in result.rows("contradicts_shipped")] == found
    assert result.table("rejected_rows").height == 0


def test_what_contradicts_does_not_count(landed):
    result = landed(
        {
            "subprogrammes/s.csv": STRUCTURES + "ECE,1,Air,2019-01-01,,T\n",
            "subprogramme_allocations/b.csv": BUDGET + "own,ECE,2023,Air,rptc,expenditure,1,USD\n",
        }
    )
    assert result.rows("unknown_subprogramme") == [("b.csv", 2, "ECE Air")]


@pytest.mark.parametrize(
    "rows",
    [
        ("OWN,7,Weather,2020-01-01,,T", "OWN,7,Water,2022-01-01,,T"),
        ("OWN,7,Weather,2020-01-01,2023-01-01,T", "OWN,7,Weather,2022-01-01,,T"),
        ("OWN,7,Weather,2020-01-01,,T", "OWN,8,weather,2020-01-01,,T"),
    ],
)
def test_rows_that_speak_of_one_thing_on_one_day_are_all_refused(landed, rows):
    result = landed({f"subprogrammes/{n}.csv": STRUCTURES + row + "\n" for n, row in enumerate(rows)})
    assert [(file, row) for file, row, _ in result.rows("overlapping_validity")] == [("0.csv", 2), ("1.csv", 2)]
    assert result.table("rejected_rows").height == 2


def test_validities_that_follow_each_other_are_both_loaded(landed):
    result = landed({"subprogrammes/s.csv": STRUCTURES + "OWN,7,Weather,2020-01-01,2022-01-01,T\nOWN,7,Water,2022-01-01,,T\n"})
    assert result.rows("overlapping_validity") == [] and result.rows("duplicate_key") == []


def test_entities_and_members_meet_the_shipped_ones(landed):
    result = landed(
        {
            "entities/e.csv": ENTITIES + "ece,Commission of Europe,,T\nECA,economic commission for africa,,T\n",
            "country_group_members/m.csv": MEMBERS + "SPECA,Kyrgyzstan,1999-01-01,,member\nSPECA,KGZ,1998-03-26,,member\nSPECA,Latvia,1999-01-01,,member\n",
        }
    )
    told = result.rows("contradicts_shipped")
    assert [(file, row) for file, row, _ in told] == [("e.csv", 2)] and "(shipped: ECE / Economic Commission for Europe" in told[0][2]
    # the country is one, by whichever name
    assert [(file, row) for file, row, _ in result.rows("overlapping_validity")] == [("m.csv", 2), ("m.csv", 3)]


@pytest.mark.parametrize(("day", "end", "found"), [("1999-01-01", "", 1), ("1998-03-26", "2025-01-01", 1), ("1998-03-26", "", 0)])
def test_a_membership_contradicts_by_its_days(landed, day, end, found):
    assert len(landed({"country_group_members/m.csv": f"{MEMBERS}SPECA,KG,{day},{end},member\n"}).rows("contradicts_shipped")) == found


def test_a_step_meets_the_shipped_one_on_the_day_of_the_new_structure(landed):
    steps = "entity,from_subprogramme,to_subprogramme,succession,valid_from\n"
    result = landed({"subprogramme_succession/s.csv": steps + "ECE,ENVIRONMENT,1,merged,2008-01-01\nECE,ENVIRONMENT,1,merged,2030-01-01\n"})
    assert [row for _, row, _ in result.rows("contradicts_shipped")] == [2]


def test_a_fund_is_told_once(landed):
    funds = "entity,fund_code,funding_source,valid_from,valid_to\n"
    rows = ["ECE,F1,rptc,2020-01-01,2021-01-01", "ECE,F1,trust_fund,2021-01-01,", "ECE,F2,rptc,2020-01-01,", "ECE,f2,rptc,2022-01-01,"]
    result = landed({"funding_codes/f.csv": funds + "".join(f"{row}\n" for row in rows)})
    assert [row for _, row, _ in result.rows("overlapping_validity")] == [4, 5]


def test_what_contradicts_is_told_once_for_each_row_and_quarantines_nothing(landed):
    result = landed({"subprogrammes/s.csv": STRUCTURES + "ECE,1,Transport,2019-01-01,,T\n"})
    # its code is the shipped 1, its name the shipped 2
    assert [value for _, _, value in result.rows("contradicts_shipped")] == ["ECE / 1 / Transport (shipped: ECE / 1 / Environment)"]
    assert result.summary.sources["subprogrammes"].rows_loaded == 1


def test_a_group_whose_members_are_delivered_is_a_place_for_every_source(landed):
    missions = "mission_id,entity,subprogramme,mission_type,start_date,recipients,funding_source\n"
    result = landed(
        {
            "country_group_members/m.csv": MEMBERS + "Rivers,Armenia,2001-01-01,,member\nRivers,GE,2001-01-01,,member\nFrance,Peru,2001-01-01,,member\n",
            "missions/m.csv": missions
            + "".join(f"M{n},ECE,2,advisory,2024-01-01,{of},rptc\n" for n, of in enumerate(("Rivers", "RIVERS|KG", "Brooks", "France"))),
        }
    )
    assert [(row, value) for _, row, value in result.rows("unknown_place")] == [(4, "Brooks")]
    read = {label: (place, kind) for label, place, kind in result.table("place_labels").select("label", "place", "place_kind").rows()}
    assert read["Rivers"] == read["RIVERS"] == ("Rivers", "country_group") and read["France"] == ("FR", "country")


def test_a_name_of_a_quarantined_entity_means_nobody(landed):
    result = landed(
        {
            "entities/e.csv": ENTITIES + "OWN,Own organisation,,OWN/1\nTWO,Second organisation,,T\nTWO,Third organisation,,T\n",
            "subprogramme_allocations/b.csv": BUDGET
            + "".join(f"own,{of},2023,,rptc,expenditure,1,USD\n" for of in ("Own organisation", "Second organisation", "TWO")),
        }
    )
    assert result.rows("unknown_entity") == [("b.csv", 3, "Second organisation"), ("b.csv", 4, "TWO")]


@pytest.mark.parametrize("group", ["INTERREGIONAL", "global", "KG", "tj", "150"])
def test_no_group_is_called_like_another_place(landed, group):
    result = landed({"country_group_members/m.csv": MEMBERS + f"{group},Armenia,2001-01-01,,member\nRivers,GE,2001-01-01,,member\n"})
    assert result.rows("code_of_another_place") == [("m.csv", 2, group)]
    assert result.summary.sources["country_group_members"].rows_loaded == 1
