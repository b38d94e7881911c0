import errno
import os
import subprocess
import sys
from dataclasses import replace
from datetime import date

import duckdb
import polars as pl
import pytest

from pipelines.iati import activity_pass
from pipelines.judging import row_pass as row_pass_module
from pipelines.landing import layout, one_file, row_passes, settled
from pipelines.landing.check import judge
from pipelines.landing.deliveries import fingerprint
from pipelines.landing.land import land
from pipelines.landing.layout import DELIVERED_TABLES, LANDING_TABLES
from pipelines.landing.prepared import prepare
from pipelines.landing.rates import ecb_reference_rates
from pipelines.shapes.errors import ProgramError
from pipelines.storage import StorageError

HEADER = "transaction_id,project_id,transaction_type,transaction_date,amount,currency\n"
LINE = "{},P1,expenditure,2023-01-01,{},USD\n"


@pytest.fixture(scope="session")
def rates(tmp_path_factory):
    return ecb_reference_rates(tmp_path_factory.mktemp("rates"))


@pytest.fixture(autouse=True)
def rates_made_once(monkeypatch, rates):
    """Crossing 220,000 rates takes most of a second, too long for each home of each test."""
    monkeypatch.setattr(settled, "ecb_reference_rates", lambda _: rates)


@pytest.fixture
def place(tmp_path):
    (tmp_path / "raw").mkdir()
    return tmp_path


def put(place, name, text):
    path = place / "raw" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def run(place, run_id="r1", previous=None, home="home"):
    build = place / home / "build" / run_id
    summary = land(place / "raw", place / home, build, run_id=run_id, as_of=date(2026, 1, 1), previous_release=previous)
    return summary, build / "landing"


def deliveries(folder):
    return {row["source_file"]: row for row in pl.read_parquet(folder / "deliveries" / "*.parquet").iter_rows(named=True)}


def release_of(place, folder, name="2026-01-01-1"):
    release = place / "home" / "releases" / name
    release.mkdir(parents=True)
    with duckdb.connect(str(release / "techcoop.duckdb")) as connection:
        connection.execute(f"create schema audit; create table audit.deliveries as from read_parquet('{folder}/deliveries/*.parquet')")
    return release


def test_every_table_is_there_and_typed_even_where_nothing_was_delivered(place):
    put(place, "missions/README.md", "nothing yet")
    put(place, "project_transactions/t.csv", HEADER)
    _, folder = run(place)
    for name, schema in {**DELIVERED_TABLES, **LANDING_TABLES}.items():
        assert dict(pl.read_parquet(folder / name / "*.parquet").schema) == schema, name
    assert pl.read_parquet(folder / "run_parameters" / "*.parquet").select("run_id", "as_of").rows() == [("r1", date(2026, 1, 1))]
    assert pl.read_parquet(folder / "ecb_reference_rates" / "*.parquet").height > 100_000


def test_duckdb_reads_the_landed_types(place):
    put(place, "project_transactions/t.csv", HEADER + LINE.format("T1", "7.00"))
    _, folder = run(place)
    types = dict(duckdb.sql(f"select column_name, column_type from (describe from read_parquet('{folder}/project_transactions/*.parquet'))").fetchall())
    assert (types["amount"], types["_source_row"], types["transaction_date"], types["_loaded_at"]) == ("DECIMAL(28,10)", "BIGINT", "DATE", "TIMESTAMP")


