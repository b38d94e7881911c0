import csv
from pathlib import Path

import polars as pl
import pytest

from pipelines import settings
from pipelines.contracts import SOURCES, codes, column_metadata, contract_columns, landed_schema, remedy_of, required_columns, rule_expressions, rule_of

COMMON = ("book", "record_basis", "source_symbol", "source_address", "as_of", "rounding_unit")


def test_every_source_has_a_module_of_its_name():
    folder = Path(__file__).parents[3] / "pipelines" / "contracts"
    assert all((folder / f"{name}.py").exists() for name in SOURCES)


@pytest.mark.parametrize("source", SOURCES.values(), ids=SOURCES)
def test_every_source_accepts_the_common_columns(source):
    assert set(COMMON) <= set(contract_columns(source))


@pytest.mark.parametrize("source", SOURCES.values(), ids=SOURCES)
def test_landed_columns_end_with_provenance(source):
    assert list(landed_schema(source))[-5:] == ["_delivery_id", "_source_file", "_source_row", "_source_sha256", "_loaded_at"]


@pytest.mark.parametrize("source", SOURCES.values(), ids=SOURCES)
def test_declared_columns_exist(source):
    known = set(contract_columns(source))
    named = {*source.key, *source.amount_columns, *source.split_columns, *source.place_columns, *source.references, *source.overlap, source.row_date}
    assert named | ({source.measure_column, source.key_given_by} - {None}) <= known


@pytest.mark.parametrize("source", SOURCES.values(), ids=SOURCES)
def test_every_rule_has_a_severity_and_a_remedy_for_a_clerk(source):
    for column, rule in rule_expressions(source):
        assert rule_of(source, rule).severity in ("critical", "error", "warning")
        assert len(remedy_of(source, column, rule)) > 15
        assert "{" not in remedy_of(source, column, rule)


@pytest.mark.parametrize("source", SOURCES.values(), ids=SOURCES)
def test_every_column_is_described(source):
    assert all(column_metadata(source, column)["description"] for column in contract_columns(source))


def test_a_source_with_a_fiscal_year_has_its_period():
    for source in SOURCES.values():
        columns = contract_columns(source)
        if "fiscal_year" in columns:
            at = columns.index("fiscal_year")
            assert columns[at + 1 : at + 4] == ("period_type", "period_start", "period_end")


def test_missions_require_what_the_data_model_prints_in_bold():
    assert required_columns(SOURCES["missions"]) == ("mission_id", "entity", "subprogramme", "mission_type", "start_date", "recipients", "funding_source")


def test_money_keeps_ten_decimals_and_rates_twelve():
    assert landed_schema(SOURCES["project_transactions"])["amount"] == pl.Decimal(28, 10)
    assert landed_schema(SOURCES["exchange_rates"])["usd_per_unit"] == pl.Decimal(18, 12)


def test_currencies_withdrawn_long_ago_are_known():
    assert {"USD", "EUR", "DEM", "YUM", "SUR", "TRL", "AZM", "BYR", "TMM"} <= set(codes.CURRENCIES)
    assert all(len(code) == 3 and code.isupper() for code in codes.CURRENCIES)


def test_funding_sources_come_from_the_seed():
    with (settings.SEEDS / "funding_sources.csv").open(encoding="utf-8", newline="") as lines:
        assert codes.funding_sources() == tuple(row["funding_source"] for row in csv.DictReader(lines))
    assert {"rptc", "development_account", "extrabudgetary", "trust_fund", "in_kind", "unspecified"} <= set(codes.funding_sources())
