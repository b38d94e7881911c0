"""The files of a release hold what the database holds, say where they belong, and harm no spreadsheet."""

import csv
import json
from decimal import Decimal

import duckdb
import frictionless
import openpyxl
import pytest

from pipelines.exports import tables, workbook
from pipelines.exports.write import write_exports


def lines(path):
    with path.open(newline="", encoding="utf-8") as content:
        return list(csv.DictReader(content))


def package(folder):
    return json.loads((folder / "datapackage.json").read_text())


def sheet(folder, name):
    rows = list(openpyxl.load_workbook(folder / "techcoop.xlsx")[name].iter_rows(values_only=True))
    return [dict(zip(rows[1], row, strict=True)) for row in rows[2:]]


def test_parquet_equals_its_mart_in_rows_and_types(exported, inputs):
    with duckdb.connect(str(inputs / "techcoop.duckdb"), read_only=True) as connection:
        for name in ("shares_by_donor", "shares_by_subprogramme_and_region", "indicators"):
            of_file, of_mart = f"select * from read_parquet('{exported}/parquet/{name}.parquet')", f"select * from marts.{name}"
            assert connection.execute(f"describe {of_file}").fetchall() == connection.execute(f"describe {of_mart}").fetchall()
            assert connection.execute(f"({of_file} except all {of_mart}) union all ({of_mart} except all {of_file})").fetchall() == []


def test_restricted_rows_are_in_no_file(exported):
    assert [row["mission_id"] for row in sorted(lines(exported / "csv" / "fct_missions.csv"), key=lambda row: row["amount_usd"])].count("05") == 0
    assert not (exported / "parquet" / "fct_missions.parquet").exists()
    said = {left["path"]: left["why"] for left in package(exported)["leftOut"]}
    assert said["parquet/fct_missions.parquet"].startswith("1 rows are restricted")
    assert "05" not in [row["mission_id"] for row in sheet(exported, "fct_missions")]
    for path in exported.rglob("*"):
        assert not path.is_file() or b"nobody may name" not in path.read_bytes(), path


def test_codes_are_quoted_text_and_formulas_are_disarmed_but_numbers_stay_numbers(exported):
    text = (exported / "csv" / "fct_missions.csv").read_text(encoding="utf-8")
    assert '"01",2023,"reported"' in text
    rows = {row["mission_id"]: row for row in lines(exported / "csv" / "fct_missions.csv")}
    assert set(rows) == {"01", "02", "'-03", "'@04"}
    assert rows["01"]["title"] == '\'=HYPERLINK("x")'
    assert rows["02"]["title"] == "'+1 advisory"
    assert rows["'@04"]["title"] == "'\ttabbed"
    assert rows["'-03"]["title"] == 'Énergie; "durable"'
    assert rows["02"]["amount_usd"] == "-50.05"
    assert ',"","' not in text, "no value is not an empty text"


def test_workbook_holds_no_formula_and_the_same_figures(exported):
    book = openpyxl.load_workbook(exported / "techcoop.xlsx")
    assert book.sheetnames[:2] == ["About", "Columns"]
    assert not [cell.coordinate for page in book for row in page.iter_rows() for cell in row if cell.data_type == "f"]
    rows = {row["mission_id"]: row for row in sheet(exported, "fct_missions")}
    assert rows["01"]["title"] == '\'=HYPERLINK("x")'
    assert rows["02"]["amount_usd"] == -50.05
    assert rows["'-03"]["start_date"] == "1890-01-01"
    assert rows["01"]["on_request"] is True
    assert book["fct_missions"].freeze_panes == "A3"
    assert book["fct_missions"]["E4"].number_format == "#,##0.00"


def test_sheet_that_is_cut_says_so_before_its_first_row(inputs, edition, tmp_path, monkeypatch):
    monkeypatch.setattr(workbook, "MOST_SHEET_ROWS", 2)
    write_exports(inputs / "techcoop.duckdb", tmp_path, edition=edition, manifest=inputs / "manifest.json", raw_root=inputs)
    book = openpyxl.load_workbook(tmp_path / "techcoop.xlsx")
    assert book["fct_missions"]["A1"].value.startswith("The first 2 of 4 rows: do not add them up. The whole is in csv/fct_missions.csv")
    assert {left["path"] for left in package(tmp_path)["leftOut"]} >= {"techcoop.xlsx#fct_missions"}


def test_file_that_would_be_too_large_is_left_out_and_the_package_says_so(inputs, edition, tmp_path, monkeypatch):
    monkeypatch.setattr("pipelines.exports.write.MOST_CSV_ROWS", 3)
    monkeypatch.setattr("pipelines.exports.write.MOST_PARQUET_ROWS", 5)
    write_exports(inputs / "techcoop.duckdb", tmp_path, edition=edition, manifest=inputs / "manifest.json", raw_root=inputs)
    assert not (tmp_path / "csv" / "fct_missions.csv").exists()
    assert (tmp_path / "parquet" / "shares_by_donor.parquet").exists()
    said = {left["path"]: left["why"] for left in package(tmp_path)["leftOut"]}
    assert said["csv/fct_missions.csv"].startswith("4 rows are more than the 3 that are written")
    assert "parquet/shares_by_subprogramme_and_region.parquet" in said
    assert frictionless.validate(str(tmp_path / "datapackage.json")).valid