def test_a_broken_file_is_set_aside_and_the_others_go_on(place):
    put(place, "missions/broken.xlsx", "not a spreadsheet")
    put(place, "project_transactions/empty.csv", "")
    put(place, "project_transactions/t.csv", HEADER + LINE.format("T1", 7))
    summary, folder = run(place)
    lines = deliveries(folder)
    assert {name: line["status"] for name, line in lines.items()} == {
        "missions/broken.xlsx": "set_aside",
        "project_transactions/empty.csv": "set_aside",
        "project_transactions/t.csv": "loaded",
    }
    assert lines["missions/broken.xlsx"]["message"] and lines["missions/broken.xlsx"]["rows_delivered"] == 0
    critical = pl.read_parquet(folder / "quarantine" / "*.parquet").filter(pl.col("severity") == "critical")
    assert set(critical["source_file"]) == {"missions/broken.xlsx", "project_transactions/empty.csv"} and critical["remedy"].null_count() == 0
    assert (summary.rows_loaded, summary.set_aside) == (1, 2)


def test_a_source_that_is_not_known_yet_is_a_warning(place):
    put(place, "surveys/a.xml", "<survey/>")
    put(place, "project_transactions/t.csv", HEADER + LINE.format("T1", 7))
    _, folder = run(place)
    assert pl.read_parquet(folder / "quarantine" / "*.parquet").filter(pl.col("rule") == "unknown_source")["source_file"].to_list() == ["surveys"]


def test_the_same_file_twice_loads_once(place):
    for name in ("a.csv", "b.csv"):
        put(place, f"project_transactions/{name}", HEADER + LINE.format("T1", 7))
    summary, folder = run(place)
    assert deliveries(folder)["project_transactions/b.csv"]["status"] == "set_aside"
    assert (summary.rows_delivered, summary.rows_loaded, summary.rows_quarantined) == (1, 1, 0)


def test_a_corrected_file_beside_the_old_one_replaces_it(place):
    put(place, "project_transactions/draft.csv", HEADER + LINE.format("T1", 7))
    put(place, "project_transactions/final.csv", HEADER + LINE.format("T1", 8))
    put(place, "project_transactions/final.csv.mapping.yml", "supersedes: draft.csv\n")
    _, folder = run(place)
    line = deliveries(folder)["project_transactions/draft.csv"]
    assert (line["status"], line["rows_delivered"]) == ("superseded", 0)
    assert pl.read_parquet(folder / "project_transactions" / "*.parquet")["amount"].to_list() == [8]


def test_a_correction_that_cannot_be_read_replaces_nothing(place):
    put(place, "project_transactions/draft.csv", HEADER + LINE.format("T1", 7))
    put(place, "project_transactions/final.csv", "")
    put(place, "project_transactions/final.csv.mapping.yml", "supersedes: draft.csv\n")
    _, folder = run(place)
    line = deliveries(folder)["project_transactions/draft.csv"]
    assert (line["status"], line["rows_loaded"]) == ("loaded", 1) and "final.csv" in line["message"]


def test_new_content_at_a_path_supersedes_and_a_path_gone_is_withdrawn(place):
    put(place, "project_transactions/a.csv", HEADER + LINE.format("T1", 7))
    gone = put(place, "project_transactions/b.csv", HEADER + LINE.format("T2", 7))
    release = release_of(place, run(place)[1])
    put(place, "project_transactions/a.csv", HEADER + LINE.format("T1", 9))
    gone.unlink()
    _, folder = run(place, "r2", release)
    lines = pl.read_parquet(folder / "deliveries" / "*.parquet").sort("source_file", "status")
    assert lines.select("source_file", "status", "rows_delivered").rows() == [
        ("project_transactions/a.csv", "loaded", 1),
        ("project_transactions/a.csv", "superseded", 0),
        ("project_transactions/b.csv", "withdrawn", 0),
    ]
    assert pl.read_parquet(folder / "run_parameters" / "*.parquet")["previous_release_id"].to_list() == [release.name]


def test_nothing_is_read_twice(place, monkeypatch):
    put(place, "project_transactions/t.csv", HEADER + LINE.format("T1", 7))
    run(place)
    monkeypatch.setattr(row_passes, "judge_file", lambda *_: pytest.fail("read again"))
    summary, _ = run(place, "r2")
    assert summary.rows_loaded == 1


