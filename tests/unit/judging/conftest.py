"""Deliveries landed alone, and what was found about them."""

from datetime import date

import polars as pl
import pytest

from pipelines.contracts import SOURCES
from pipelines.landing import settled
from pipelines.landing.land import land
from pipelines.landing.rates import ecb_reference_rates


@pytest.fixture(scope="session")
def rates(tmp_path_factory):
    return ecb_reference_rates(tmp_path_factory.mktemp("rates"))


@pytest.fixture(autouse=True)
def rates_made_once(monkeypatch, rates):
    """Crossing 220,000 rates takes most of a second, too long for each home of each test."""
    monkeypatch.setattr(settled, "ecb_reference_rates", lambda _: rates)


class Landed:
    def __init__(self, folder, summary):
        self.summary = summary
        self.folder = folder

    def table(self, name):
        return pl.read_parquet(self.folder / name / "*.parquet")

    def rows(self, rule):
        found = self.table("quarantine").filter(pl.col("rule") == rule).sort("source_file", "source_row")
        return [(row["source_file"].split("/")[1], row["source_row"], row["value"]) for row in found.iter_rows(named=True)]


@pytest.fixture
def landed(tmp_path):
    def build(files):
        for name, text in files.items():
            path = tmp_path / "raw" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        build_dir = tmp_path / "home" / "build" / "r1"
        summary = land(tmp_path / "raw", tmp_path / "home", build_dir, run_id="r1", as_of=date(2026, 1, 1), previous_release=None)
        result = Landed(build_dir / "landing", summary)
        lines = result.table("deliveries")
        assert (lines["rows_delivered"] == lines["rows_loaded"] + lines["rows_quarantined"]).all()
        amounts = result.table("delivered_amounts")
        for source in SOURCES:
            figures = summary.sources[source]
            assert result.table(source).height - result.table("rejected_rows").filter(pl.col("source") == source).height == figures.rows_loaded
            once = amounts.filter(pl.col("source") == source)
            assert once["rows_delivered"].sum() == figures.rows_delivered and once["rows_quarantined"].sum() == figures.rows_quarantined
        return result

    return build