def test_every_file_says_its_release_its_record_basis_and_its_licence(exported, edition):
    said = package(exported)
    assert said["version"] == edition.release_id
    for resource in said["resources"]:
        assert resource["release"] == edition.release_id
        assert resource["licenses"][0]["title"] == "CC0-1.0"
        assert isinstance(resource["recordBases"], list)
    footer = dict(duckdb.execute(f"select decode(key), decode(value) from parquet_kv_metadata('{exported}/parquet/indicators.parquet')").fetchall())
    assert footer["release"] == edition.release_id
    assert footer["record_basis"] == "illustrative, reported"
    assert footer["licence"] == "CC0-1.0"
    about = {row[0]: row[1] for row in openpyxl.load_workbook(exported / "techcoop.xlsx")["About"].iter_rows(values_only=True)}
    assert about["release"] == edition.release_id
    assert about["record bases"] == "illustrative, reported"
    assert about["licence"] == "CC0-1.0"
    for path in ("data_cube.csv", "sdmx/indicators.csv"):
        row = {name.lower(): value for name, value in lines(exported / path)[0].items()}
        assert (row["release"], row["licence"]) == (edition.release_id, "CC0-1.0")
        assert row["record_basis"]
    assert said["sources"] == [{"title": "Missions of 2023", "delivery": "missions/m.csv", "hash": "sha256:abc", "licence": "CC-BY-4.0"}]


def test_data_package_is_valid_and_describes_columns_from_their_models(exported):
    report = frictionless.validate(str(exported / "datapackage.json"))
    assert report.valid, report.flatten(["type", "note"])
    missions = next(resource for resource in package(exported)["resources"] if resource["name"] == "fct_missions")
    assert missions["schema"]["primaryKey"] == ["mission_id"]
    assert missions["schema"]["fields"][0] == {"name": "mission_id", "type": "string", "description": "Its number."}
    assert missions["schema"]["fields"][4] == {"name": "amount_usd", "type": "number", "description": "", "unit": "US dollars"}


def test_cube_holds_each_measure_in_one_shape_and_adds_to_its_shares(exported):
    rows = lines(exported / "data_cube.csv")
    shapes = {}
    for row in rows:
        shapes.setdefault(row["measure"], set()).add((row["geography"] == "NOT_APPLICABLE", row["contributor"] == "NOT_APPLICABLE"))
    assert shapes == {"expenditure_usd": {(False, True)}, "contribution_usd": {(True, False)}}
    assert sum(Decimal(row["amount"]) for row in rows if row["measure"] == "expenditure_usd") == Decimal("100.00")
    assert {row["contributor"]: row["amount"] for row in rows if row["measure"] == "contribution_usd"} == {"CH": "30.00", "DE": "40.00"}


@pytest.mark.filterwarnings("ignore")
def test_sdmx_reads_back_equal(exported):
    from pysdmx.io import get_datasets

    (dataset,) = get_datasets(exported / "sdmx" / "indicators.csv")
    assert dataset.short_urn == "DataStructure=TECHCOOP:INDICATORS(1.0)"
    read = {(row.INDICATOR, str(row.TIME_PERIOD), row.RECORD_BASIS): Decimal(str(row.OBS_VALUE)) for row in dataset.data.itertuples()}
    assert read == {("hhi", "2023", "reported"): Decimal("0.25"), ("hhi", "2018-07-01/P365D", "illustrative"): Decimal("0.5")}


def test_exports_are_written_without_pyarrow_and_without_pandas(inputs, tmp_path, blocked_python):
    code = f"""
from datetime import date, datetime, UTC
from pathlib import Path
from pipelines.exports.write import write_exports
from pipelines.release.public import Edition
edition = Edition(release_id="r", as_of=date(2026, 1, 1), made_at=datetime.now(UTC), licence="none")
inputs = Path({str(inputs)!r})
write_exports(inputs / "techcoop.duckdb", Path({str(tmp_path)!r}), edition=edition, manifest=inputs / "manifest.json", raw_root=inputs)
"""
    said = blocked_python(code, "pyarrow", "pandas")
    assert said.returncode == 0, said.stderr
    assert (tmp_path / "datapackage.json").exists()


def test_sheet_names_fit_and_differ():
    names = workbook.sheet_names(["shares_by_subprogramme_and_region", "a" * 40, "a" * 41, "short"])
    assert names["shares_by_subprogramme_and_region"] == "shares_by_subprogramme_x_region"
    assert names["short"] == "short"
    assert len({name.lower() for name in names.values()}) == 4
    assert all(len(name) <= workbook.LONGEST_SHEET_NAME for name in names.values())


def test_limits_leave_the_order_of_small_tables_to_their_key(exported):
    assert tables.MOST_SORTED_ROWS <= tables.MOST_PARQUET_ROWS
    assert [row["mission_id"] for row in lines(exported / "csv" / "fct_missions.csv")] == ["'-03", "01", "02", "'@04"]


@pytest.mark.parametrize(
    "number", ["0.000000", "-0.000001", "999999999999.999999", "-999999999999.999999", "1000000000000.000000", "-123456789012345678.900000"]
)
def test_decimals_keep_every_digit_on_either_side_of_64_bits(number):
    written = tables.number_sql("value", "DECIMAL(24,6)")
    with duckdb.connect() as connection:
        assert connection.execute(f"select cast({written} as varchar) from (select cast('{number}' as decimal(24, 6)) as value)").fetchall() == [(number,)]
        assert connection.execute(f"select {written} from (select cast(null as decimal(24, 6)) as value)").fetchall() == [(None,)]


def test_what_is_written_in_64_bits_already_is_left_as_it_is():
    assert [tables.number_sql("value", kind) for kind in ("DECIMAL(18,2)", "BIGINT", "DATE")] == ['"value"'] * 3