def test_a_changed_mapping_is_a_new_reading(place):
    put(place, "project_transactions/t.csv", HEADER + LINE.format("T1", "n/a"))
    assert run(place)[0].rows_quarantined == 1
    put(place, "project_transactions/t.csv.mapping.yml", "columns: {amount: {from: amount, values: {n/a: '0'}}}\n")
    assert run(place, "r2")[0].rows_quarantined == 0


@pytest.mark.parametrize(
    ("mapping", "said"),
    [
        ("colums: {}\n", ["the file", "found 'the key colums'", "perhaps columns?"]),
        ("columns: {amount: [a]}\n", ["columns.amount", "found a list"]),
        ("constants: {amonut: '1'}\n", ["constants.amonut", "perhaps amount?"]),
        ("split: {amount: {separator: /, into: [amount, currency]}}\n", ["split", "names that the delivery does not have already"]),
        ("columns: {amount: 'x}\n", ["line", "YAML"]),
    ],
)
def test_a_broken_mapping_sets_aside_what_it_governs_and_the_others_go_on(place, mapping, said):
    put(place, "project_transactions/2023/t.csv", HEADER + LINE.format("T1", 7))
    put(place, "project_transactions/2023/_mapping.yml", mapping)
    put(place, "project_transactions/u.csv", HEADER + LINE.format("T2", 8))
    summary, folder = run(place)
    line = deliveries(folder)["project_transactions/2023/t.csv"]
    assert (line["status"], line["rows_delivered"], summary.rows_loaded) == ("set_aside", 0, 1)
    (found,) = pl.read_parquet(folder / "quarantine" / "*.parquet").filter(pl.col("severity") == "critical").iter_rows(named=True)
    assert (found["rule"], found["source_file"], found["remedy"]) == ("broken_mapping", "project_transactions/2023/t.csv", line["message"])
    for word in ["the mapping project_transactions/2023/_mapping.yml cannot be followed", "found", "expected", "correct the mapping", *said]:
        assert word in line["message"]
    assert "\n" not in line["message"]


def test_a_repaired_mapping_is_noticed_and_its_delivery_loads(place):
    put(place, "project_transactions/t.csv", HEADER + LINE.format("T1", 7))
    put(place, "project_transactions/t.csv.mapping.yml", "colums: {}\n")
    before = fingerprint(place / "raw", place / "home")
    assert run(place)[0].rows_loaded == 0
    put(place, "project_transactions/t.csv.mapping.yml", "columns: {}\n")
    assert fingerprint(place / "raw", place / "home") != before
    assert run(place, "r2")[0].rows_loaded == 1


def test_a_correction_with_a_broken_mapping_replaces_nothing(place):
    put(place, "project_transactions/draft.csv", HEADER + LINE.format("T1", 7))
    put(place, "project_transactions/final.csv", HEADER + LINE.format("T1", 8))
    put(place, "project_transactions/final.csv.mapping.yml", "supersedes: draft.csv\nconstants: {amonut: '1'}\n")
    lines = deliveries(run(place)[1])
    assert {file: line["status"] for file, line in lines.items()} == {"project_transactions/draft.csv": "loaded", "project_transactions/final.csv": "set_aside"}


def test_the_same_file_under_another_name_counts_where_the_first_one_cannot_be_used(place):
    put(place, "project_transactions/a.csv", "id\nT1\n")
    put(place, "project_transactions/b.csv", "id\nT1\n")
    put(place, "project_transactions/c.csv", "id\nT1\n")
    constants = "project_id: P1, transaction_type: expenditure, transaction_date: 2023-01-01, amount: '7', currency: USD"
    put(place, "project_transactions/b.csv.mapping.yml", f"columns: {{transaction_id: id}}\nconstants: {{{constants}}}\n")
    summary, folder = run(place)
    statuses = {file: (line["status"], line["rows_loaded"]) for file, line in deliveries(folder).items()}
    assert statuses == {
        "project_transactions/a.csv": ("set_aside", 0),
        "project_transactions/b.csv": ("loaded", 1),
        "project_transactions/c.csv": ("set_aside", 0),
    }
    assert summary.rows_loaded == 1


