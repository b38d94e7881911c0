"""Results of all engines in one shape: JSON, the audit table, dbt's outcomes."""

from __future__ import annotations

import json
from dataclasses import replace
from decimal import Decimal

import duckdb
import pytest

from pipelines.shapes.check_result import CheckResult
from pipelines.validate.results import append_results, as_text, dbt_results, from_json, to_json

RESULT = CheckResult(
    check_name="magnitude",
    engine="great_expectations",
    target="raw.missions",
    severity="error",
    status="accepted",
    observed="1 row: Côte d'Ivoire",
    expected="alike",
    reason="checked",
)


def test_results_survive_json_unchanged():
    assert from_json(to_json([RESULT, replace(RESULT, reason=None)])) == [RESULT, replace(RESULT, reason=None)]


def test_results_are_written_once_per_run(build):
    path = build("now")
    assert append_results(path, "run-1", [RESULT, replace(RESULT, target="raw.other", reason=None)]) == 2
    append_results(path, "run-2", [RESULT])
    append_results(path, "run-1", [RESULT])
    with duckdb.connect(str(path), read_only=True) as connection:
        rows = connection.execute("from audit.check_results order by run_id").fetchall()
    assert [row[0] for row in rows] == ["run-1", "run-2"]
    assert rows[0][1:] == ("magnitude", "great_expectations", "raw.missions", "error", "accepted", "1 row: Côte d'Ivoire", "alike", "checked", None)


def test_no_results_are_no_rows(build):
    assert append_results(build("now"), "run-1", []) == 0


def test_a_missing_audit_table_is_an_error(build):
    with pytest.raises(duckdb.CatalogException, match="check_results"):
        append_results(build("now", "drop table audit.check_results"), "run-1", [RESULT])


@pytest.mark.parametrize(
    ("value", "text"),
    [(None, "nothing"), (Decimal("100000.0000000000"), "100,000"), (Decimal("1E+3"), "1,000"), (0.1, "0.1"), (2023, "2023"), ("x" * 300, "x" * 199 + "…")],
)
def test_values_are_written_as_people_write_them(value, text):
    assert as_text(value) == text


@pytest.mark.parametrize(
    ("status", "severity", "blocks"),
    [("failed", "error", True), ("errored", "error", True), ("errored", "warning", False), ("warned", "warning", False), ("accepted", "error", False)],
)
def test_only_failures_and_errors_of_severity_error_block(status, severity, blocks):
    assert replace(RESULT, status=status, severity=severity).is_blocking is blocks


def dbt_files(folder, *outcomes):
    """Files as dbt writes them, with one test per outcome (status, failures, message, changes to the node)."""
    model = {"resource_type": "model", "schema": "marts", "name": "fct_spending", "alias": "fct_spending"}
    nodes, results = {"model.t.fct_spending": model}, [{"unique_id": "model.t.fct_spending", "status": "success", "failures": None, "message": "OK"}]
    units = {}
    for n, (status, failures, message, changes) in enumerate(outcomes):
        node = {"resource_type": "test", "name": f"test_{n}", "config": {"severity": "ERROR"}, "depends_on": {"nodes": ["model.t.fct_spending"]}} | changes
        (units if node["resource_type"] == "unit_test" else nodes)[f"test.t.{n}"] = node
        results.append({"unique_id": f"test.t.{n}", "status": status, "failures": failures, "message": message})
    (folder / "manifest.json").write_text(json.dumps({"nodes": nodes, "unit_tests": units, "sources": {}}))
    (folder / "run_results.json").write_text(json.dumps({"results": results}))
    return dbt_results(folder / "run_results.json", folder / "manifest.json")


def test_dbt_outcomes_become_check_results(tmp_path):
    metadata = {"test_metadata": {"name": "not_null", "kwargs": {"model": "x", "column_name": "amount"}}}
    found = dbt_files(
        tmp_path,
        ("pass", 0, None, {"description": "Keys are unique."}),
        ("fail", 3, "Got 3 results, configured to fail if != 0", metadata),
        ("warn", 2, "Got 2 results, configured to warn if != 0", {"config": {"severity": "warn"}}),
        ("error", None, "Binder Error: no such column", {}),
        ("skipped", None, None, {}),
        ("pass", None, None, {"resource_type": "unit_test", "model": "fct_spending"}),
    )
    assert [(result.status, result.severity, result.observed, result.expected) for result in found] == [
        ("passed", "error", "0 rows", "Keys are unique."),
        ("failed", "error", "3 rows: Got 3 results, configured to fail if != 0", "not_null (column_name: amount)"),
        ("warned", "warning", "2 rows: Got 2 results, configured to warn if != 0", "no rows"),
        ("errored", "error", "Binder Error: no such column", "no rows"),
        ("errored", "error", "not run: skipped", "no rows"),
        ("passed", "error", "as given", "the rows given in the unit test"),
    ]
    assert {result.target for result in found} == {"marts.fct_spending"} and {result.engine for result in found} == {"dbt"}
