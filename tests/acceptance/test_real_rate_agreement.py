"""Thirty years of monthly averages of the International Monetary Fund against the European Central Bank's: which of them are wrong."""

from pathlib import Path

import duckdb
import polars as pl
import pytest

from pipelines import settings
from pipelines.judging.limits import Rates
from pipelines.landing.rates import ecb_reference_rates

FILE = Path(__file__).resolve().parents[3] / "shared" / "real" / "rates" / "imf_monthly_average_usd_per_unit.csv"
if not FILE.exists():
    pytest.skip("the Fund's monthly averages are not at hand", allow_module_level=True)


def test_few_of_the_funds_averages_are_wrong_and_they_are_those_known(tmp_path):
    rates = Rates(reference=lambda: ecb_reference_rates(tmp_path / "ecb"), seeds=settings.SEEDS, judged=tmp_path / "judged.parquet")
    with duckdb.connect() as connection:
        rates.judge(connection, f"(select *, 'monthly_average' as rate_kind from read_csv('{FILE}', types = {{'usd_per_unit': 'decimal(18, 12)'}}))")
    judged = pl.read_parquet(tmp_path / "judged.parquet")
    wrong = judged.filter(pl.col("finding").is_in(["upside_down", "off_reference", "two_sources", "spike"]))
    assert len(judged) == 17_143
    # The Maltese lira was written the wrong way round in the first half of 1999; a slip of the bolívar; and Iceland's banks failed in October 2008,
    # after which the krona had one rate on the island and another abroad.
    assert wrong.group_by("currency").len().sort("currency").rows() == [("ISK", 2), ("MTL", 7), ("VEB", 1)]
    assert judged.filter(pl.col("currency").is_in(wrong["currency"].to_list())).group_by("currency").len()["len"].min() > 20 * 7
