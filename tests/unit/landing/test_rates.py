from datetime import date
from decimal import ROUND_HALF_EVEN, Decimal

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.landing.rates import ECB_COLUMNS, ecb_reference_rates, read_ecb
from pipelines.mapping.values import parse_rate

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


def read_rate(text):
    found = pl.select(parse_rate(pl.lit(text)).cast(pl.Decimal(18, 12), strict=False)).item()
    return None if found is None else Decimal(found)


def rounded(text):
    return Decimal(text).quantize(Decimal("1e-12"), ROUND_HALF_EVEN)


def test_the_reciprocal_of_every_rate_per_dollar_is_read_as_python_prints_it():
    texts = [repr(1 / n) for n in range(10_001, 100_000)]
    read = pl.DataFrame({"text": texts}).select(parse_rate(pl.col("text")).cast(pl.Decimal(18, 12), strict=False)).to_series()
    assert read.to_list() == [rounded(text) for text in texts]


@settings(deadline=None)
@given(st.floats(min_value=1e-11, max_value=999_999, allow_nan=False))
def test_a_float_is_read_as_it_is_printed_and_rounded_half_to_even(number):
    assert read_rate(repr(number)) == rounded(repr(number))


@pytest.mark.parametrize(
    ("text", "rate"), [("2.5E-5", "0.000025"), (" 1e0 ", "1"), ("1.5e+02", "150"), ("12.5e-07", "0.00000125"), ("1.2345e-09", "0.000000001234")]
)
def test_exponents_are_written_out(text, rate):
    assert read_rate(text) == Decimal(rate)


@pytest.mark.parametrize("text", ["1e", "e-5", "1e-5x", "-1e-5", "1.e-5", "1e-500", "١e-5"])
def test_what_is_no_rate_is_none(text):
    assert read_rate(text) is None