PLEDGES = "ORG,PLEDGED,PAID\nNorway,100,80\nFrance,200,150\n"
MEASURE = (
    "columns: {{contributor: ORG, amount: {}}}\n"
    "constants: {{book: b, entity: ECE, fund_code: Z, fiscal_year: '2024', movement: {}, funding_source: trust_fund, currency: USD}}\n"
)


def test_one_content_under_two_mappings_is_two_tables(place):
    for name, words in (("a", ("PLEDGED", "pledge")), ("b", ("PAID", "contribution"))):
        put(place, f"fund_movements/{name}.csv", PLEDGES)
        put(place, f"fund_movements/{name}.csv.mapping.yml", MEASURE.format(*words))
    summary, folder = run(place)
    assert (summary.rows_loaded, summary.set_aside) == (4, 0)
    loaded = pl.read_parquet(folder / "fund_movements" / "*.parquet")
    assert sorted(loaded.group_by("movement").agg(pl.col("amount").sum()).rows()) == [("contribution", 230), ("pledge", 300)]
    assert loaded["_delivery_id"].n_unique() == 2


@pytest.mark.parametrize(
    "other", ["columns: {amount: {from: PLEDGED}, contributor: ORG}\n", "missing: [nothing]\ncolumns: {amount: PLEDGED, contributor: ORG}\n"]
)
def test_mappings_that_make_the_same_rows_of_one_content_are_one_table(place, other):
    words = MEASURE.format("PLEDGED", "pledge")
    put(place, "fund_movements/a.csv", PLEDGES)
    put(place, "fund_movements/a.csv.mapping.yml", words)
    put(place, "fund_movements/b.csv", PLEDGES)
    put(place, "fund_movements/b.csv.mapping.yml", other + words.partition("\n")[2])
    summary, folder = run(place)
    line = deliveries(folder)["fund_movements/b.csv"]
    assert summary.rows_loaded == 2 and line["status"] == "set_aside" and "the same content as fund_movements/a.csv" in line["message"]
    assert summary.aside == ("fund_movements/b.csv (same_content)",)


def test_a_file_under_a_new_mapping_replaces_itself(place):
    put(place, "fund_movements/a.csv", PLEDGES)
    put(place, "fund_movements/a.csv.mapping.yml", MEASURE.format("PLEDGED", "pledge"))
    release = release_of(place, run(place)[1])
    put(place, "fund_movements/a.csv.mapping.yml", MEASURE.format("PAID", "contribution"))
    folder = run(place, "r2", release)[1]
    lines = pl.read_parquet(folder / "deliveries" / "*.parquet").sort("status").select("status", "message").rows()
    assert lines == [("loaded", ""), ("superseded", "the file now has another mapping")]


def test_what_is_said_of_a_delivery_counts_what_the_set_pass_rejects(place):
    put(place, "project_transactions/a.csv", HEADER + LINE.format("T1", 7) + LINE.format("T2", 7))
    put(place, "project_transactions/b.csv", HEADER + LINE.format("T1", 8) + LINE.format("T3", "x"))
    put(place, "project_transactions/c.csv", "")
    said = []
    land(place / "raw", place / "home", place / "home" / "build" / "r1", run_id="r1", as_of=date(2026, 1, 1), previous_release=None, progress=said.append)
    assert said[:2] == ["project_transactions/a.csv: 2 rows, 1 quarantined", "project_transactions/b.csv: 2 rows, 2 quarantined"]
    assert len(said) == 3 and said[2].startswith("project_transactions/c.csv: set aside: ")


