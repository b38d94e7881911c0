"""Activity files from the raw root to what dbt reads: archives, identifiers across files, accounts."""

import shutil
import zipfile
from datetime import date

import duckdb
import polars as pl
import pytest

from pipelines.contracts.iati import ACTIVITY_TABLES, MONEY_TABLES, TABLES
from pipelines.iati import activity_pass, archive, identifiers
from pipelines.landing import row_passes, settled
from pipelines.landing.check import judge
from pipelines.landing.land import land
from pipelines.landing.rates import ECB_COLUMNS
from tests.unit.iati.conftest import activity, document, transaction


class Landed:
    def __init__(self, folder):
        self.folder = folder

    def table(self, name):
        return pl.read_parquet(self.folder / name / "*.parquet")

    def raw(self, name):
        """What raw models make of it: without rejected activities and their rows, of merged ones with their money alone."""
        rejected = self.table("rejected_rows").select("source", "_delivery_id", _activity_row="_source_row")
        left = self.table(name).join(rejected.filter(pl.col("source") == identifiers.WHOLE), on=["_delivery_id", "_activity_row"], how="anti")
        merged = rejected.filter(pl.col("source") == identifiers.MERGED)
        if name in MONEY_TABLES:
            return left
        own = left.filter(pl.col("transaction_number").is_null()) if "transaction_number" in left.columns else left
        of_transactions = left.filter(pl.col("transaction_number").is_not_null()) if "transaction_number" in left.columns else left.clear()
        return pl.concat([own.join(merged, on=["_delivery_id", "_activity_row"], how="anti"), of_transactions])

    def lines(self, table="iati_activities"):
        lines = self.table("deliveries").filter(pl.col("table_name") == table).sort("source_file")
        return lines.select("source_file", "rows_delivered", "rows_loaded", "rows_quarantined", "status").rows()

    def found(self, rule):
        return self.table("quarantine").filter(pl.col("rule") == rule).sort("source_file", "table_name", "source_row")


@pytest.fixture(autouse=True)
def no_rates(monkeypatch, tmp_path):
    rates = tmp_path / "rates.parquet"
    pl.DataFrame(schema=ECB_COLUMNS).write_parquet(rates)
    monkeypatch.setattr(settled, "ecb_reference_rates", lambda _: rates)


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
        loaded = result.raw("iati_transactions")
        assert not loaded.select("iati_identifier", "transaction_number").is_duplicated().any()
        assert not result.raw("iati_activities")["iati_identifier"].is_duplicated().any()
        amounts = result.table("delivered_amounts").filter(pl.col("measure") == "3")
        kept = result.raw("iati_transactions")["value"].sum() or 0
        assert amounts["amount_delivered"].sum() - amounts["amount_quarantined"].sum() == kept
        return result

    return run


def one(identifier, value="1", more=""):
    return activity(transaction(value), identifier=identifier, more=more)


def test_one_file_has_a_line_of_accounts_per_table(landed):
    result = landed({"a.xml": document(one("XM-1-A"))})
    assert result.table("deliveries").filter(pl.col("source") == "iati").height == len(ACTIVITY_TABLES)
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
    monkeypatch.setattr("pipelines.reading.compression.ALWAYS_ALLOWED", 1 << 20)
    result = landed({"a.zip": {"b.xml": document(one("XM-1-A")) + " " * (20 << 20)}, "c.xml": document(one("XM-1-B"))})
    assert result.found("too_large_unpacked")["source_file"].to_list() == ["iati/a.zip!/b.xml"]


def versions(*told, more=("", ""), inner=""):
    """An activity as several files say it: transactions as (value, day)."""
    texts = [activity("".join(transaction(value, date=day, inner=inner) for value, day in one), identifier="XM-1-A") for one in told]
    return [text.replace("<iati-activity ", f"<iati-activity {added} ", 1) for text, added in zip(texts, more, strict=False)]


def updated(*days):
    return tuple(f'last-updated-datetime="{day}T00:00:00Z"' if day else "" for day in days)


EARLY, LATE = [("100", "2019-03-01")], [("200", "2020-03-01")]
OTHER = [("100", "2019-03-01"), ("250", "2019-06-01")]


def values(result):
    return sorted((f"{value:.0f}", number) for value, number in result.raw("iati_transactions").select("value", "transaction_number").rows())


def out(result, table="iati_activities"):
    told = result.found("duplicate_activity").filter(pl.col("table_name") == table)
    return told.select("source_file", "source_row").rows()


def test_identical_copies_count_once(landed):
    result = landed({"a.xml": document(one("XM-1-A"), one("XM-1-B")), "b.xml": document(one("XM-1-B"), one("XM-1-C"))})
    assert sorted(result.raw("iati_transactions")["iati_identifier"]) == ["XM-1-A", "XM-1-B", "XM-1-C"]
    assert out(result) == [("iati/a.xml", 2)] and "an identical copy of activity 1 of iati/b.xml" in result.found("duplicate_activity")["remedy"][0]
    assert result.found("duplicate_activity").filter(pl.col("table_name") == "iati_transactions").height == 1
    assert result.found("duplicate_key").height == result.found("activity_quarantined").height == 0


