"""A small released database and what its models say of themselves."""

import json
import subprocess
import sys
from datetime import UTC, date, datetime
from pathlib import Path

import duckdb
import pytest

from pipelines.exports.write import write_exports
from pipelines.release.public import Edition

EDITION = Edition(release_id="20260101T000000Z-0001", as_of=date(2026, 1, 1), made_at=datetime(2026, 1, 1, tzinfo=UTC), licence="CC0-1.0")
GROUP = "book varchar, entity varchar, reporter_role varchar, fiscal_year integer, period_type varchar, record_basis varchar, measure varchar, unit varchar"
SHARE = f"{GROUP}, funding_source varchar, funding_level integer, value decimal(24, 6)"

TABLES = f"""
create schema marts; create schema audit;
create table marts.fct_missions (mission_id varchar, fiscal_year integer, record_basis varchar, title varchar, amount_usd decimal(18, 2), start_date date,
    on_request boolean, confidentiality varchar);
insert into marts.fct_missions values
    ('01', 2023, 'reported', '=HYPERLINK("x")', 100.10, '2023-05-01', true, 'public'),
    ('02', 2023, 'reported', '+1 advisory', -50.05, '2023-06-01', false, null),
    ('-03', 2023, 'illustrative', 'Énergie; "durable"', null, '1890-01-01', null, 'public'),
    ('@04', 2023, 'reported', e'\\ttabbed', 0.01, null, null, 'public'),
    ('05', 2023, 'reported', 'whom nobody may name', 777.77, '2023-06-01', false, 'restricted');
create table marts.shares_by_subprogramme_and_region ({SHARE}, subprogramme varchar, region_scheme varchar, region varchar);
insert into marts.shares_by_subprogramme_and_region values
    ('ledger', 'ECE', 'primary', 2023, 'year', 'reported', 'expenditure_usd', 'USD', 'rptc', 2, 60.000000, '1', 'country', 'KG'),
    ('ledger', 'ECE', 'primary', 2023, 'year', 'reported', 'expenditure_usd', 'USD', 'rptc', 2, 40.000000, '1', 'country', 'TJ'),
    ('ledger', 'ECE', 'primary', 2023, 'year', 'reported', 'expenditure_usd', 'USD', 'all', 0, 100.000000, '1', 'country', 'KG'),
    ('ledger', 'ECE', 'primary', 2023, 'year', 'reported', 'expenditure_usd', 'USD', 'rptc', 2, 100.000000, '1', 'm49_region', '142'),
    ('ledger', 'ECE', 'primary', 2023, 'year', 'reported', 'adviser_days', 'days', 'rptc', 2, 5.000000, '1', 'country', 'KG'),
    ('ledger', 'ECE', 'primary', 2023, 'year', 'reported', 'contribution_usd', 'USD', 'trust_fund', 2, 70.000000, 'UNALLOCATED', 'country', 'UNALLOCATED');
create table marts.shares_by_donor ({SHARE}, donor varchar);
insert into marts.shares_by_donor values
    ('ledger', 'ECE', 'primary', 2023, 'year', 'reported', 'contribution_usd', 'USD', 'trust_fund', 2, 30.000000, 'CH'),
    ('ledger', 'ECE', 'primary', 2023, 'year', 'reported', 'contribution_usd', 'USD', 'trust_fund', 2, 40.000000, 'DE'),
    ('ledger', 'ECE', 'primary', 2023, 'year', 'reported', 'expenditure_usd', 'USD', 'rptc', 2, 100.000000, 'UNALLOCATED');
create table marts.indicators (indicator varchar, name varchar, book varchar, entity varchar, period_start date, period_end date, dimension_scheme varchar,
    dimension_value varchar, value decimal(24, 6), unit varchar, record_basis varchar);
insert into marts.indicators values
    ('hhi', 'Concentration', 'ledger', 'ECE', '2023-01-01', '2023-12-31', 'none', null, 0.250000, 'index', 'reported'),
    ('hhi', 'Concentration', 'ledger', 'ECE', '2018-07-01', '2019-06-30', 'none', null, 0.500000, 'index', 'illustrative'),
    ('gap', 'Unmet', 'ledger', 'ECE', '2023-01-01', '2023-12-31', 'country', 'KG', null, 'number', 'reported');
create table audit.deliveries (source varchar, source_file varchar, source_sha256 varchar, status varchar);
insert into audit.deliveries values ('missions', 'missions/m.csv', 'abc', 'loaded');
"""
MANIFEST = {
    "nodes": {
        "model.techcoop.fct_missions": {
            "resource_type": "model", "schema": "marts", "name": "fct_missions", "description": "One row per mission. More of it.",
            "original_file_path": "models/marts/fct_missions.sql", "depends_on": {"nodes": []},
            "columns": {"mission_id": {"data_type": "string", "description": "Its number."}, "amount_usd": {"data_type": "decimal(18,2)", "description": ""}},
        },
        "test.techcoop.key": {
            "resource_type": "test", "schema": "x", "name": "key", "attached_node": "model.techcoop.fct_missions",
            "test_metadata": {"name": "key_is_unique", "kwargs": {"columns": ["mission_id"], "model": "…"}},
        },
    }
}  # fmt: skip


@pytest.fixture(scope="session")
def edition() -> Edition:
    return EDITION


@pytest.fixture(scope="module")
def inputs(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("inputs")
    with duckdb.connect(str(folder / "techcoop.duckdb")) as connection:
        connection.execute(TABLES)
    (folder / "manifest.json").write_text(json.dumps(MANIFEST))
    (folder / "missions").mkdir()
    (folder / "missions" / "m.csv.provenance.yml").write_text("title: Missions of 2023\nlicence: CC-BY-4.0\n")
    return folder


@pytest.fixture(scope="module")
def exported(inputs, tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("release")
    write_exports(inputs / "techcoop.duckdb", folder, edition=EDITION, manifest=inputs / "manifest.json", raw_root=inputs)
    return folder


@pytest.fixture
def blocked_python():
    """blocked_python(code, *modules): run code in a Python in which these modules cannot be imported."""

    def run(code: str, *modules: str) -> subprocess.CompletedProcess:
        block = f"import sys\nfor name in {modules!r}: sys.modules[name] = None\n"
        return subprocess.run([sys.executable, "-c", block + code], text=True, capture_output=True)

    return run