def test_a_delivery_replaced_while_it_is_read_is_read_again(place, monkeypatch):
    path = put(place, "project_transactions/t.csv", HEADER + LINE.format("T1", 7))
    judge_file, times = row_passes.judge_file, []

    def replaced(*arguments):
        part = judge_file(*arguments)
        if not times:
            path.write_text(HEADER + LINE.format("T1", 8) + LINE.format("T2", 9))
        times.append(1)
        return part

    monkeypatch.setattr(row_passes, "judge_file", replaced)
    summary, folder = run(place)
    assert len(times) == 2 and summary.rows_loaded == 2
    assert pl.read_parquet(folder / "project_transactions" / "*.parquet")["amount"].to_list() == [8, 9]


def test_a_delivery_that_keeps_changing_is_set_aside(place, monkeypatch):
    path = put(place, "project_transactions/t.csv", HEADER + LINE.format("T1", 7))
    judge_file = row_passes.judge_file

    def replaced(*arguments):
        part = judge_file(*arguments)
        with path.open("a") as lines:
            lines.write(LINE.format(f"T{path.stat().st_size}", 1))
        return part

    monkeypatch.setattr(row_passes, "judge_file", replaced)
    summary, folder = run(place)
    line = deliveries(folder)["project_transactions/t.csv"]
    assert line["status"] == "set_aside" and "while it was read" in line["message"]
    assert summary.rows_delivered == 0 and not list((place / "home" / "landing" / "project_transactions").glob("*"))


def test_a_file_that_disappears_while_it_is_read_is_set_aside(place, monkeypatch):
    path = put(place, "project_transactions/t.csv", HEADER + LINE.format("T1", 7))
    prepared = prepare(place / "raw", place / "home")
    path.unlink()
    (delivery,) = row_passes.land_source(prepared, "project_transactions").deliveries
    assert (delivery.status, delivery.rule) == ("set_aside", "gone_while_read")


@pytest.mark.parametrize("size", ["128k", "300k", "500k"])
def test_a_full_disk_is_one_clear_error_and_leaves_no_half_files(place, size):
    home = place / "home"
    home.mkdir()
    if os.geteuid() != 0 or subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(home)], capture_output=True).returncode:
        pytest.skip("a small tmpfs can be mounted by root only")
    try:
        rows = "".join(LINE.format(os.urandom(12).hex(), i) for i in range(20_000))
        put(place, "project_transactions/t.csv", HEADER + rows)
        with pytest.raises(StorageError, match=f"^{home}.*the disk is full; free space there") as error:
            run(place)
        assert "\n" not in str(error.value)
        assert not [file for file in (home / "landing").rglob(".*") if file.is_file()]
        counted = {file.stem for file in (home / "landing" / "project_transactions").glob("*.json")}
        assert all(file.name.split(".")[0] in counted for file in (home / "landing" / "project_transactions").iterdir())
    finally:
        # Lazily: polars closes the files of a query that failed a moment after the failure is known.
        subprocess.run(["umount", "-l", str(home)], check=True)


def test_a_disk_that_fills_while_the_layout_is_written_is_one_clear_error(place, monkeypatch):
    put(place, "project_transactions/t.csv", HEADER + LINE.format("T1", 7))

    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(layout, "link", full)
    with pytest.raises(StorageError, match="the disk is full"):
        run(place)


def test_a_file_that_fails_behind_its_beginning_is_set_aside(place, monkeypatch):
    put(place, "project_transactions/t.csv", HEADER + LINE.format("T1", 7))
    read_file = one_file.read

    def fail(_):
        raise pl.exceptions.ComputeError("page header is corrupt\nmore")

    def corrupt(*arguments, **named):
        table = read_file(*arguments, **named)
        return replace(table, frame=table.frame.map_batches(fail))

    monkeypatch.setattr(one_file, "read", corrupt)
    line = deliveries(run(place)[1])["project_transactions/t.csv"]
    assert line["status"] == "set_aside" and "page header is corrupt" in line["message"] and "\n" not in line["message"]


