"""Everything that people deliver wrongly, all at once in one folder: one run loads what is right and says of the rest what, where and what to do."""

import datetime as dt
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest
import xlsxwriter

from pipelines import storage

HEADER = "transaction_id,project_id,transaction_type,transaction_date,amount,currency,provider,recipients,subprogrammes"
COLUMNS = HEADER.split(",")
# Findings without a value: nothing stands in the cell, or the whole file is meant.
WITHOUT_VALUE = {"required", "no_rows"}


def line(number, **change):
    """One transaction of P1, ten dollars unless said otherwise."""
    row = {"transaction_id": number, "project_id": "P1", "transaction_type": "expenditure", "transaction_date": "2023-05-01", "amount": "10", "currency": "USD"}
    return ",".join((row | change).get(column, "") for column in COLUMNS)


def text(*lines, header=HEADER, encoding="utf-8"):
    return ("\n".join([header, *lines]) + "\n").encode(encoding)


def book(path, fill, **options):
    with xlsxwriter.Workbook(path, {"default_date_format": "yyyy-mm-dd", **options}) as out:
        fill(out.add_worksheet())


def mapping(name, words):
    return {f"project_transactions/{name}.mapping.yml": words.encode()}


FILES = {
    "project_transactions/t.csv": text(
        line("GOOD", amount="100000.00"),
        line("NAN", amount="NaN"),
        line("INFINITE", amount="Infinity"),
        line("PRECISE", amount="0.12345678901"),
        line("LARGE", amount="10000000000000000.00"),
        line("CONTINENTAL", amount='"1.234,56"'),
        line("ENGLISH", amount='"1,234.56"'),
        line("FEBRUARY", transaction_date="31.02."),
        line("SLIP", transaction_date="9619-05-01"),
        line("PROJECT", project_id="P404"),
        line("PLACE", recipients="Atlantis"),
        line("SUBPROGRAMME", subprogrammes="404"),
        line("SPLIT", recipients="KG:60|TJ:39"),
        line("INSIDE"),
        line("INSIDE", amount="11"),
    ),
    "project_transactions/across-a.csv": text(line("ACROSS"), line("A")),
    "project_transactions/across-b.csv": text(line("B"), line("ACROSS")),
    "project_transactions/empty.csv": b"",
    "project_transactions/header-only.csv": text(),
    "project_transactions/windows.csv": text(line("WINDOWS", provider="Fonds européen"), encoding="cp1252"),
    "project_transactions/not-utf-8.csv": text(line("STATED", provider="Fonds européen"), encoding="cp1252"),
    **mapping("not-utf-8.csv", "encoding: utf-8\n"),
    "project_transactions/duplicate-header.csv": text(line("TWICE"), header=HEADER.replace("provider", "amount")),
    "project_transactions/missing-column.csv": text(
        "M,P1,expenditure,2023-05-01,10", header="transaction_id,project_id,transaction_type,transaction_date,amount"
    ),
    "project_transactions/extra-column.csv": text(line("EXTRA") + ",red", header=f"{HEADER},colour"),
    "project_transactions/ragged.csv": text(line("EVEN"), "SHORT,P1,expenditure", line("LONG") + ",,surplus"),
    "project_transactions/line-breaks.csv": text(line("BROKEN", provider='"one\ntwo"'), line("AFTER", amount="x")),
    "project_transactions/continental.csv": text(line("COMMA", amount='"1.234,56"')),
    **mapping("continental.csv", 'numbers: {decimal: ",", thousands: "."}\n'),
    "project_transactions/english.csv": text(line("POINT", amount='"1,234.56"')),
    **mapping("english.csv", 'numbers: {decimal: ".", thousands: ","}\n'),
    "project_transactions/protected.xlsx": bytes.fromhex("d0cf11e0a1b11ae1") + bytes(2000),
    "project_transactions/twice-a.csv": text(line("TWICE")),
    "project_transactions/twice-b.csv": text(line("TWICE")),
    "project_transactions/draft.csv": text(line("CORRECTED", amount="7")),
    "project_transactions/final.csv": text(line("CORRECTED", amount="8")),
    **mapping("final.csv", "supersedes: draft.csv\n"),
    "project_transactions/mapped.csv": text(line("MAPPED")),
    **mapping("mapped.csv", "constants: {amonut: '1'}\n"),
    "project_transactions/closed/c.csv": text(line("CLOSED")),
    "project_transactions/swallowed.csv": text(
        line("BEFORE", provider="Donor"),
        line("OPENED", provider='"Donor'),
        line("SWALLOWED", provider="Donor"),
        line("SHUT", provider='Donor"'),
        line("BEHIND", provider="Donor"),
    ),
    "project_transactions/dashes.csv": text(line("FRANCS", amount="1000.-"), line("DIGITS", amount="٣٠٠"), line("MINUS", amount="500-")),
    "project_transactions/parts.csv": text(line("WHOLE", amount="1234 USD"), line("PART", amount="1 234 567 USD")),
    **mapping("parts.csv", "split: {amount: {pattern: '(?P<number>[0-9.]+) USD'}}\ncolumns: {amount: number}\n"),
    "project_transactions/upload.csv.part": text(line("UNDERWAY")),
    "trust_fund_projects/projects.csv": text(
        "P1,Water,ECE,1,trust_fund,2023-01-01,active,USD,KG:60|TJ:40",
        "P2,Elsewhere,NOWHERE,,trust_fund,2023-01-01,active,USD,KG",
        header="project_id,title,entity,subprogrammes,funding_source,start_date,status,currency,recipients",
    ),
    "missions/m.csv": text(
        "M1,NOWHERE,UNALLOCATED,advisory,2023-02-01,KG,rptc",
        "M2,ECE,404,advisory,2023-02-01,Atlantis,rptc",
        "M3,ECE,1,advisory,2023-02-01,KG,petty_cash",
        ",ECE,1,advisory,2023-02-01,KG,rptc",
        header="mission_id,entity,subprogramme,mission_type,start_date,recipients,funding_source",
    ),
    "subprogramme_allocations/a.csv": text(
        "programme_budget,ECE,2018-19,1,rptc,expenditure,5,USD",
        "programme_budget,ECE,2023,1,rptc,expenditure,5,USD",
        header="book,entity,fiscal_year,subprogramme,funding_source,measure,amount,currency",
    ),
    "grants/g.csv": b"a\n1\n",
}

