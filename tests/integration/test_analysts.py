"""What `docs/analysts.md` tells analysts to do, done."""

import importlib.util
import re
import subprocess
import sys
from decimal import Decimal

import duckdb
import polars as pl
import pytest

from pipelines import settings

PAGE = (settings.PROJECT / "docs" / "analysts.md").read_text(encoding="utf-8")
SHARE = (
    "from {name}('subprogramme', of_entity := 'ECE', in_year := 2023, from_funds := 'extrabudgetary', in_book := 'programme_budget', on_basis := 'published')"
)
ENVIRONMENT = ("1", Decimal("11691300.000000"), Decimal("62.338971"))


def test_share_macro_gives_the_share_table_without_its_levels(shipped):
    rows = shipped.ask(f"select part, value, share_pct {SHARE.format(name='share_of')}")[1]
    assert rows[0] == ENVIRONMENT and len(rows) == 8
    assert sum(row[1] for row in rows) == shipped.one(f"select max(total_value) {SHARE.format(name='share_of')}")[0]


@pytest.mark.parametrize("breakdown", ["subprogramme", "region", "sector", "donor", "priority_area", "activity_type", "sdg", "gender_marker"])
def test_every_breakdown_can_be_asked_for(shipped, breakdown):
    assert shipped.ask(f"select * from share_of('{breakdown}', of_measure := 'spending_usd')")[1]


def test_macros_answer_after_use_of_an_attached_release(shipped):
    with duckdb.connect() as connection:
        connection.execute(f"attach '{shipped.home}/techcoop.duckdb' as release (read_only)")
        connection.execute("use release")
        assert connection.execute(f"select part, value, share_pct {SHARE.format(name='share_of')} limit 1").fetchone() == ENVIRONMENT


def test_macros_answer_in_the_sandbox_of_the_command(shipped):
    process = shipped.techcoop("sql", f"select part_name {SHARE.format(name='share_of')} limit 1", "--format", "csv")
    assert process.stdout == "part_name\nEnvironment\n", process.stderr


def test_spending_macro_adds_to_the_share_tables(shipped):
    spent = shipped.one("select sum(amount_usd) from spent_on(of_entity := 'ECE', in_year := 2004, in_book := 'project_ledger', on_basis := 'illustrative')")
    shares = shipped.one(
        """select sum(value) from marts.shares_by_subprogramme where book = 'project_ledger' and record_basis = 'illustrative' and entity = 'ECE'
           and fiscal_year = 2004 and measure = 'spending_usd' and funding_level = 2"""
    )
    assert spent == shares


def test_every_statement_of_the_page_is_answered(shipped):
    statements = re.findall(r"```sql\n(.+?)```", PAGE, re.DOTALL)
    assert len(statements) >= 3
    for statement in statements:
        assert shipped.ask(statement.strip().rstrip(";"))[1], statement


@pytest.mark.parametrize("program", re.findall(r"```python\n(.+?)```", PAGE, re.DOTALL), ids=lambda program: program.splitlines()[0])
def test_every_program_of_the_page_runs(shipped, program, tmp_path):
    process = subprocess.run([sys.executable, "-c", program], cwd=tmp_path, env={"TECHCOOP_HOME": str(shipped.home)}, text=True, capture_output=True)
    assert process.returncode == 0, process.stderr
    assert "Environment" in process.stdout


def test_parquet_is_read_by_polars_with_its_types(shipped):
    frame = pl.read_parquet(shipped.home / "current" / "parquet" / "shares_by_subprogramme.parquet")
    assert frame.schema["subprogramme"] == pl.String and frame.schema["value"] == pl.Decimal(24, 6)


def test_notebook_runs_through_and_says_what_the_release_says(shipped, monkeypatch):
    monkeypatch.setenv("TECHCOOP_HOME", str(shipped.home))
    spec = importlib.util.spec_from_file_location("notebook", settings.PROJECT / "notebooks" / "shares.py")
    notebook = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(notebook)
    _, found = notebook.app.run()
    assert {"fiscal_year": 2023, "part_name": "Environment", "usd": 11691300, "rounded_pct": 62.3} in found["environment"]
    assert len(found["recipients"]) == 10 and found["statements"]
    assert found["chart"].to_dict()["mark"]["type"] == "bar"
