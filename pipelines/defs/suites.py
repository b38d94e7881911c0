"""The suites on the outputs as asset checks: each expectation one check, with what it found."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path

import dagster as dg

from pipelines import settings
from pipelines.defs.warehouse import Warehouse, step
from pipelines.release import run as runs
from pipelines.shapes.check_result import CheckResult
from pipelines.site.pages.great_expectations import path_of
from pipelines.validate import carried, culprits
from pipelines.validate.runner import validate
from pipelines.validate.suites import SUITES, Check, Suite
from pipelines.validate.suites.checks import Tables


def suite_checks(manifest: Path) -> dg.AssetChecksDefinition:
    """All expectations on the tables that the manifest describes, as one step: they share what is dear to count."""
    described = tables(manifest)
    declared = {(check.target, check.name): _spec(suite, check) for suite in SUITES for check in suite.checks(described)}

    @dg.multi_asset_check(name="output_checks", specs=list(declared.values()), can_subset=False)
    def output_checks(context: dg.AssetCheckExecutionContext, warehouse: Warehouse) -> Iterator[dg.AssetCheckResult]:
        with step(warehouse) as run:
            stand = carried.carried(run.previous, run.previous.name, warehouse.unchanged_tables, described) if run.previous else []
            outcomes = validate(run.database, run.previous_database, run.acceptances, context.log.info, carried=stand)
            carried.keep(run.build, outcomes)
            broken = [one for outcome in outcomes if (one := culprits.of_expectation(outcome)) is not None]
            runs.add_check_results(run, culprits.replaced([outcome.result for outcome in outcomes], run.database, broken))
        warehouse.outcomes.extend(outcomes)
        found = {(outcome.result.target, outcome.result.check_name): outcome.result for outcome in outcomes}
        for place, spec in declared.items():
            yield _result(spec, found.get(place))

    return output_checks


def tables(manifest: Path) -> Tables:
    """Tables and columns as the dbt project describes them: known before anything is built."""
    nodes = json.loads(manifest.read_text("utf-8"))["nodes"].values()
    return {
        f"{node['schema']}.{node['alias']}": tuple(node["columns"])
        for node in nodes
        if node["resource_type"] in ("model", "seed") and node["config"]["materialized"] != "ephemeral"
    }


def _spec(suite: Suite, check: Check) -> dg.AssetCheckSpec:
    schema, _, table = check.target.partition(".")
    page = dg.MetadataValue.url(f"{settings.site_address()}/{path_of(suite.name, check.name, check.target)}")
    metadata: Mapping[str, object] = {"suite": suite.title, "expected": check.expected, "page": page, **({"law": check.law} if check.law else {})}
    return dg.AssetCheckSpec(check.name, asset=dg.AssetKey([schema, table]), description=check.protects, blocking=check.severity == "error", metadata=metadata)


def _result(spec: dg.AssetCheckSpec, result: CheckResult | None) -> dg.AssetCheckResult:
    if result is None:
        observed = {"status": "not run", "observed": "the build file has no such table or columns"}
        return dg.AssetCheckResult(asset_key=spec.asset_key, check_name=spec.name, passed=False, severity=dg.AssetCheckSeverity.WARN, metadata=observed)
    return dg.AssetCheckResult(
        asset_key=spec.asset_key,
        check_name=spec.name,
        passed=result.status in ("passed", "accepted"),
        severity=dg.AssetCheckSeverity.ERROR if result.is_blocking else dg.AssetCheckSeverity.WARN,
        metadata={
            "status": result.status,
            "observed": result.observed,
            "expected": result.expected,
            "page": spec.metadata["page"],
            **({"reason": result.reason} if result.reason else {}),
        },
    )
