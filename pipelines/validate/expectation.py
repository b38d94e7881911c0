"""The expectation behind every check that is a query. Importing this module imports Great Expectations, which costs seconds: do it late."""

from __future__ import annotations

from typing import Any, ClassVar

from great_expectations.constants import MAX_RESULT_RECORDS
from great_expectations.expectations import UnexpectedRowsExpectation

MOST_ROWS = MAX_RESULT_RECORDS
"""Rows that Great Expectations takes from a query; beyond it the number is said to be "or more"."""


class RowsThatShouldNotExist(UnexpectedRowsExpectation):
    """A query that must find nothing, run once.

    The stock expectation runs its query twice, to fetch rows and to count them. A limit on the query makes the rows their own count.
    """

    metric_dependencies: ClassVar[tuple[str, ...]] = ("unexpected_rows_query.table",)

    def _validate(self, metrics: dict[str, Any], runtime_configuration: dict[str, Any] | None = None, execution_engine: Any = None) -> dict[str, Any]:
        rows = metrics["unexpected_rows_query.table"]
        return {"success": not rows, "result": {"observed_value": len(rows), "details": {"unexpected_rows": rows}}}
