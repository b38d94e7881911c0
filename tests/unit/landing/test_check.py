import duckdb
import polars as pl
import pytest

from pipelines.contracts import SOURCES, landed_schema
from pipelines.landing.check import guess_source, judge
from pipelines.shapes.errors import ConfigurationError

HEADER = "transaction_id,project_id,transaction_type,transaction_date,amount,currency,note\n"


def put(folder, name, text):
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def rules(judgement, severity="error"):
    return [(row["source_row"], row["column_name"], row["rule"]) for row in judgement.findings.filter(pl.col("severity") == severity).iter_rows(named=True)]


def release_with(folder, **tables):
    """A database that holds these rows of raw tables, other columns empty."""
    database = folder / "release" / "techcoop.duckdb"
    database.parent.mkdir()
    with duckdb.connect(str(database)) as connection:
        connection.execute("create schema raw")
        for name, rows in tables.items():
            schema = landed_schema(SOURCES[name])
            pl.DataFrame(rows, schema={column: dtype for column, dtype in schema.items() if column in rows[0]}).select(
                [pl.col(column) if column in rows[0] else pl.lit(None, dtype=dtype).alias(column) for column, dtype in schema.items()]
            ).write_parquet(folder / "t.parquet")
            connection.execute(f"create table raw.{name} as from read_parquet('{folder}/t.parquet')")
    return database.parent


@pytest.mark.parametrize(
    ("path", "source"), [("missions/2004/m.csv", "missions"), ("/x/trust_fund_projects-2004.csv", "trust_fund_projects"), ("missions.csv", "missions")]
)
def test_the_source_is_guessed_from_folder_or_name(tmp_path, path, source):
    assert guess_source(tmp_path / path) == source


def test_a_source_that_cannot_be_guessed_is_asked_for(tmp_path):
    with pytest.raises(ConfigurationError, match="--source"):
        judge([put(tmp_path, "list.csv", "a\n1\n")])


def test_a_source_that_does_not_exist_is_named(tmp_path):
    with pytest.raises(ConfigurationError, match="known are"):
        judge([put(tmp_path, "list.csv", "a\n1\n")], source="mission")


def test_a_file_that_does_not_exist_is_named(tmp_path):
    with pytest.raises(ConfigurationError, match="no such file"):
        judge([tmp_path / "missions.csv"])


def test_a_clean_delivery_has_no_violations(tmp_path):
    judgement = judge(
        [
            put(
                tmp_path,
                "missions/m.csv",
                "mission_id,entity,subprogramme,mission_type,start_date,recipients,funding_source\nM1,ECE,1,advisory,2023-01-01,KG,rptc\n",
            )
        ]
    )
    assert not judgement.has_violations and judgement.findings.is_empty()
    assert "1 would load" in judgement.summary


def test_a_missing_column_refuses_the_file_and_names_it(tmp_path):
    judgement = judge([put(tmp_path, "missions.csv", "mission_id,entity\nM1,ECE\n")])
    assert judgement.has_violations and "subprogramme" in judgement.summary
    assert judgement.findings["severity"].to_list() == ["critical"]


def test_bad_rows_are_told_with_row_column_and_remedy(tmp_path):
    judgement = judge([put(tmp_path, "project_transactions/t.csv", HEADER + "T1,P1,expenditure,2023-02-31,7,USD,\nT2,P1,expenditure,2023-02-01,x,USD,\n")])
    assert rules(judgement) == [(2, "transaction_date", "unreadable_date"), (3, "amount", "unreadable_number")]
    assert "row 2: found 2023-02-31. Write an existing day" in judgement.summary


def test_a_key_that_stands_twice_is_a_violation(tmp_path):
    judgement = judge([put(tmp_path, "project_transactions/t.csv", HEADER + "T1,P1,expenditure,2023-02-01,7,USD,\n" * 2)])
    assert rules(judgement) == [(2, "transaction_id", "duplicate_key"), (3, "transaction_id", "duplicate_key")]
    assert judgement.files[0].rows_quarantined == 2


def test_warnings_alone_are_no_violation(tmp_path):
    judgement = judge([put(tmp_path, "project_transactions/t.csv", HEADER + "T1,P1,expenditure,2023-02-01,7,USD,\n")])
    assert not judgement.has_violations
    assert {row[2] for row in rules(judgement, "warning")} == {"extra_column", "unknown_project"}


def test_keys_are_held_against_the_current_release(tmp_path):
    loaded = {"_delivery_id": "old", "_source_row": 5, "_source_file": "project_transactions/old.csv"}
    release = release_with(
        tmp_path, project_transactions=[{"transaction_id": "T1", "project_id": "P1"} | loaded], trust_fund_projects=[{"project_id": "P1"} | loaded]
    )
    new = put(tmp_path, "project_transactions/new.csv", HEADER + "T1,P1,expenditure,2023-02-01,7,USD,\nT2,P1,expenditure,2023-02-01,7,USD,\n")
    judgement = judge([new], current_release=release)
    assert rules(judgement) == [(2, "transaction_id", "duplicate_key")] and judgement.files[0].rows_quarantined == 1
    assert "row 5 of project_transactions/old.csv" in judgement.summary and "unknown_project" not in judgement.summary


