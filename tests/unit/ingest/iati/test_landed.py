"""Activity files from the raw root to what dbt reads: archives, identifiers across files, accounts."""

import shutil
import zipfile
from datetime import date

import polars as pl
import pytest

from pipelines.contracts.iati import TABLES
from pipelines.ingest import landing as landing_module
from pipelines.ingest.iati import activity_pass, archive
from pipelines.ingest.judge import judge
from pipelines.ingest.landing import land
from pipelines.ingest.rates import ECB_COLUMNS
from tests.unit.ingest.iati.conftest import activity, document, transaction


class Landed:
    def __init__(self, folder):
        self.folder = folder

    def table(self, name):
        return pl.read_parquet(self.folder / name / "*.parquet")

    def raw(self, name):
        """What raw models make of it: without rejected activities and their rows."""
        rejected = self.table("rejected_rows").select("_delivery_id", _activity_row="_source_row")
        return self.table(name).join(rejected, on=["_delivery_id", "_activity_row"], how="anti")

    def lines(self, table="iati_activities"):
        lines = self.table("deliveries").filter(pl.col("table_name") == table).sort("source_file")
        return lines.select("source_file", "rows_delivered", "rows_loaded", "rows_quarantined", "status").rows()

    def found(self, rule):
        return self.table("quarantine").filter(pl.col("rule") == rule).sort("source_file", "table_name", "source_row")


@pytest.fixture(autouse=True)
def no_rates(monkeypatch, tmp_path):
    rates = tmp_path / "rates.parquet"
    pl.DataFrame(schema=ECB_COLUMNS).write_parquet(rates)
    monkeypatch.setattr(landing_module, "ecb_reference_rates", lambda _: rates)


@pytest.fixture
def landed(tmp_path):
    def run(files=()):
        for name, content in dict(files).items():
            path = tmp_path / "raw" / "iati" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            if isinstance(content, dict):
                with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
                    for member, text in content.items():
                        packed.writestr(member, text)
            else:
                path.write_text(content)
        folder = tmp_path / "home" / "build" / "r1"
        land(tmp_path / "raw", tmp_path / "home", folder, run_id="r1", as_of=date(2026, 1, 1), previous_release=None)
        result = Landed(folder / "landing")
        lines = result.table("deliveries")
        assert (lines["rows_delivered"] == lines["rows_loaded"] + lines["rows_quarantined"]).all()
        for name in TABLES:
            assert dict(result.table(name).schema) == TABLES[name].schema
            own = lines.filter(pl.col("table_name") == name)
            assert own["rows_loaded"].sum() == result.raw(name).height, name
            told = result.table("quarantine").filter((pl.col("table_name") == name) & pl.col("severity").is_in(["error", "critical"]))
            told = told.filter(pl.col("source_row").is_not_null()).unique(["delivery_id", "source_row"])
            assert own["rows_quarantined"].sum() == told.height, name
        amounts = result.table("delivered_amounts").filter(pl.col("measure") == "3")
        kept = result.raw("iati_transactions")["value"].sum() or 0
        assert amounts["amount_delivered"].sum() - amounts["amount_quarantined"].sum() == kept
        return result

    return run


def one(identifier, value="1", more=""):
    return activity(transaction(value), identifier=identifier, more=more)


def test_one_file_has_a_line_of_accounts_per_table(landed):
    result = landed({"a.xml": document(one("XM-1-A"))})
    assert result.table("deliveries").filter(pl.col("source") == "iati").height == len(TABLES)
    assert result.lines("iati_transactions") == [("iati/a.xml", 1, 1, 0, "loaded")]


def test_every_member_of_an_archive_is_a_delivery_of_its_own(landed):
    result = landed({"a.zip": {"x/b.xml": document(one("XM-1-A")), "c.xml": document(one("XM-1-B")), "readme.md": "no", "d.xml": "<html/>"}})
    assert result.lines() == [("iati/a.zip!/c.xml", 1, 1, 0, "loaded"), ("iati/a.zip!/x/b.xml", 1, 1, 0, "loaded")]
    assert result.lines("iati") == [("iati/a.zip!/d.xml", 0, 0, 0, "set_aside")]
    assert set(result.table("iati_transactions")["_source_file"]) == {"iati/a.zip!/c.xml", "iati/a.zip!/x/b.xml"}


def test_the_same_content_in_an_archive_and_beside_it_loads_once(landed):
    text = document(one("XM-1-A"))
    assert sorted(
        line[-1]
        for line in landed({"a.zip": {"b.xml": text}, "c.xml": text}).table("deliveries").filter(pl.col("source") == "iati").select("status").unique().rows()
    ) == ["loaded", "set_aside"]


@pytest.mark.parametrize("name", ["../b.xml", "/etc/b.xml", "x/../../b.xml", "C:\\b.xml", "..\\b.xml"])
def test_an_archive_with_a_name_that_points_out_of_it_is_set_aside(landed, tmp_path, name):
    result = landed({"a.zip": {name: document(one("XM-1-A"))}, "c.xml": document(one("XM-1-B"))})
    assert result.lines("iati") == [("iati/a.zip", 0, 0, 0, "set_aside")] and result.lines()[0][0] == "iati/c.xml"
    assert result.found("unsafe_archive").height == 1 and not list(tmp_path.rglob("b.xml"))


