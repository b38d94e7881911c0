"""What every check says, whichever engine ran it: one shape, one table (`audit.check_results`), one JSON form."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, fields
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb

from pipelines.engine import insert_texts, plain, says_internal, told
from pipelines.shapes.check_result import CheckResult, Status


def as_text(value: Any) -> str:
    """A value as a person writes it: thousands separated, no exponents, no trailing zeros, at most 200 characters; None is `nothing`."""
    if value is None:
        return "nothing"
    if isinstance(value, Decimal):
        text = f"{value:,f}"
        text = text.rstrip("0").rstrip(".") if "." in text else text
    else:
        text = f"{value:,.6g}" if isinstance(value, float) else str(value)
    return text if len(text) <= 200 else text[:199] + "…"


COLUMNS = tuple(field.name for field in fields(CheckResult))


def to_json(results: Iterable[CheckResult]) -> str:
    """The results as a JSON list of objects, in their order."""
    return json.dumps([asdict(result) for result in results], ensure_ascii=False, indent=1)


def from_json(text: str) -> list[CheckResult]:
    """The results that `to_json` wrote."""
    return [CheckResult(**{name: row[name] for name in COLUMNS}) for row in json.loads(text)]


def append_results(database: Path, run_id: str, results: Sequence[CheckResult]) -> int:
    """Write the results of a run into `audit.check_results` of a build file, in one transaction; returns the rows written.

    The table is made by dbt. Writing the same run again replaces what it wrote before.

    Raises:
        duckdb.Error: the file or the table is missing, or another connection holds the file.
    """
    with duckdb.connect(str(database)) as connection:
        connection.begin()
        connection.execute("delete from audit.check_results where run_id = ?", [run_id])
        rows = [(run_id, *(getattr(result, name) for name in COLUMNS)) for result in results]
        insert_texts(connection, "audit.check_results", ("run_id", *COLUMNS), rows)
        connection.commit()
    return len(results)


_DBT_STATUS: Mapping[str, Status] = {"pass": "passed", "success": "passed", "fail": "failed", "warn": "warned"}


def dbt_results(run_results_json: Path, manifest_json: Path) -> list[CheckResult]:
    """The outcomes of dbt's data tests and unit tests as check results; models, seeds and the like are left out.

    A test that dbt could not run, or skipped because something before it failed, is `errored`.

    Args:
        run_results_json: `target/run_results.json` of a `dbt build` or `dbt test`.
        manifest_json: `target/manifest.json` of the same invocation.
    """
    manifest = json.loads(manifest_json.read_text("utf-8"))
    nodes = {**manifest["nodes"], **manifest.get("unit_tests", {})}
    relations = {**manifest["nodes"], **manifest.get("sources", {})}
    found = []
    for result in json.loads(run_results_json.read_text("utf-8"))["results"]:
        node = nodes.get(result["unique_id"])
        if node is None or node["resource_type"] not in ("test", "unit_test"):
            continue
        failures, message = result.get("failures"), plain(result.get("message") or "")
        status = _DBT_STATUS.get(result["status"], "errored")
        if status == "errored":
            observed = (told(message) if says_internal(message) else message) or f"not run: {result['status']}"
        elif node["resource_type"] == "unit_test":
            observed = message or "as given"
        else:
            observed = f"{failures or 0} {'row' if failures == 1 else 'rows'}" + (f": {message}" if message and status != "passed" else "")
        found.append(
            CheckResult(
                check_name=node["name"],
                engine="dbt",
                target=_dbt_target(node, relations),
                severity="warning" if str(node.get("config", {}).get("severity", "error")).lower() == "warn" else "error",
                status=status,
                observed=observed,
                expected=_dbt_expected(node),
            )
        )
    return found


def _dbt_target(node: Mapping[str, Any], relations: Mapping[str, Mapping[str, Any]]) -> str:
    """The table that a dbt test guards: what it is attached to, else the first table it reads."""
    candidates = [node.get("attached_node"), *node.get("depends_on", {}).get("nodes", [])]
    if node["resource_type"] == "unit_test":
        candidates = [name for name in relations if name.endswith(f".{node.get('model')}")] + candidates
    for candidate in candidates:
        if relation := relations.get(candidate or ""):
            return f"{relation['schema']}.{relation.get('alias') or relation.get('identifier') or relation['name']}"
    return node.get("model") or node["name"]


def _dbt_expected(node: Mapping[str, Any]) -> str:
    """What a dbt test demands: its description, else its kind and arguments, else the comment that it begins with."""
    if description := (node.get("description") or "").strip():
        return description
    if kind := (node.get("test_metadata") or {}).get("name"):
        arguments = {name: value for name, value in node["test_metadata"].get("kwargs", {}).items() if name != "model"}
        return kind + (f" ({', '.join(f'{name}: {_argument(value)}' for name, value in arguments.items())})" if arguments else "")
    if node["resource_type"] == "unit_test":
        return "the rows given in the unit test"
    # A test of its own begins with what it demands, as a comment.
    words = re.match(r"(?:\s*--[^\n]*\n)+", node.get("raw_code") or "")
    return " ".join(words[0].replace("--", " ").split()) if words else "no rows"


def _argument(value: Any) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
