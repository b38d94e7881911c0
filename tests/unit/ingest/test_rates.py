from datetime import date
from decimal import Decimal

import polars as pl

from pipelines.ingest.rates import ECB_COLUMNS, ecb_reference_rates, read_ecb

TABLE = "Date,USD,JPY,CHF,\n2023-01-03,1.0545,137.68,0.9870,\n2023-01-02,1.0683,N/A,0.9874,\n2023-01-01,N/A,140,1,\n"


def rate(currency, on):
    return read_ecb(TABLE).filter((pl.col("currency") == currency) & (pl.col("rate_date") == on))["usd_per_unit"].to_list()


def test_a_rate_is_crossed_through_the_euro_at_twelve_decimals():
    assert rate("CHF", date(2023, 1, 3)) == [Decimal("1.068389057751")]
    assert rate("EUR", date(2023, 1, 3)) == [Decimal("1.0545")]


def test_a_day_without_a_rate_has_none():
    assert rate("JPY", date(2023, 1, 2)) == []
    assert rate("CHF", date(2023, 1, 1)) == []


def test_a_rate_in_the_middle_is_rounded_to_even():
    table = "Date,USD,JPY,CHF,\n2023-01-03,0.0000000001,200,40,\n2023-01-02,0.0000000003,200,40,\n"
    assert read_ecb(table).filter(pl.col("currency") == "JPY")["usd_per_unit"].to_list() == [Decimal(0), Decimal("0.000000000002")]
    assert read_ecb(table).filter(pl.col("currency") == "CHF")["usd_per_unit"].to_list() == [Decimal("0.000000000002"), Decimal("0.000000000008")]


def test_the_packages_file_is_read_once_and_kept(tmp_path):
    kept = ecb_reference_rates(tmp_path)
    made = kept.stat().st_mtime_ns
    frame = pl.read_parquet(kept)
    assert dict(frame.schema) == ECB_COLUMNS and len(frame) > 100_000
    assert frame.select("currency", "rate_date").is_duplicated().sum() == 0
    assert frame["usd_per_unit"].min() > 0
    assert ecb_reference_rates(tmp_path).stat().st_mtime_ns == made
