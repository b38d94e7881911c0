"""A home in which runs begin, and a release of three rows: one project's transaction in Kyrgyzstan and Tajikistan, with the public columns of the marts."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path

import duckdb
import pytest

from pipelines.release import run as runs

GROUP = (
    "'project_ledger' as book, 'ECE' as entity, 'primary' as reporter_role, 2023 as fiscal_year, 'year' as period_type, 'reported' as record_basis, "
    "'expenditure_usd' as measure, funding_source, funding_level"
)
LEVELS = "(values ('all', 0), ('technical_cooperation', 0), ('extrabudgetary', 1), ('trust_fund', 2)) as l(funding_source, funding_level)"
FIGURES = "'USD' as unit, cast({total} as decimal(24, 6)) as total_value"

TABLES = f"""
create schema raw; create schema reference; create schema intermediate; create schema marts; create schema audit;
create table raw.project_transactions as select 'T1' as transaction_id, cast(100000.00 as decimal(28, 10)) as amount;
create table marts.fct_spending as
    select 'project_ledger:T1' as transaction_key, '1' as purpose, recipient, 'project_ledger' as book, 'reported' as record_basis, 'ECE' as entity,
           'primary' as reporter_role, 'expenditure' as transaction_type, date '2023-05-01' as transaction_date, 2023 as fiscal_year,
           'trust_fund' as funding_source, 'outgoing' as flow, '1' as subprogramme, cast(null as varchar) as sector,
           cast(100000.00 as decimal(18, 2)) as transaction_amount, cast(part as decimal(18, 2)) as amount, 'USD' as currency,
           cast(part as decimal(18, 2)) as amount_usd,
           cast(1 as decimal(18, 12)) as fx_rate, cast(null as date) as fx_rate_date, 'identity' as fx_source,
           pct as used_pct, false as is_internal_transfer, true as is_counted, 'P1' as project_id, 'd1' as _delivery_id, 2 as _source_row
    from (values ('KG', 60000, 60), ('TJ', 40000, 40)) as v(recipient, part, pct);
create table marts.fct_allocations as
    select 'programme_budget' as book, 'ECE' as entity, 2023 as fiscal_year, 'year' as period_type, 'published' as record_basis, 'estimate' as measure,
           'rptc' as funding_source, cast(5.5 as decimal(28, 10)) as amount, 'USD' as currency, cast(5.5 as decimal(18, 2)) as amount_usd,
           date '2024-01-01' as as_of, true as is_latest_vintage, 'ipsas' as accounting_basis where false;
create table marts.fct_deliverables as
    select 'planned' as status, cast(3 as decimal(28, 10)) as quantity, 'publications' as deliverable, 'ECE' as entity, 2023 as fiscal_year,
           '1' as subprogramme, 'publications' as unit, 'published' as record_basis;
create table marts.fct_activities as
    select 'activity_register:M1' as activity_key, 'mission' as activity_kind, 'advisory' as activity_type, 'undertaken' as status, 'ECE' as entity,
           'reported' as record_basis, 2023 as fiscal_year, cast(5 as decimal(18, 6)) as adviser_days, cast(weight as decimal(9, 6)) as weight
    from (values (0.6), (0.4)) as v(weight);
create table marts.shares_by_subprogramme as
    select {GROUP}, '1' as subprogramme, 'Environment' as subprogramme_name, cast(100000 as decimal(24, 6)) as value, {FIGURES.format(total=100000)},
           cast(100 as decimal(12, 6)) as share_pct, cast(100 as decimal(9, 1)) as rounded_pct, 1 as distinct_count,
           0 as unconverted_rows, false as has_negative_part
    from {LEVELS};
create table marts.shares_by_region as
    select {GROUP}, region_scheme, region, region as region_name, is_exclusive, cast(part as decimal(24, 6)) as value, {FIGURES.format(total=100000)},
           cast(part / 1000 as decimal(12, 6)) as share_pct, cast(part / 1000 as decimal(9, 1)) as rounded_pct, 1 as distinct_count, 0 as unconverted_rows,
           false as has_negative_part
    from {LEVELS}, (values ('country', 'KG', true, 60000), ('country', 'TJ', true, 40000), ('m49_region', '142', true, 100000),
                           ('country_group', 'SPECA', false, 100000), ('country_group', 'LLDC', false, 100000)) as v(region_scheme, region, is_exclusive, part);
create table marts.shares_by_subprogramme_and_region as
    select * replace (region_name as region_name), '1' as subprogramme, 'Environment' as subprogramme_name from marts.shares_by_region;