# File below the source's folder: (row, column, rule) of everything that is said about it.
EXPECTED = {
    "t.csv": {
        (3, "amount", "unreadable_number"),
        (4, "amount", "unreadable_number"),
        (5, "amount", "too_precise"),
        (6, "amount", "amount_too_large"),
        (7, "amount", "unreadable_number"),
        (8, "amount", "unreadable_number"),
        (9, "transaction_date", "unreadable_date"),
        (10, "transaction_date", "date_out_of_range"),
        (11, "project_id", "unknown_project"),
        (12, "recipients", "unknown_place"),
        (13, "subprogrammes", "unknown_subprogramme"),
        (14, "recipients", "split_sum"),
        (15, "transaction_id", "duplicate_key"),
        (16, "transaction_id", "duplicate_key"),
    },
    "across-a.csv": {(2, "transaction_id", "duplicate_key")},
    "across-b.csv": {(3, "transaction_id", "duplicate_key")},
    "empty.csv": {(None, None, "empty_file")},
    "header-only.csv": {(1, None, "no_rows")},
    "windows.csv": {(2, None, "encoding")},
    "not-utf-8.csv": {(None, None, "encoding")},
    "duplicate-header.csv": {(None, None, "duplicate_header")},
    "missing-column.csv": {(None, None, "missing_column")},
    "extra-column.csv": {(1, "colour", "extra_column")},
    "ragged.csv": {(3, None, "ragged_row"), (4, None, "ragged_row")},
    "line-breaks.csv": {(3, "amount", "unreadable_number")},
    "swallowed.csv": {(3, None, "unclosed_quote"), (4, None, "unclosed_quote"), (5, None, "unclosed_quote")},
    "dashes.csv": {(2, "amount", "unreadable_number"), (3, "amount", "unreadable_number")},
    "parts.csv": {(3, "amount", "split_does_not_fit")},
    "hidden.xlsx": {(3, None, "hidden_rows")},
    "formula.xlsx": {(2, "amount", "formula_without_value"), (2, "amount", "unreadable_number")},
    "merged.xlsx": {(None, None, "merged_header")},
    "protected.xlsx": {(None, None, "password_or_old_format")},
    "twice-b.csv": {(None, None, "same_content")},
    "mapped.csv": {(None, None, "broken_mapping")},
    "closed": {(None, None, "unreadable_folder")},
    "projects.csv": {(3, "entity", "unknown_entity")},
    "m.csv": {
        (2, "entity", "unknown_entity"),
        (3, "subprogramme", "unknown_subprogramme"),
        (3, "recipients", "unknown_place"),
        (4, "funding_source", "not_in_code_list"),
        (5, "mission_id", "required"),
    },
    "a.csv": {(2, "fiscal_year", "unreadable_year")},
    "grants": {(None, None, "unknown_source")},
}