def test_a_new_version_of_a_loaded_file_does_not_collide_with_the_old_one(tmp_path):
    loaded = {"transaction_id": "T1", "_delivery_id": "old", "_source_row": 2, "_source_file": "project_transactions/t.csv"}
    release = release_with(tmp_path, project_transactions=[loaded])
    judgement = judge([put(tmp_path, "project_transactions/t.csv", HEADER + "T1,P1,expenditure,2023-02-01,7,USD,\n")], current_release=release)
    assert not judgement.has_violations


def test_a_mapping_beside_the_file_is_used(tmp_path):
    path = put(tmp_path, "project_transactions/t.csv", "id;P;date;sum\nT1;P1;2023-02-01;1.234,56\n")
    put(
        tmp_path,
        "project_transactions/t.csv.mapping.yml",
        'numbers: {decimal: ",", thousands: "."}\n'
        "columns: {transaction_id: id, project_id: P, transaction_date: date, amount: sum}\nconstants: {currency: USD, transaction_type: expenditure}\n",
    )
    assert not judge([path]).has_violations


@pytest.mark.parametrize(("mapping", "said"), [("colums: {}\n", "perhaps columns?"), ("constants: {amonut: '1'}\n", "perhaps amount?")])
def test_a_broken_mapping_beside_a_file_refuses_it_and_the_others_are_judged(tmp_path, mapping, said):
    path = put(tmp_path, "project_transactions/t.csv", HEADER + "T1,P1,expenditure,2023-02-01,7,USD,\n")
    other = put(tmp_path, "project_transactions/u.csv", HEADER + "T2,P1,expenditure,2023-02-01,7,USD,\n")
    put(tmp_path, "project_transactions/t.csv.mapping.yml", mapping)
    judgement = judge([path, other])
    assert judgement.has_violations and [file.rows_loaded for file in judgement.files] == [0, 1]
    assert judgement.findings.filter(pl.col("severity") == "critical")["rule"].to_list() == ["broken_mapping"]
    assert said in judgement.summary and "t.csv.mapping.yml" in judgement.summary


@pytest.mark.parametrize("mapping", ["colums: {}\n", None])
def test_a_mapping_named_on_the_command_line_that_cannot_be_read_is_a_usage_error(tmp_path, mapping):
    path = put(tmp_path, "project_transactions/t.csv", HEADER)
    if mapping:
        put(tmp_path, "m.yml", mapping)
    with pytest.raises(ConfigurationError, match=r"m\.yml.*expected"):
        judge([path], mapping=tmp_path / "m.yml")


def test_a_finding_is_told_with_the_value_of_its_own_row(tmp_path):
    lines = [f"T{row},P1,expenditure,2023-01-01,{row},USD,n" for row in range(2, 200)]
    for row, amount in ((150, "nine"), (20, "seven"), (90, "eight")):
        lines[row - 2] = lines[row - 2].replace(f",{row},", f",{amount},")
    judgement = judge([put(tmp_path, "project_transactions/t.csv", HEADER + "\n".join(lines) + "\n")])
    (told,) = judgement.counts.filter(pl.col("rule") == "unreadable_number").iter_rows(named=True)
    assert (told["n"], told["first_row"], told["value"]) == (3, 20, "seven")
    assert "3 rows, first row 20: found seven" in judgement.summary


def test_every_name_that_nobody_knows_is_told(tmp_path):
    lines = [f"T{row},P{row % 3},{kind},2023-01-01,{row},USD,n" for row, kind in enumerate(["spent", "expenditure", "paid", "spent", "given"], 2)]
    judgement = judge([put(tmp_path, "project_transactions/t.csv", HEADER + "\n".join(lines) + "\n")])
    assert all(f"found {word}." in judgement.summary for word in ("spent", "paid", "given"))
    told = judgement.counts.filter(pl.col("rule") == "not_in_code_list").sort("first_row").select("n", "first_row", "value").rows()
    assert told == [(2, 2, "spent"), (1, 4, "paid"), (1, 6, "given")]
    unknown = "mission_id,entity,subprogramme,mission_type,start_date,recipients,funding_source\n"
    rows = "".join(f"M{place},{entity},1,advisory,2023-01-01,KG,rptc\n" for place, entity in enumerate(["NOPE", "NADA", "NOPE", "ECE", "NIX"]))
    summary = judge([put(tmp_path, "missions/m.csv", unknown + rows)]).summary
    assert all(f"found {word}." in summary for word in ("NOPE", "NADA", "NIX"))