def test_copies_that_differ_in_their_update_alone_are_identical(landed):
    first, second = versions(EARLY, EARLY, more=updated("2021-01-01", "2020-01-01"))
    result = landed({"a.xml": document(first), "b.xml": document(second, head='generated-datetime="2022-01-01T00:00:00Z"', version="2.02")})
    assert out(result) == [("iati/b.xml", 1)] and "identical" in result.found("duplicate_activity")["remedy"][0]


def test_copies_within_a_file_and_in_archives_count_once(landed):
    result = landed(
        {"a.xml": document(one("XM-1-A"), one("XM-1-A"), one("XM-1-B")), "b.zip": {"c.xml": document(one("XM-1-A")), "d.xml": document(one("XM-1-C"))}}
    )
    assert sorted(result.raw("iati_transactions")["iati_identifier"]) == ["XM-1-A", "XM-1-B", "XM-1-C"]
    assert out(result) == [("iati/a.xml", 1), ("iati/a.xml", 2)]


@pytest.mark.parametrize("turned", [False, True])
def test_what_a_publisher_files_by_year_is_merged(landed, turned):
    budget = '<budget><period-start iso-date="2019-01-01"/><period-end iso-date="2019-12-31"/><value value-date="2019-01-01">5</value></budget>'
    sector = '<sector code="14030"/>'
    early, late = versions(EARLY, LATE, more=updated("2020-01-01", "2021-01-01"), inner=sector)
    early = early.replace("</iati-activity>", f"{budget}<sector code='11110'/><title><narrative>Old</narrative></title></iati-activity>")
    late = late.replace("</iati-activity>", "<sector code='12110'/><title><narrative>New</narrative></title></iati-activity>")
    names = ("z.xml", "a.xml") if turned else ("a.xml", "z.xml")
    result = landed({names[0]: document(early), names[1]: document(late)})
    assert values(result) == [("100", 1), ("200", 2)] and result.raw("iati_budgets").height == 1
    assert result.raw("iati_activities")["title"].to_list() == ["New"]
    assert sorted(result.raw("iati_sectors").select("code", "transaction_number").rows(), key=str) == [("12110", None), ("14030", 1), ("14030", 2)]
    assert out(result) == [(f"iati/{names[0]}", 1)] and out(result, "iati_transactions") == out(result, "iati_budgets") == []
    assert out(result, "iati_sectors") == [(f"iati/{names[0]}", 2)]
    assert f"merged with activity 1 of iati/{names[1]}" in result.found("duplicate_activity")["remedy"][0]


def test_merging_leaves_what_is_kept_of_a_delivery_as_it_is(landed):
    early, late = versions(EARLY, LATE)
    landed({"a.xml": document(early), "b.xml": document(late)})
    assert values(landed()) == [("100", 1), ("200", 2)]


def test_more_than_two_files_of_years_and_a_copy(landed):
    years = [
        document(text) for text in versions(*([(str(year), f"{year}-05-01"), (f"{year}1", f"{year}-06-01")] for year in (2018, 2019, 2020)), more=[""] * 3)
    ]
    files = {f"{number}.xml": text for number, text in enumerate(years)} | {"0-again.zip": {"x.xml": years[1] + "\n"}}
    result = landed(files)
    assert values(result) == [("2018", 1), ("20181", 2), ("2019", 3), ("20191", 4), ("2020", 5), ("20201", 6)]
    assert out(result) == [("iati/0-again.zip!/x.xml", 1), ("iati/0.xml", 1), ("iati/1.xml", 1)]


@pytest.mark.parametrize(
    ("days", "generated", "counts"),
    [
        (("2020-01-01", "2021-01-01"), (None, None), "b"),
        (("2021-01-01", "2020-01-01"), (None, None), "a"),
        (("2021-01-01", "2020-01-01"), ("2020-01-01", "2022-01-01"), "a"),
        (("2020-01-01", "2020-01-01"), ("2022-01-01", "2021-01-01"), "a"),
        ((None, "2021-01-01"), ("2022-01-01", "2021-01-01"), "a"),
        ((None, None), ("2021-01-01", "2022-01-01"), "b"),
        ((None, None), ("2022-01-01", None), "b"),
        ((None, None), (None, None), "b"),
        (("2021-01-01", None), (None, None), "b"),
    ],
)
def test_of_two_versions_the_newer_counts(landed, days, generated, counts):
    heads = [f'generated-datetime="{day}T00:00:00Z"' if day else "" for day in generated]
    texts = versions(EARLY + LATE, OTHER, more=updated(*days))
    result = landed({f"{name}.xml": document(text, head=head) for name, text, head in zip("ab", texts, heads, strict=True)})
    assert result.raw("iati_transactions")["_source_file"].unique().to_list() == [f"iati/{counts}.xml"]
    lost = "a" if counts == "b" else "b"
    assert out(result) == [(f"iati/{lost}.xml", 1)] and out(result, "iati_transactions") == [(f"iati/{lost}.xml", 1), (f"iati/{lost}.xml", 2)]
    told = result.found("duplicate_activity")["remedy"][0]
    how = (
        "path comes later"
        if None in days + generated and not all(days) and not all(generated)
        else "generated later"
        if len(set(days)) == 1 or None in days
        else "updated later"
    )
    assert f"activity 1 of iati/{counts}.xml" in told and how in told


