"""Two releases of one real data set, one after the other: what the second restates is what differs between the two files."""

import csv
import io
import json
import os
import subprocess
import sys
import zipfile
from collections import defaultdict
from decimal import ROUND_HALF_EVEN, Decimal
from pathlib import Path

import duckdb
import pytest
import yaml

PROJECT = Path(__file__).resolve().parents[2]
REAL = PROJECT.parent / "shared" / "real" / "iati-tables"
RELEASES = ("ColombiaAIMS_GeocodedResearchRelease_Level1_v1.1", "ColombiaAIMS_GeocodedResearchRelease_Level1_v1.1.1")
CITED = {"record_basis": "published", "source_symbol": "AidData, Colombia AIMS Geocoded Research Release, Level 1"}
PROJECTS = {
    "columns": {
        "project_id": "project_id",
        "title": "project_title",
        "start_date": "start_actual_isodate",
        "status": {"from": "status", "values": {"Implementation": "active", "Completion": "closed"}},
    },
    "constants": {**CITED, "entity": "UNDP", "funding_source": "extrabudgetary", "currency": "USD", "recipients": "CO"},
}
TRANSACTIONS = {
    "columns": {
        "transaction_id": "transaction_id",
        "project_id": "project_id",
        "transaction_type": {"from": "transaction_value_code", "values": {"C": "commitment", "D": "disbursement"}},
        # Only the year is given; the first of January is in it.
        "transaction_date": {"from": "transaction_year", "values": {str(year): f"{year}-01-01" for year in range(1990, 2017)}},
        "amount": "transaction_value",
        "currency": "transaction_currency",
    },
    "constants": CITED,
}


def table(release: str, name: str) -> bytes:
    path = REAL / f"{release}.zip"
    if not path.exists():
        pytest.skip(f"{path} is not at hand: restatements were not tried on two real releases")
    with zipfile.ZipFile(path) as archive:
        return archive.read(f"{release}/data/{name}.csv")


def deliver(raw: Path, release: str) -> None:
    for source, name, mapping in (("trust_fund_projects", "projects", PROJECTS), ("project_transactions", "transactions", TRANSACTIONS)):
        (raw / source).mkdir(parents=True, exist_ok=True)
        (raw / source / f"{name}.csv").write_bytes(table(release, name))
        (raw / source / "_mapping.yml").write_text(yaml.safe_dump(mapping))


def run(home: Path, raw: Path) -> dict:
    command = [str(Path(sys.executable).with_name("techcoop")), "run", "--json", "--as-of", "2016-05-01"]
    environment = {**os.environ, "TECHCOOP_HOME": str(home), "TECHCOOP_RAW_DIR": str(raw)}
    process = subprocess.run(command, env=environment, text=True, capture_output=True)
    assert process.returncode == 0, process.stdout[-2000:] + process.stderr[-2000:]
    return json.loads(process.stdout.splitlines()[-1])


def sums(release: str) -> dict[tuple[str, str, int], tuple[int, Decimal]]:
    """Number and whole cents of the transactions of each project, type and year, read anew from the file."""
    found = defaultdict(lambda: (0, Decimal(0)))
    for row in csv.DictReader(io.StringIO(table(release, "transactions").decode("utf-8-sig"))):
        key = (row["project_id"], {"C": "commitment", "D": "disbursement"}[row["transaction_value_code"]], int(row["transaction_year"]))
        amount = Decimal(row["transaction_value"]).quantize(Decimal("0.0000000001"), ROUND_HALF_EVEN).quantize(Decimal("0.01"), ROUND_HALF_EVEN)
        found[key] = (found[key][0] + 1, found[key][1] + amount)
    return dict(found)


def test_second_release_restates_what_differs_between_the_two_files(tmp_path):
    home, raw = tmp_path / "warehouse", tmp_path / "raw"
    deliver(raw, RELEASES[0])
    first = run(home, raw)
    deliver(raw, RELEASES[1])
    second = run(home, raw)
    assert first["released"] and second["released"]
    before, after = sums(RELEASES[0]), sums(RELEASES[1])
    wanted = {key: (before.get(key), after.get(key)) for key in {*before, *after} if before.get(key) != after.get(key)}
    assert len(wanted) > 500, "the second release divides by other deflators"
    with duckdb.connect(str(home / "techcoop.duckdb"), read_only=True) as connection:
        rows = connection.execute(
            """select regexp_extract(row_key, 'project_id=([^,]*)', 1), regexp_extract(row_key, 'transaction_type=([^,]*)', 1), fiscal_year,
                      records_before, figure_before, records_after, figure_after, change, cause, source_file, compared_with
               from marts.restatements where table_name = 'fct_spending' and column_name = 'amount'"""
        ).fetchall()
        kinds = dict(connection.execute("select table_name, count(*) from marts.restatements group by all").fetchall())
    found = {(project, kind, year): (one(n, value), one(m, now)) for project, kind, year, n, value, m, now, *_ in rows}
    assert found == wanted
    assert {row[8:] for row in rows} == {("delivery", "project_transactions/transactions.csv", first["release_id"])}
    assert {row[7] for row in rows} <= {"added", "removed", "changed"}
    assert {"shares_by_subprogramme", "shares_by_region"} <= set(kinds)


def one(records: int, value: Decimal | None) -> tuple[int, Decimal] | None:
    return (records, value.quantize(Decimal("0.01"))) if records else None