create table marts.published_figure_checks as
    select 'F1' as figure_id, 'ECE' as entity, 'ECE spent 0.1 million' as statement, 'A/80/6' as source_symbol, cast(null as varchar) as source_address,
           date '2023-01-01' as period_start, date '2023-12-31' as period_end, 'value' as statistic,
           'project_ledger' as book, 'year' as period_type, 'expenditure_usd' as measure, cast(null as varchar) as funding_source,
           cast(null as varchar) as denominator, 'none' as dimension_scheme, cast(null as varchar) as dimension_value, 'eq' as comparator,
           cast(null as decimal(28, 10)) as value_upper, cast(null as varchar) as locator, 0.0 as difference, cast(null as varchar) as other_books,
           100000.0 as value, 'USD' as unit, cast(null as varchar) as note, 'confirmed' as verdict,
           'independent' as evidence, 'reported' as record_basis,
           100000.0 as computed_value, 50000.0 as accepted_from, 150000.0 as accepted_to, 2 as rows_behind;
create table intermediate.int_statements as select 'F1' as figure_id, cast(null as varchar) as region_scheme, cast(null as varchar) as dimension_code;
create table intermediate.int_funding_levels as select 'trust_fund' as funding_source, 'all' as level_source, 0 as funding_level;
create table intermediate.int_measure_facts as select 'expenditure_usd' as measure, 1 as place, 'fct_spending' as fact_table, 'true' as fact_condition,
    'amount_usd' as contributes, 'amount' as source_column, 'transaction_date' as place_day;
create table intermediate.int_spent_measures as select 'project_ledger' as book, 'ECE' as entity, 'reported' as record_basis, 'expenditure_usd' as measure;
create table intermediate.int_statement_periods as
    select 'F1' as figure_id, 'stated' as period_role, 'year' as period_type, 2023 as fiscal_year;
create table reference.funding_sources as
    select 'trust_fund' as funding_source, 'extrabudgetary' as funding_family, true as is_cash, true as is_technical_cooperation;
create table audit.reconciliation as
    select 'project_transactions' as source, layer_from, layer_to, 'project_ledger' as book, 'ECE' as entity, 2023 as fiscal_year, 'reported' as record_basis,
           'expenditure_usd' as measure, 'USD' as currency, cast(100000 as decimal(38, 10)) as amount_from, cast(100000 as decimal(38, 10)) as amount_to,
           cast(0 as decimal(38, 10)) as rounding, cast(0 as decimal(38, 10)) as difference
    from (values ('raw', 'staging'), ('staging', 'facts'), ('facts', 'marts')) as v(layer_from, layer_to);
create table audit.deliveries as
    select 'd1' as delivery_id, 'project_transactions' as source, 'project_transactions' as table_name, 'project_transactions/t.csv' as source_file,
           'aa' as source_sha256,
           2 as rows_delivered, 1 as rows_loaded, 1 as rows_quarantined, 'loaded' as status, cast(null as varchar) as message;
create table audit.quarantine as
    select 'd1' as delivery_id, 'project_transactions/t.csv' as source_file, 3 as source_row, 'start_date' as column_name,
           'not_a_date' as rule, 'error' as severity, '31.02.' as value,
           'write the date as YYYY-MM-DD' as remedy;
create table raw.exchange_rates (currency varchar, rate_date date, usd_per_unit decimal(18, 12), rate_kind varchar, rate_source varchar);
create table audit.rate_judgements (currency varchar, rate_date date, rate_kind varchar, rate_source varchar, usd_per_unit decimal(18, 12),
                                    reference decimal(18, 12), is_compared boolean, finding varchar, told varchar);
create table intermediate.int_rates_used (currency varchar, date_from date, date_to date, fx_kind varchar, fx_source varchar, fx_rate_date date);
create table audit.check_results (run_id varchar, check_name varchar, engine varchar, target varchar, severity varchar, status varchar, observed varchar,
                                  expected varchar, reason varchar, carried_from varchar);
"""


@pytest.fixture(scope="session")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file with the tables above."""
    path = tmp_path_factory.mktemp("sound") / "techcoop.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute(TABLES)
    return path


@pytest.fixture
def build(tmp_path: Path, sound: Path) -> Callable[..., Path]:
    """Makes a build file: `build("now", "update marts.…")` runs the statements on a copy of the sound tables."""

    def make(name: str, *statements: str) -> Path:
        path = tmp_path / name / "techcoop.duckdb"
        path.parent.mkdir()
        shutil.copy(sound, path)
        if statements:
            with duckdb.connect(str(path)) as connection:
                for statement in statements:
                    connection.execute(statement)
        return path

    return make


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "warehouse"


@pytest.fixture
def begun(home: Path, monkeypatch):
    """begun(content, fingerprint) -> a run whose build folder holds a database with that content."""
    seconds = iter(range(100))

    def begin(content: str = "numbers", fingerprint: str = "same") -> runs.Run:
        # Ids carry the second in which a run starts; tests start many in one.
        monkeypatch.setattr(runs.secrets, "token_hex", lambda _: f"{next(seconds):04d}")
        run = runs.begin(home, home.parent / "raw", as_of=date(2024, 1, 1), fingerprint={"deliveries": fingerprint})
        (run.build / "landing").mkdir()
        (run.build / "landing" / "part.parquet").write_text("rows")
        (run.build / "techcoop.duckdb").write_text(content)
        (run.build / "docs").mkdir()
        (run.build / "docs" / "index.html").write_text(content)
        return run

    return begin