def test_days_that_touch_are_not_apart(landed):
    first, second = versions(EARLY, [("200", "2019-03-01"), ("300", "2020-01-01")])
    assert values(landed({"a.xml": document(first), "b.xml": document(second)})) == [("200", 1), ("300", 2)]


def test_a_newer_file_without_money_leaves_the_money_of_the_older(landed):
    first, second = versions(EARLY, [], more=updated("2020-01-01", "2021-01-01"))
    result = landed({"a.xml": document(first), "b.xml": document(second)})
    assert values(result) == [("100", 1)] and result.raw("iati_activities")["_source_file"].to_list() == ["iati/b.xml"]


def test_budgets_alone_are_compared_by_their_periods(landed):
    def budget(year, value):
        return f'<budget><period-start iso-date="{year}-01-01"/><period-end iso-date="{year}-12-31"/><value value-date="{year}-01-01">{value}</value></budget>'

    result = landed({"a.xml": document(activity(budget(2019, 5))), "b.xml": document(activity(budget(2020, 6)))})
    assert sorted(result.raw("iati_budgets")["value"]) == [5, 6]
    result = landed({"a.xml": document(activity(budget(2019, 5))), "b.xml": document(activity(budget(2019, 6)))})
    assert result.raw("iati_budgets")["value"].to_list() == [6]


@pytest.mark.parametrize("reporter", ["XM-2", None])
def test_activities_of_different_publishers_are_not_merged(landed, reporter):
    other = (
        activity(transaction("200", date="2020-03-01"), reporter=reporter)
        if reporter
        else activity(transaction("200", date="2020-03-01")).replace(' ref="XM-1"', "")
    )
    result = landed({"a.xml": document(activity(transaction("100", date="2019-03-01"))), "b.xml": document(other)})
    assert values(result) == [("200", 1)] and len(out(result, "iati_transactions")) == 1


def test_a_reporter_in_capitals_and_in_small_letters_is_one(landed):
    files = {
        "a.xml": document(activity(transaction("100", date="2019-03-01"))),
        "b.xml": document(activity(transaction("200", date="2020-03-01"), reporter="xm-1")),
    }
    assert values(landed(files)) == [("100", 1), ("200", 2)]


def test_secondary_reporters_alone_are_judged_as_others_are(landed):
    texts = [text.replace("<reporting-org ", '<reporting-org secondary-reporter="1" ') for text in versions(EARLY, LATE)]
    assert values(landed({"a.xml": document(texts[0]), "b.xml": document(texts[1])})) == [("100", 1), ("200", 2)]


def test_files_are_checked_against_a_release_as_a_run_compares_them(tmp_path):
    names = ("iati_activities", "iati_transactions", "iati_budgets", "iati_planned_disbursements")
    first, second = versions(EARLY, LATE, more=updated("2020-01-01", "2019-01-01"))
    (tmp_path / "raw" / "iati").mkdir(parents=True)
    (tmp_path / "raw" / "iati" / "a.xml").write_text(document(first))
    build = tmp_path / "home" / "build" / "r1"
    land(tmp_path / "raw", tmp_path / "home", build, run_id="r1", as_of=date(2026, 1, 1), previous_release=None)
    with duckdb.connect(str(tmp_path / "techcoop.duckdb")) as connection:
        connection.execute("create schema raw")
        for name in names:
            connection.execute(f"create table raw.{name} as select * from read_parquet('{build}/landing/{name}/*.parquet')")

    def found(text):
        (tmp_path / "new.xml").write_text(document(text))
        judged = judge([tmp_path / "new.xml"], source="iati", current_release=tmp_path / "techcoop.duckdb")
        lines = judged.findings.filter(pl.col("rule") == "duplicate_activity")
        return dict(lines.select("table_name", "remedy").rows())

    assert set(found(second)) == {"iati_activities"} and "merged with activity 1 of iati/a.xml" in found(second)["iati_activities"]
    older, newer = versions(OTHER, OTHER, more=updated("2019-01-01", "2024-01-01"))
    assert set(found(older)) == {"iati_activities", "iati_transactions"} and "updated later" in found(older)["iati_transactions"]
    assert found(newer) == {}


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
    monkeypatch.setattr(row_passes, "WORTH_A_WORKER", 0)
    together = landed(files)
    for name, frame in told.items():
        columns = [column for column in frame.columns if column != "_loaded_at"]
        assert together.table(name).select(columns).sort(columns).equals(frame.select(columns).sort(columns)), name
