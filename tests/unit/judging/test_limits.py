"""Amounts that no budget holds, at rates that can be believed."""

from datetime import date
from decimal import Decimal

import duckdb
import polars as pl
import pytest

from pipelines.judging import limits

SEED = "currency_from,currency_to,units_from_per_unit_to,effective_on,kind,source\nSLL,SLE,1000,2022-07-01,unit_change,s\n"


@pytest.fixture
def rates(tmp_path):
    schema = {"currency": pl.String, "rate_date": pl.Date, "usd_per_unit": pl.Decimal(18, 12)}
    reference = [("EUR", date(2019, 5, 2), Decimal("1.1")), ("IDR", date(2019, 5, 2), Decimal("0.00007")), ("JPY", date(2021, 5, 3), Decimal("0.0091"))]
    pl.DataFrame(reference, schema=schema, orient="row").write_parquet(tmp_path / "reference.parquet")
    (tmp_path / "redenominations.csv").write_text(SEED)
    schema |= {"rate_kind": pl.String, "rate_source": pl.String}
    delivered = [
        ("JPY", date(2021, 5, 1), Decimal("108.9"), "effective_from", "UN"),
        ("VND", date(2019, 5, 1), Decimal("0.000043"), "effective_from", "UN"),
        ("KWD", date(2019, 5, 1), Decimal("3.3"), "effective_from", "UN"),
        ("SLE", date(2022, 8, 1), Decimal("0.07"), "effective_from", "UN"),
    ]
    pl.DataFrame(delivered, schema=schema, orient="row").write_parquet(tmp_path / "delivered.parquet")
    found = limits.Rates(reference=lambda: tmp_path / "reference.parquet", seeds=tmp_path, judged=tmp_path / "judged.parquet")
    with duckdb.connect() as connection:
        found.judge(connection, f"read_parquet('{tmp_path}/delivered.parquet')")
    return found


@pytest.mark.parametrize(
    ("amount", "currency", "day", "is_too_large"),
    [
        ("10000000000000", "USD", "2019-05-02", False),
        ("10000000000000.01", "USD", "2019-05-02", True),
        ("-10000000000001", "USD", "2019-05-02", True),
        ("9200000000000", "EUR", "2019-05-02", True),
        ("9000000000000", "EUR", "1995-01-01", False),
        ("9999999999999999", "IDR", "2019-05-02", False),
        ("9999999999999999.99", "VND", "2019-12-31", False),
        ("9999999999999999.99", "VND", "2025-01-01", True),  # the rate is of another time
        ("4000000000000", "KWD", "2019-05-02", True),
        ("900000000000000", "JPY", "2021-05-03", False),  # too large only at 108.9 dollars for a yen
        ("2000000000000000", "JPY", "2021-05-03", True),
        ("9000000000000000", "SLL", "2022-08-02", False),
        ("1000000000000000", "XDR", "2019-05-02", False),
        ("1000000000000001", "XDR", "2019-05-02", True),
        ("9999999999", "USD", "2019-05-02", False),
    ],
)
def test_what_is_too_large(rates, amount, currency, day, is_too_large):
    with duckdb.connect() as connection:
        connection.execute(
            f"""create table rows as select 'd' as _delivery_id, 'f.csv' as _source_file, 2 as _source_row, null::varchar as _source_column,
                    '{currency}' as currency,
                cast('{amount}' as decimal(28, 10)) as amount, date '{day}' as day"""
        )
        assert limits.find(connection, "rows", ("amount",), "day", rates) == is_too_large
        if is_too_large:
            ((rule, severity, value, remedy),) = connection.execute(f"select rule, severity, value, remedy from ({limits.findings('s', 't')})").fetchall()
            assert (rule, severity) == ("amount_too_large", "error") and currency in value and amount.split(".")[0] in value and "check the unit" in remedy