# Deliveries that have rows: delivered, quarantined.
COUNTS = {
    "t.csv": (15, 10),
    "across-a.csv": (2, 1),
    "across-b.csv": (2, 1),
    "header-only.csv": (0, 0),
    "windows.csv": (1, 0),
    "extra-column.csv": (1, 0),
    "ragged.csv": (3, 2),
    "line-breaks.csv": (2, 1),
    "swallowed.csv": (5, 3),
    "dashes.csv": (3, 2),
    "parts.csv": (2, 1),
    "hidden.xlsx": (2, 0),
    "continental.csv": (1, 0),
    "english.csv": (1, 0),
    "formula.xlsx": (2, 1),
    "days-1900.xlsx": (1, 0),
    "days-1904.xlsx": (1, 0),
    "twice-a.csv": (1, 0),
    "final.csv": (1, 0),
    "projects.csv": (2, 0),
    "m.csv": (4, 2),
    "a.csv": (2, 1),
}

SET_ASIDE = {
    "empty.csv", "not-utf-8.csv", "duplicate-header.csv", "missing-column.csv", "merged.xlsx", "protected.xlsx", "twice-b.csv", "mapped.csv", "closed",
}  # fmt: skip


def deliver_everything(raw: Path) -> None:
    for name, content in FILES.items():
        (raw / name).parent.mkdir(parents=True, exist_ok=True)
        (raw / name).write_bytes(content)
    folder = raw / "project_transactions"

    def formula(sheet):
        sheet.write_row(0, 0, COLUMNS)
        sheet.write_row(1, 0, line("FORMULA").split(","))
        sheet.write_formula(1, 4, "=A9*2", None, "")
        sheet.write_row(2, 0, line("STORED").split(","))
        sheet.write_formula(2, 4, "=5*2", None, 10)

    def merged(sheet):
        sheet.merge_range(0, 0, 0, 1, "transaction_id")
        sheet.write_row(0, 2, COLUMNS[2:])
        sheet.write_row(1, 0, line("MERGED").split(","))

    def days(number):
        def fill(sheet):
            sheet.write_row(0, 0, COLUMNS)
            sheet.write_row(1, 0, line(number).split(","))
            sheet.write_datetime(1, 3, dt.date(2023, 2, 28))

        return fill

    def hidden(sheet):
        for row, cells in enumerate([COLUMNS, line("SHOWN").split(","), line("HIDDEN").split(",")]):
            sheet.write_row(row, 0, cells)
        sheet.set_row(2, None, None, {"hidden": True})

    book(folder / "hidden.xlsx", hidden)
    book(folder / "formula.xlsx", formula)
    book(folder / "merged.xlsx", merged)
    book(folder / "days-1900.xlsx", days("D1900"))
    book(folder / "days-1904.xlsx", days("D1904"), date_1904=True)


@pytest.fixture(scope="module")
def told(first_release, obeying_permissions, tmp_path_factory):
    """The run over everything: what it printed, and the release that it made after the first one, whose project file is withdrawn."""
    home, raw = tmp_path_factory.mktemp("bad") / "warehouse", tmp_path_factory.mktemp("bad") / "raw"
    shutil.copytree(first_release.home, home, symlinks=True)
    deliver_everything(raw)
    closed = raw / "project_transactions" / "closed"
    closed.chmod(0)
    techcoop = str(Path(sys.executable).with_name("techcoop"))
    arguments = ["run", "--json", "--home", str(home), "--raw", str(raw), "--as-of", first_release.as_of]
    try:
        process = subprocess.run([*obeying_permissions, techcoop, *arguments], text=True, capture_output=True)
    finally:
        closed.chmod(0o755)
    with duckdb.connect(str(home / "techcoop.duckdb"), read_only=True) as connection:
        yield process, connection


