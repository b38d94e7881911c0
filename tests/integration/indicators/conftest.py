"""What the second implementations of the indicators share.

Each `test_<domain>_indicators.py` computes the indicators of its domain once more from deliveries or facts, in polars and exact fractions, and compares every
row with the shipped release. Nothing of the models' SQL is read here.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

import duckdb
import polars as pl
import pytest

# indicator, book, entity, first day, last day, dimension, part, record basis
Key = tuple[str, str, str, date, date, str, str, str]
Number = Fraction | Decimal | int


@dataclass(frozen=True, kw_only=True)
class Reckoning:
    """The shipped release as polars frames, and the arithmetic in which figures are computed once more."""

    shipped: Any

    def table(self, sql: str) -> pl.DataFrame:
        """A query on the release: `table("from raw.missions")`."""
        with duckdb.connect(str(self.shipped.home / "techcoop.duckdb"), read_only=True) as connection:
            return connection.sql(sql).pl()

    def key(self, indicator: str, book: str, entity: str, fiscal_year: int, record_basis: str, scheme: str = "none", part: str = "all") -> Key:
        """The key of a figure of a calendar year."""
        return indicator, book, entity, date(fiscal_year, 1, 1), date(fiscal_year, 12, 31), scheme, part, record_basis

    def quotient(self, numerator: Number | None, denominator: Number | None) -> Fraction | None:
        """Exactly; None where one is unknown or the denominator is not above zero."""
        if numerator is None or denominator is None or denominator <= 0:
            return None
        return Fraction(numerator) / Fraction(denominator)

    def percentage(self, numerator: Number | None, denominator: Number | None) -> Fraction | None:
        """100 times the quotient."""
        part = self.quotient(numerator, denominator)
        return None if part is None else part * 100

    def compare(self, domain: str, computed: Mapping[Key, Number | None]) -> None:
        """Hold the figures computed here against all rows of a domain in `marts.indicators`."""
        _, rows = self.shipped.ask(
            f"""select indicator, book, entity, period_start, period_end, dimension_scheme, dimension_value, record_basis, value
                from marts.indicators where domain = '{domain}'"""
        )
        released = {tuple(row[:-1]): row[-1] for row in rows}
        assert len(released) == len(rows) > 0
        expected = {key: _rounded(value) for key, value in computed.items()}
        assert expected.keys() - released.keys() == set(), "computed here alone"
        assert released.keys() - expected.keys() == set(), "released alone"
        differing = {key: (expected[key], value) for key, value in released.items() if expected[key] != value}
        assert differing == {}, f"indicator: (computed here, released): {differing}"


def _rounded(value: Number | None) -> Decimal | None:
    """Six decimals, half away from zero, as the warehouse rounds."""
    if value is None:
        return None
    millionths, rest = divmod(abs(Fraction(value)) * 1_000_000, 1)
    whole = int(millionths) + (1 if rest * 2 >= 1 else 0)
    return Decimal(whole if value >= 0 else -whole).scaleb(-6)


@pytest.fixture(scope="session")
def reckoning(shipped) -> Reckoning:
    """Tables and arithmetic over the shipped release."""
    return Reckoning(shipped=shipped)