OURS = [
    pl.exceptions.ColumnNotFoundError("amount|numbr\nResolved plan"),
    pl.exceptions.ComputeError("cannot cast"),
    KeyError("x"),
    TypeError("y"),
    AssertionError(),
]


@pytest.mark.parametrize("error", OURS, ids=lambda error: type(error).__name__)
@pytest.mark.parametrize("place_of_error", ["row_pass", "apply_mapping"])
def test_an_error_of_ours_is_never_told_as_the_files_fault(place, monkeypatch, error, place_of_error):
    path = put(place, "project_transactions/t.csv", HEADER + LINE.format("T1", 7))

    def fail(*_, **__):
        raise error

    monkeypatch.setattr(one_file, place_of_error, fail)
    for stopped in (lambda: run(place), lambda: judge([path], source="project_transactions")):
        with pytest.raises(ProgramError, match=r"^an error of the program, not of the file: .*t\.csv could not be judged .*report this line") as raised:
            stopped()
        assert "\n" not in str(raised.value) and type(error).__name__ in str(raised.value)


def test_an_error_of_ours_in_the_activity_pass_stops_the_run(place, monkeypatch):
    put(place, "iati/a.xml", '<iati-activities version="2.03"><iati-activity/></iati-activities>')
    monkeypatch.setattr(activity_pass, "_texts", lambda *_: 1 / 0)
    with pytest.raises(ProgramError, match="ZeroDivisionError"):
        run(place)


def test_an_expression_of_ours_that_fails_in_the_middle_of_the_query_is_ours(place, monkeypatch):
    put(place, "project_transactions/t.csv", HEADER + LINE.format("T1", 7))
    monkeypatch.setattr(row_pass_module, "parse_number", lambda column, numbers=None: column.str.to_decimal(scale=2).cast(pl.Date).cast(pl.String))
    with pytest.raises(ProgramError):
        run(place)


LAND = """
import sys
from datetime import date
from pathlib import Path
from pipelines.landing.land import land
place = Path(sys.argv[1])
try:
    land(place / "raw", place / "home", place / "home" / "build", run_id="r1", as_of=date(2026, 1, 1), previous_release=None)
except OSError as error:
    print(type(error).__name__, error)
"""


@pytest.mark.parametrize("closed", ["landing", "landing/project_transactions"])
def test_a_home_that_may_not_be_written_is_one_clear_error(place, closed, obeying_permissions):
    put(place, "project_transactions/t.csv", HEADER + LINE.format("T1", 7))
    folder = place / "home" / closed
    folder.mkdir(parents=True)
    folder.chmod(0o500)
    said = subprocess.run([*obeying_permissions, sys.executable, "-c", LAND, str(place)], text=True, capture_output=True, check=True).stdout
    folder.chmod(0o700)
    assert said.startswith(f"StorageError {folder}: the warehouse may not be written here; give this user the right")


def test_parts_of_deliveries_that_are_gone_are_removed(place):
    put(place, "project_transactions/a.csv", HEADER + LINE.format("T1", 7))
    gone = put(place, "project_transactions/b.csv", HEADER + LINE.format("T2", 7))
    run(place)
    gone.unlink()
    run(place, "r2")
    assert len(list((place / "home" / "landing" / "project_transactions").glob("*.json"))) == 1
    assert len(list((place / "home" / "build" / "r1" / "landing" / "project_transactions").glob("*.parquet"))) == 3


def test_the_order_of_runs_does_not_change_what_lands(place):
    put(place, "project_transactions/a.csv", HEADER + LINE.format("T1", 7))
    put(place, "project_transactions/b.csv", HEADER + LINE.format("T2", 7))
    tables = [pl.read_parquet(run(place, home=home)[1] / "project_transactions" / "*.parquet").drop("_loaded_at") for home in ("one", "two")]
    assert tables[0].equals(tables[1])