def test_bad_deliveries_do_not_keep_the_good_ones_from_a_release(told):
    process, _ = told
    assert process.returncode == 0, process.stdout[-3000:] + process.stderr[-3000:]
    said = json.loads(process.stdout.splitlines()[-1])
    assert said["released"] is True and said["checks_failed"] == said["checks_errored"] == 0
    assert "Traceback" not in process.stderr and "Error" not in process.stderr


def test_every_piece_of_bad_input_is_named_by_its_rule_where_it_stands(told):
    found: dict[str, set] = {}
    for file, row, column, rule in told[1].execute("select source_file, source_row, column_name, rule from audit.quarantine").fetchall():
        found.setdefault(file.partition("/")[2] or file, set()).add((row, column, rule))
    assert found == EXPECTED


def test_every_finding_has_value_and_remedy(told):
    lines = told[1].execute("select source_file, source_row, rule, severity, value, remedy from audit.quarantine").fetchall()
    for file, row, rule, severity, value, remedy in lines:
        assert remedy and severity in ("critical", "error", "warning"), (file, row, rule)
        assert value is not None or row is None or rule in WITHOUT_VALUE, (file, row, rule)


def test_every_delivered_row_is_loaded_or_quarantined(told):
    process, release = told
    said = json.loads(process.stdout.splitlines()[-1])
    lines = release.execute("select source_file, status, rows_delivered, rows_loaded, rows_quarantined, message from audit.deliveries").fetchall()
    assert all(delivered == loaded + quarantined for _, _, delivered, loaded, quarantined, _ in lines)
    counts = {file.partition("/")[2]: (delivered, quarantined) for file, status, delivered, _, quarantined, _ in lines if status == "loaded"}
    assert counts == COUNTS
    assert (said["rows_delivered"], said["rows_quarantined"]) == tuple(map(sum, zip(*COUNTS.values(), strict=True)))
    assert said["rows_delivered"] == said["rows_loaded"] + said["rows_quarantined"]
    # The counts are those of the tables themselves.
    sources = ("project_transactions", "trust_fund_projects", "missions", "subprogramme_allocations")
    loaded = " union all ".join(f"select _delivery_id, count(*) as n from raw.{source} group by all" for source in sources)
    quarantined = "select delivery_id, count(distinct source_row) as n from audit.quarantine where severity = 'error' group by all"
    different = release.execute(
        f"""select source_file from audit.deliveries left join ({loaded}) l on l._delivery_id = delivery_id left join ({quarantined}) q using (delivery_id)
            where rows_loaded <> coalesce(l.n, 0) or rows_quarantined <> coalesce(q.n, 0)"""
    ).fetchall()
    assert different == []
    assert release.execute("select max(abs(difference)), sum(amount_from - amount_to - rounding) from audit.reconciliation").fetchone() == (0, 0)


def test_what_became_of_each_file_is_said(told):
    statuses: dict[str, set] = {}
    for file, status, message in told[1].execute("select source_file, status, message from audit.deliveries").fetchall():
        statuses.setdefault(status, set()).add(file.partition("/")[2])
        assert status == "loaded" or message, file
    assert statuses == {"loaded": set(COUNTS), "set_aside": SET_ASIDE, "superseded": {"draft.csv", "t.csv"}, "withdrawn": {"p.csv"}}


def test_whatever_is_set_aside_is_a_warned_check_that_names_it(told):
    process, release = told
    ((engine, status, observed),) = release.execute(
        "select engine, status, observed from audit.check_results where check_name = 'deliveries_set_aside'"
    ).fetchall()
    assert (engine, status) == ("contract", "warned") and all(f"project_transactions/{name}" in observed for name in SET_ASIDE)
    warned = json.loads(process.stdout.splitlines()[-1])["warnings"]
    assert [finding["observed"] for finding in warned if finding["check"] == "deliveries_set_aside"] == [observed]
    assert "project_transactions/across-a.csv: 2 rows, 1 quarantined" in process.stderr