def test_an_archive_that_is_none_is_set_aside(landed, tmp_path):
    (tmp_path / "raw" / "iati").mkdir(parents=True)
    (tmp_path / "raw" / "iati" / "a.zip").write_bytes(b"PK\x03\x04" + b"\0" * 100)
    assert landed({"c.xml": document(one("XM-1-B"))}).lines("iati") == [("iati/a.zip", 0, 0, 0, "set_aside")]


def test_an_archive_that_expands_beyond_measure_is_set_aside(landed, monkeypatch):
    monkeypatch.setattr("pipelines.ingest.iati.document.ALWAYS_ALLOWED", 1 << 20)
    result = landed({"a.zip": {"b.xml": document(one("XM-1-A")) + " " * (20 << 20)}, "c.xml": document(one("XM-1-B"))})
    assert result.found("too_large_unpacked")["source_file"].to_list() == ["iati/a.zip!/b.xml"]


def test_activities_that_share_an_identifier_are_all_quarantined_with_their_rows(landed):
    result = landed({"a.xml": document(one("XM-1-A"), one("XM-1-B")), "b.xml": document(one("XM-1-B", "2"), one("XM-1-C"))})
    assert sorted(result.raw("iati_transactions")["iati_identifier"]) == ["XM-1-A", "XM-1-C"]
    told = result.found("duplicate_key")
    assert told.select("source_file", "source_row", "value").rows() == [("iati/a.xml", 2, "XM-1-B"), ("iati/b.xml", 1, "XM-1-B")]
    assert "activity 1 of iati/b.xml" in told["remedy"][0]
    assert result.found("activity_quarantined").filter(pl.col("table_name") == "iati_transactions").height == 2


def test_a_reporters_own_activity_stays_where_secondary_reporters_repeat_it(landed):
    second = one("XM-1-A", "2").replace("<reporting-org ", '<reporting-org secondary-reporter="1" ')
    result = landed({"a.xml": document(one("XM-1-A")), "b.xml": document(second)})
    assert result.raw("iati_transactions")["_source_file"].to_list() == ["iati/a.xml"]


def test_a_newer_file_supersedes_an_older_one_by_its_mapping(landed):
    files = {"old.zip": {"a.xml": document(one("XM-1-A"))}, "new.xml": document(one("XM-1-A", "2"))}
    result = landed({**files, "new.xml.mapping.yml": "supersedes: ['old.zip']\n"})
    assert result.lines("iati") == [("iati/old.zip!/a.xml", 0, 0, 0, "superseded")]
    assert result.raw("iati_transactions").height == 1


def test_an_unchanged_file_is_not_parsed_again(landed, monkeypatch):
    landed({"a.zip": {"b.xml": document(one("XM-1-A"))}, "c.xml": document(one("XM-1-B"))})

    def never(*_):
        raise AssertionError("parsed again")

    monkeypatch.setattr(activity_pass, "activity_pass", never)
    monkeypatch.setattr(archive, "read_members", never)
    assert landed().raw("iati_activities").height == 2


def test_country_codes_are_read_as_places(landed):
    result = landed({"a.xml": document(activity('<recipient-country code="KG"/>'))})
    assert result.table("place_labels").filter(pl.col("label") == "KG")["place"].to_list() == ["KG"]


def test_no_activity_file_is_empty_typed_tables(landed, tmp_path):
    (tmp_path / "raw" / "missions").mkdir(parents=True)
    (tmp_path / "raw" / "missions" / "m.csv").write_text("mission_id\n")
    assert landed().raw("iati_transactions").height == 0


def test_files_are_judged_before_they_are_delivered(tmp_path):
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as packed:
        packed.writestr("b.xml", document(one("XM-1-A", "x")))
        packed.writestr("c.xml", document(version="1.03"))
    found = judge([tmp_path / "a.zip"], source="iati")
    assert [(file.path.name, file.rows_delivered, file.rows_quarantined, bool(file.refused)) for file in found.files] == [
        ("b.xml", 2, 1, False),
        ("c.xml", 0, 0, True),
    ]
    assert found.has_violations and "iati_transactions, column value, row 1: found x" in found.summary


def test_files_read_by_several_workers_land_as_by_one(landed, monkeypatch):
    files = {f"{name}.xml": document(*(one(f"XM-1-{name}{number}") for number in range(3))) for name in "abc"}
    files |= {"bad.xml": "<iati-activities version='1.05'/>", "broken.xml": document(one("XM-1-D"))[:-30], "more.zip": {"d.xml": document(one("XM-1-E"))}}
    monkeypatch.setenv("TECHCOOP_WORKERS", "1")
    alone = landed(files)
    told = {name: alone.table(name) for name in ("deliveries", "quarantine", "iati_transactions")}
    shutil.rmtree(alone.folder.parents[2])
    monkeypatch.setenv("TECHCOOP_WORKERS", "2")
    monkeypatch.setattr(landing_module, "WORTH_A_WORKER", 0)
    together = landed(files)
    for name, frame in told.items():
        columns = [column for column in frame.columns if column != "_loaded_at"]
        assert together.table(name).select(columns).sort(columns).equals(frame.select(columns).sort(columns)), name
