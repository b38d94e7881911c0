"""Delivered exchange rates against the reference, against each other, and against the days around them."""

from datetime import date, timedelta
from decimal import Decimal

import duckdb
import polars as pl
import pytest

from pipelines.judging.limits import Rates

SEED = """currency_from,currency_to,units_from_per_unit_to,effective_on,kind,source
SKK,EUR,30.1260,2009-01-01,adoption,s
TRL,TRY,1000000,2005-01-01,unit_change,s
"""
# Days from 1 January 2003 on: the euro rises from 1.04, the yen stands still, the old lira ends with 2004.
REFERENCE = [
    *(("EUR", date(2003, 1, 1) + timedelta(days=n), Decimal("1.04") + Decimal(n) / 10000) for n in range(3000)),
    *(("JPY", date(2003, 1, 1) + timedelta(days=n), Decimal("0.0091")) for n in range(7000)),
    *(("TRL", date(2004, 12, 1) + timedelta(days=n), Decimal("0.00000074")) for n in range(31)),
    *(("TRY", date(2005, 1, 3) + timedelta(days=n), Decimal("0.74")) for n in range(31)),
    *(("CHF", date(2011, 1, 1) + timedelta(days=n), Decimal("1.02")) for n in range(400)),
]


@pytest.fixture(scope="module")
def reference(tmp_path_factory):
    folder = tmp_path_factory.mktemp("rates")
    schema = {"currency": pl.String, "rate_date": pl.Date, "usd_per_unit": pl.Decimal(18, 12)}
    pl.DataFrame(REFERENCE, schema=schema, orient="row").write_parquet(folder / "reference.parquet")
    (folder / "redenominations.csv").write_text(SEED)
    return folder


def judge(reference, tmp_path, *rates):
    """(currency, day, source) -> finding, of rates given as (currency, day, rate) with kind and source where it matters."""
    rows = [(currency, day, *(more or ("effective_from",)), Decimal(str(rate))) for currency, day, rate, *more in rates]
    rows = [(row[0], date.fromisoformat(row[1]), row[2], row[3] if len(row) > 4 else "UN", row[-1]) for row in rows]
    schema = {"currency": pl.String, "rate_date": pl.Date, "rate_kind": pl.String, "rate_source": pl.String, "usd_per_unit": pl.Decimal(18, 12)}
    pl.DataFrame(rows, schema=schema, orient="row").write_parquet(tmp_path / "delivered.parquet")
    judged = Rates(reference=lambda: reference / "reference.parquet", seeds=reference, judged=tmp_path / "judged.parquet")
    with duckdb.connect() as connection:
        judged.judge(connection, f"read_parquet('{tmp_path}/delivered.parquet')")
    found = pl.read_parquet(tmp_path / "judged.parquet")
    assert len(found) == len(rows)
    return {(row["currency"], str(row["rate_date"]), row["rate_source"]): row for row in found.iter_rows(named=True)}


def finding(reference, tmp_path, *rates, of=0):
    found = judge(reference, tmp_path, *rates)
    currency, day, _, *more = rates[of]
    return found[currency, day, more[1] if len(more) > 1 else "UN"]["finding"]


@pytest.mark.parametrize(
    ("currency", "day", "rate", "found"),
    [
        ("JPY", "2021-05-01", "0.00913", None),
        ("JPY", "2021-05-01", "108.9", "upside_down"),
        ("JPY", "2021-05-01", "0.0122", "off_reference"),
        ("JPY", "2021-05-01", "0.0121", None),
        ("JPY", "2021-05-01", "0.0068", "off_reference"),
        ("JPY", "2021-05-01", "0.0069", None),
        ("EUR", "2005-01-01", "0.89", "upside_down"),  # within a quarter of 1.11, and its reciprocal nearly
        ("CHF", "2011-06-01", "0.985", None),  # 1.02 and 0.98 are both so near that nobody can tell
        ("SKK", "2010-01-01", "0.043", None),  # the euro of the day over 30.126
        ("SKK", "2010-01-01", "23.2", "upside_down"),
        ("SKK", "2004-06-01", "23.2", None),  # the krona floated, and no reference is at hand
        ("TRY", "2004-12-20", "0.73", None),
        ("TRY", "2004-12-20", "0.00000074", "off_reference"),
        ("TRY", "2005-01-01", "1.35", None),  # a day of redenomination
        ("KES", "2021-05-01", "101.2", None),  # nothing to compare with
    ],
)
def test_a_rate_is_held_against_the_reference(reference, tmp_path, currency, day, rate, found):
    assert finding(reference, tmp_path, (currency, day, rate)) == found


def test_nothing_to_compare_with_is_said(reference, tmp_path):
    found = judge(reference, tmp_path, ("KES", "2021-05-01", "101.2"), ("JPY", "2021-05-01", "0.0091"))
    assert (found["KES", "2021-05-01", "UN"]["is_compared"], found["JPY", "2021-05-01", "UN"]["is_compared"]) == (False, True)
    assert "units per US dollar" in judge(reference, tmp_path, ("JPY", "2021-05-01", "108.9"))["JPY", "2021-05-01", "UN"]["told"]


def test_averages_are_held_against_means(reference, tmp_path):
    assert finding(reference, tmp_path, ("EUR", "2004-06-01", "1.0935", "monthly_average", "IMF")) is None
    assert finding(reference, tmp_path, ("EUR", "2004-06-01", "0.8", "monthly_average", "IMF")) == "upside_down"
    assert finding(reference, tmp_path, ("JPY", "2010-01-01", "109", "annual_average", "IMF")) == "upside_down"


def test_two_sources_of_a_day_that_differ_more_than_threefold_contradict_each_other(reference, tmp_path):
    near = (("MRU", "2016-05-01", "0.0100", "effective_from", "a"), ("MRU", "2016-05-01", "0.0284", "effective_from", "b"))
    far = (("MRU", "2016-05-01", "0.00284", "effective_from", "a"), ("MRU", "2016-05-01", "0.0284", "daily", "b"))
    assert [finding(reference, tmp_path, *near, of=n) for n in (0, 1)] == [None, None]
    assert [finding(reference, tmp_path, *far, of=n) for n in (0, 1)] == ["two_sources", "two_sources"]


def test_a_day_that_its_neighbours_on_both_sides_contradict_is_a_spike(reference, tmp_path):
    rates = [("KZT", f"2020-01-0{n}", rate) for n, rate in enumerate(("0.0026", "0.0026", "380", "0.0026", "0.0026"), 1)]
    assert [finding(reference, tmp_path, *rates, of=n) for n in range(5)] == [None, None, "spike", None, None]


@pytest.mark.parametrize(
    "rates",
    [
        ("0.00023", "0.00012", "0.00012"),  # the sum in 2017
        ("0.0182", "0.0027", "0.0026"),  # the Sudanese pound in 2021
        ("0.00066", "0.000066", "0.000066"),  # the Lebanese pound in 2023
    ],
)
def test_a_lasting_step_only_warns(reference, tmp_path, rates):
    series = [("ZZZ", f"2021-0{n}-01", rate) for n, rate in enumerate(rates, 1)]
    assert {finding(reference, tmp_path, *series, of=n) for n in range(3)} <= {None, "step"}