def test_what_can_be_read_is_read_right(told):
    amounts = dict(told[1].execute("select transaction_id, amount::double from raw.project_transactions").fetchall())
    assert amounts == {
        "GOOD": 100000, "PRECISE": 0.123456789, "PROJECT": 10, "PLACE": 10, "SUBPROGRAMME": 10, "A": 10, "B": 10, "WINDOWS": 10, "EXTRA": 10, "EVEN": 10,
        "BROKEN": 10, "COMMA": 1234.56, "POINT": 1234.56, "STORED": 10, "D1900": 10, "BEFORE": 10, "BEHIND": 10,
        "MINUS": -500, "WHOLE": 1234, "SHOWN": 10, "HIDDEN": 10, "D1904": 10, "TWICE": 10, "CORRECTED": 8,
    }  # fmt: skip
    texts = "select transaction_date::varchar, provider from raw.project_transactions where transaction_id = "
    assert told[1].execute(texts + "'D1900'").fetchone()[0] == told[1].execute(texts + "'D1904'").fetchone()[0] == "2023-02-28"
    assert told[1].execute(texts + "'WINDOWS'").fetchone()[1] == "Fonds européen" and told[1].execute(texts + "'BROKEN'").fetchone()[1] == "one\ntwo"


def test_what_refers_to_nothing_is_shown_as_unknown_with_its_money(told):
    def spent(where):
        return told[1].execute(f"select sum(amount)::double from marts.fct_spending where {where}").fetchone()[0]

    assert spent("transaction_key = 'project_ledger:PROJECT' and entity = 'UNKNOWN'") == 10
    assert spent("transaction_key = 'project_ledger:PLACE' and recipient = 'UNKNOWN'") == 10
    assert spent("transaction_key = 'project_ledger:SUBPROGRAMME' and subprogramme = 'UNKNOWN'") == 10
    assert told[1].execute("select entity from raw.missions where mission_id = 'M1'").fetchone() == ("NOWHERE",)


@pytest.fixture
def small_disk(tmp_path):
    """small_disk(bytes) -> a folder that holds so much and no more."""
    folder = tmp_path / "disk"
    folder.mkdir()

    def mount(size):
        if os.geteuid() != 0 or subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(folder)], capture_output=True).returncode:
            pytest.skip("a small tmpfs can be mounted by root only")
        return folder

    yield mount
    # Lazily: polars closes the files of a query that failed a moment after the failure is known.
    subprocess.run(["umount", "-l", str(folder)], capture_output=True)


def test_a_disk_that_fills_during_the_build_ends_the_run_with_one_clear_line_and_keeps_the_release(first_release, small_disk, tmp_path):
    home = small_disk(sum(file.lstat().st_blocks * 512 for file in first_release.home.rglob("*")) + 4 * 2**20)
    shutil.copytree(first_release.home, home, symlinks=True, dirs_exist_ok=True)
    shutil.copytree(first_release.raw, tmp_path / "raw")
    (tmp_path / "raw" / "project_transactions" / "t.csv").write_bytes(text(line("NEW", amount="90000")))
    full = type(first_release)(home=home, raw=tmp_path / "raw")
    process = full.techcoop("run", "--json", "--as-of", first_release.as_of)
    assert process.returncode == 1, process.stderr
    (failure,) = json.loads(process.stdout.splitlines()[-1])["failures"]
    assert failure["observed"] == str(storage.full(home)) and "Traceback" not in process.stderr
    assert sum("the disk is full" in said for said in process.stderr.splitlines()) == 1
    status = json.loads(full.techcoop("status", "--json").stdout)
    assert status["stale"] is True and status["release_id"] == (first_release.home / "current").readlink().name
    assert not list((home / "build").iterdir())
    assert full.one("select sum(amount)::varchar from raw.project_transactions") == ("100000.0100000000",)


@pytest.mark.slow
def test_a_disk_with_no_room_for_a_first_run_is_said_in_one_line(first_release, small_disk):
    process = type(first_release)(home=small_disk(2**20), raw=first_release.raw).techcoop("run", "--json", "--as-of", first_release.as_of)
    assert process.returncode != 0 and "Traceback" not in process.stdout + process.stderr
    assert sum("the disk is full; free space there" in said for said in process.stderr.splitlines()) == 1
