"""The suites, in the order in which they run and are shown. A new suite is one module and one line here."""

from __future__ import annotations

from pipelines.validate.suites import deliveries, facts, programmes, publications, rates, shares
from pipelines.validate.suites.checks import Check, Suite

SUITES: tuple[Suite, ...] = (deliveries.SUITE, rates.SUITE, facts.SUITE, shares.SUITE, programmes.SUITE, publications.SUITE)

__all__ = ["SUITES", "Check", "Suite"]
