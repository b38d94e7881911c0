"""Whatever is delivered: each row ends in one place, and so does each amount that can be read."""

import tempfile
from datetime import date
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.landing import settled
from pipelines.landing.land import land
from pipelines.landing.rates import ecb_reference_rates

# Cells and what they are worth, None where they are no amount.
AMOUNTS = {
    "7": Decimal(7),
    "-7.005": Decimal("-7.005"),
    "0.1234567891": Decimal("0.1234567891"),
    "0.00000000025": Decimal("0.0000000002"),
    "9999999999999999.99": Decimal("9999999999999999.99"),
    "10000000000000000": Decimal(10**16),
    "9" * 30: None,
    "NaN": None,
    "1.234,56": None,
    "seven": None,
    "": None,
}
DAMAGE = {
    "transaction_id": ["", "T1", "T1", "T2", 'q"uote', "two\nlines"],
    "project_id": ["P1", "P404", ""],
    "transaction_type": ["expenditure", "refund", "payment", ""],
    "transaction_date": ["2023-05-01", "2024-02-29", "2023-02-29", "31.02.", "9619-01-01", ""],
    "amount": list(AMOUNTS),
    "currency": ["USD", "EUR", "usd", ""],
    "recipients": ["", "KG:60|TJ:40", "KG:60|TJ:39", "Atlantis", "KG:x"],
}
GOOD = ("expenditure", "2023-05-01", "7", "USD", "KG")


@st.composite
def rows(draw):
    """Rows of one file, each good or damaged in any of its cells or in their number."""
    made = []
    for number in range(draw(st.integers(0, 8))):
        if draw(st.booleans()):
            made.append([f"G{draw(st.integers(0, 5))}-{number}", "P1", *GOOD])
            continue
        cells = [draw(st.sampled_from(choices)) for choices in DAMAGE.values()]
        made.append(cells[: draw(st.integers(2, 6))] if draw(st.integers(0, 4)) == 0 else cells + ["surplus"] * (draw(st.integers(0, 6)) == 0))
    return made


def written(table):
    return "\n".join([",".join(DAMAGE), *(",".join('"' + cell.replace('"', '""') + '"' for cell in row) for row in table)]) + "\n"


@pytest.fixture(scope="session")
def rates(tmp_path_factory):
    return ecb_reference_rates(tmp_path_factory.mktemp("rates"))


@settings(max_examples=20, deadline=None)
@given(tables=st.lists(rows(), min_size=1, max_size=3, unique_by=written))
def test_rows_and_amounts_delivered_are_those_loaded_and_those_quarantined(rates, tables):
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setattr(settled, "ecb_reference_rates", lambda _: rates)
        raw, home = Path(folder) / "raw", Path(folder) / "home"
        (raw / "project_transactions").mkdir(parents=True)
        for number, table in enumerate(tables):
            (raw / "project_transactions" / f"{number}.csv").write_text(written(table))
        summary = land(raw, home, home / "build", run_id="r", as_of=date(2026, 1, 1), previous_release=None)

        def landed(name):
            return pl.read_parquet(home / "build" / "landing" / name / "*.parquet")

        deliveries, amounts, quarantine = landed("deliveries"), landed("delivered_amounts"), landed("quarantine")
        loaded = landed("project_transactions").join(landed("rejected_rows"), on=["_delivery_id", "_source_row"], how="anti")
        refused = quarantine.filter(pl.col("severity") == "error").select("delivery_id", "source_row").unique()
        both = loaded.select(delivery_id="_delivery_id", source_row="_source_row").join(refused, on=["delivery_id", "source_row"], how="inner")

    assert both.is_empty()
    assert quarantine.select(pl.col("rule").is_null().any() | (pl.col("remedy").fill_null("") == "").any()).item() is False
    for line in deliveries.iter_rows(named=True):
        delivered = sum(any(row) for row in tables[int(Path(line["source_file"]).stem)])
        assert (line["status"], line["rows_delivered"], line["rows_loaded"] + line["rows_quarantined"]) == ("loaded", delivered, delivered)
        assert line["rows_loaded"] == loaded.filter(pl.col("_delivery_id") == line["delivery_id"]).height
        assert line["rows_quarantined"] == refused.filter(pl.col("delivery_id") == line["delivery_id"]).height
    assert summary.rows_delivered == summary.rows_loaded + summary.rows_quarantined == amounts["rows_delivered"].sum()
    assert summary.rows_quarantined == amounts["rows_quarantined"].sum()

    readable = [AMOUNTS[row[4]] for table in tables for row in table if len(row) == len(DAMAGE)]
    delivered = sum((amount for amount in readable if amount is not None), Decimal(0))
    assert (amounts["amount_delivered"].sum() or 0) == delivered
    assert delivered - (amounts["amount_quarantined"].sum() or 0) == (loaded["amount"].cast(pl.Decimal(38, 10)).sum() or 0)
