"""The two worked examples against the files as their publishers hand them out, where those are at hand."""

from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest

from pipelines.contracts import SOURCES, contract_columns
from pipelines.mapping.apply import apply_mapping
from pipelines.mapping.load import load_mapping
from pipelines.mapping.start import start_of_mapping
from pipelines.mapping.values import parse_number
from pipelines.reading.tabular import read

PROJECT = Path(__file__).resolve().parents[2]
REAL = PROJECT.parent / "shared" / "real" / "un"
NAMES = ("un-secretariat-expenses", "ceb-expenses-by-function")


def loaded(name):
    path = REAL / f"{name}.csv"
    if not path.exists():
        pytest.skip(f"{path} is not at hand: the example mapping is loaded, but not tried on the real file")
    mapping = load_mapping(PROJECT / "examples" / f"{name}.mapping.yml")
    table = apply_mapping(read(path, mapping.read_options), mapping, contract_columns(SOURCES["subprogramme_allocations"]))
    assert table.findings == ()
    frame = table.frame.collect()
    return frame.with_columns(parse_number(pl.col("amount"), mapping.numbers).cast(pl.Decimal(28, 10)))


@pytest.fixture(scope="module")
def secretariat():
    return loaded("un-secretariat-expenses")


@pytest.fixture(scope="module")
def ceb():
    return loaded("ceb-expenses-by-function")


@pytest.mark.parametrize("name", NAMES)
def test_example_mappings_load(name):
    assert load_mapping(PROJECT / "examples" / f"{name}.mapping.yml").constants["record_basis"].text == "published"


def test_secretariat_rows_and_sums_are_the_publishers(secretariat):
    assert secretariat.height == 1739 and secretariat["entity"].n_unique() == 153
    assert dict(secretariat.group_by("fiscal_year").agg(pl.col("amount").sum()).iter_rows()) == {
        "2019": Decimal(14300816380),
        "2020": Decimal(13875403174),
        "2021": Decimal(13758894885),
        "2022": Decimal(14776652135),
        "2023": Decimal(14791811849),
    }


def test_secretariat_negative_and_repeated_rows_are_kept(secretariat):
    assert (secretariat["amount"] < 0).sum() == 100 and secretariat["amount"].null_count() == 0


def test_secretariat_money_is_filed_by_who_pays_and_by_section(secretariat):
    counts = dict(secretariat.group_by("funding_source").len().iter_rows())
    assert counts == {"other_regular_budget": 682, "rptc": 55, "development_account": 5, "other_assessed": 182, "extrabudgetary": 815}


def test_secretariat_voluntary_amount_under_section_23_is_not_rptc(secretariat):
    strange = secretariat.filter((pl.col("budget_section") == "23") & (pl.col("amount") < 0))
    assert strange.select("entity", "funding_source", "amount").rows() == [("ECA", "extrabudgetary", Decimal(-14264148))]


def test_secretariat_years_such_as_2018_19_are_peacekeeping_years(secretariat):
    years = secretariat.filter(pl.col("period_type") == "peacekeeping_year")
    assert dict(years.group_by("fiscal_year").len().iter_rows()) == {"2019": 37, "2020": 36, "2023": 35}


def test_secretariat_funds_are_named_for_voluntary_money_alone(secretariat):
    assert secretariat.filter(pl.col("fund_name").is_not_null())["funding_source"].unique().to_list() == ["extrabudgetary"]


def test_secretariat_symbols_are_symbols(secretariat):
    assert secretariat["source_symbol"].drop_nulls().str.contains("^(A|ST)/").all()


def test_ceb_lines_are_all_kept(ceb):
    assert ceb.height == 36380 and (ceb["amount"] < 0).sum() == 939 and ceb["amount"].null_count() == 0
    assert set(ceb["funding_source"]) == {"unspecified"} and set(ceb["currency"]) == {"USD"} and ceb["entity"].n_unique() == 49


def test_ceb_repeated_lines_are_kept():
    path = REAL / "ceb-expenses-by-function.csv"
    if not path.exists():
        pytest.skip(f"{path} is not at hand")
    frame = read(path).frame.drop("_source_row").collect()
    assert frame.height - frame.unique().height == 2799


@pytest.mark.parametrize("name", NAMES)
def test_start_of_a_mapping_loads_for_the_real_files(name, tmp_path):
    path = REAL / f"{name}.csv"
    if not path.exists():
        pytest.skip(f"{path} is not at hand")
    (tmp_path / "m.yml").write_text(start_of_mapping(path, "subprogramme_allocations"))
    assert {"entity", "fiscal_year", "amount"} <= set(load_mapping(tmp_path / "m.yml").columns)
