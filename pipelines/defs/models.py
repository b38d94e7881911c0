"""The dbt project as assets: one per seed and model, its tests as asset checks, built by one dbt in a child process."""

import json
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import dagster as dg
import duckdb
import sqlalchemy.orm  # noqa: F401 (whole before the thread below begins: the orchestrator's storage must not meet it half imported)

from pipelines import engine, settings
from pipelines.dbt import child as dbt_child
from pipelines.dbt import described
from pipelines.dbt.manifest import Dbt, EngineCrashError
from pipelines.dbt.plan import CARRIED, Plan, with_carried
from pipelines.defs.landing import PREFIX as LANDING
from pipelines.defs.warehouse import Warehouse, step
from pipelines.landing.layout import DELIVERED_TABLES, LANDING_TABLES
from pipelines.release import carry
from pipelines.release import run as runs
from pipelines.site.pages.great_expectations import path_of
from pipelines.validate import culprits
from pipelines.validate.results import dbt_results
from pipelines.validate.runner import import_library

# Where dbt-core is not installed these work without it. Here it is, but it runs in a process of its own: importing it takes this one longer than all
# the assets. A module that is None cannot be imported.
sys.modules.setdefault("dbt.version", None)  # type: ignore[arg-type]
try:
    from dagster_dbt import DagsterDbtTranslator, dbt_assets
finally:
    if sys.modules["dbt.version"] is None:
        del sys.modules["dbt.version"]

UNIQUE_ID = "dagster_dbt/unique_id"


class Translator(DagsterDbtTranslator):
    """Assets are called like the tables: schema and table; their groups are layer and domain."""

    def get_asset_key(self, dbt_resource_props: Mapping[str, Any]) -> dg.AssetKey:
        """`landing` sources are the landing assets; everything else is `schema/table`."""
        if dbt_resource_props["resource_type"] == "source":
            return dg.AssetKey([dbt_resource_props["source_name"], dbt_resource_props["name"]])
        return dg.AssetKey([dbt_resource_props["schema"], dbt_resource_props.get("alias") or dbt_resource_props["name"]])

    def get_group_name(self, dbt_resource_props: Mapping[str, Any]) -> str:
        """Layer and domain: the folders in which the model lies."""
        return "_".join(dbt_resource_props["fqn"][1:-1]) or dbt_resource_props["schema"]


class Lineage:
    """Which columns of other assets the columns of a model are made from. Models are asked for in the order in which dbt builds them."""

    def __init__(self, manifest: Path, target: Path) -> None:
        """Begin with what is no model: landed tables and seeds.

        Args:
            manifest: of the dbt project.
            target: where dbt writes what it compiled.
        """
        # Parsing SQL is a library of its own, and a run without a history never needs it.
        from pipelines.dbt.lineage import column_lineage

        self._read = column_lineage
        self._nodes = json.loads(manifest.read_text("utf-8"))["nodes"]
        self._compiled = target / "compiled"
        self._columns: dict[str, tuple[str, ...]] = {f"{LANDING}.{table}": tuple(schema) for table, schema in {**DELIVERED_TABLES, **LANDING_TABLES}.items()}
        self._columns |= {_table(node): tuple(node["config"]["column_types"]) for node in self._nodes.values() if node["resource_type"] == "seed"}

    def of(self, unique_id: str) -> dg.TableColumnLineage:
        """The lineage of one node's columns; a seed's have none."""
        node = self._nodes[unique_id]
        if node["resource_type"] != "model":
            return dg.TableColumnLineage({})
        compiled = self._compiled / node["package_name"] / node["original_file_path"]
        columns = self._read(compiled.read_text("utf-8"), self._columns)
        self._columns[_table(node)] = tuple(columns)
        return dg.TableColumnLineage(
            {
                column: [dg.TableColumnDep(asset_key=dg.AssetKey(table.split(".")), column_name=origin) for table, origin in sorted(origins)]
                for column, origins in columns.items()
            }
        )


def _table(node: Mapping[str, Any]) -> str:
    return f"{node['schema']}.{node['alias']}"


def dbt_models(manifest: Path, dbt: Dbt | None = None) -> dg.AssetsDefinition:
    """All seeds and models with their tests, as one step.

    Args:
        manifest: of the dbt project.
        dbt: reads the project already and waits for the word to build; the step starts its own if there is none.
    """

    @dbt_assets(manifest=_with_every_test_attached(manifest), name="dbt_build", dagster_dbt_translator=Translator())
    def dbt_build(context: dg.AssetExecutionContext, warehouse: Warehouse) -> Iterator[dg.MaterializeResult | dg.AssetCheckResult | dg.AssetObservation]:
        with step(warehouse) as run, nullcontext(dbt) if dbt else Dbt(run.home) as building:
            # The checks that follow need it, importing it takes seconds, and this process only waits for dbt now.
            threading.Thread(target=import_library, daemon=True).start()
            target = dbt_child.target(run.home)
            outcome = target / "run_results.json"
            outcome.unlink(missing_ok=True)
            assets = {spec.metadata[UNIQUE_ID]: spec.key for spec in context.assets_def.specs}
            checks = {spec.metadata[UNIQUE_ID]: spec.key for spec in context.assets_def.check_specs}
            # Without a history nobody could ever look at it.
            lineage = None if context.instance.is_ephemeral else Lineage(manifest, target)
            decided = carry.begin(run, manifest)
            warehouse.unchanged_tables.update(decided.unchanged)
            runs.add_built(run, built=decided.models_built, carried=decided.models_carried)
            if decided.carried:
                context.log.info(f"{decided.models_built} tables and views to build, {decided.models_carried} stand as the release before has them")
            for finished in with_carried(built(building, run, decided, outcome, context.log.warning), decided):
                if finished["status"] == CARRIED:
                    yield from _carried(decided.made[finished["unique_id"]].made_in, assets.get(finished["unique_id"]), checks.get(finished["unique_id"]))
                elif (key := assets.get(finished["unique_id"])) and finished["status"] == "success":
                    origins = {"dagster/column_lineage": lineage.of(finished["unique_id"])} if lineage else {}
                    yield dg.MaterializeResult(asset_key=key, metadata={"seconds": finished["seconds"], **origins})
                elif check := checks.get(finished["unique_id"]):
                    yield _check_result(check, finished)
            if lineage:
                known = set(assets.values())
                for key, rows in row_counts(run.database).items():
                    if key in known:
                        yield dg.AssetObservation(asset_key=key, metadata={"dagster/row_count": rows})
            results = dbt_results(outcome, target / "manifest.json")
            results = culprits.replaced(results, run.database, culprits.of_dbt(outcome, target / "manifest.json", results))
            runs.add_check_results(run, [*results, *carry.carried_results(run, decided)])
            broken = [
                f"{result['unique_id'].split('.', 1)[1]}: {_in_words(result['message'])}"
                for result in json.loads(outcome.read_text("utf-8"))["results"]
                if result["status"] == "error" and result["unique_id"].split(".")[0] in ("model", "seed")
            ]
            if broken:
                raise dg.Failure("dbt could not build " + "; ".join(broken), allow_retries=False)
            carry.note(run.database, decided)
        failed = [f"{result.check_name} on {result.target}" for result in results if result.is_blocking]
        if failed:
            raise dg.Failure(f"{len(failed)} dbt tests failed: {', '.join(failed)}", allow_retries=False)

    return dbt_build


def _carried(run_id: str, asset: dg.AssetKey | None, check: dg.AssetCheckKey | None) -> Iterator[dg.MaterializeResult | dg.AssetCheckResult]:
    """What stands since an earlier run."""
    told = {"carried_from": run_id}
    if asset:
        yield dg.MaterializeResult(asset_key=asset, metadata=told)
    elif check:
        yield dg.AssetCheckResult(asset_key=check.asset_key, check_name=check.name, passed=True, severity=dg.AssetCheckSeverity.WARN, metadata=told)


def built(building: Dbt, run: runs.Run, decided: Plan, outcome: Path, say: Callable[[str], None]) -> Iterator[dict[str, Any]]:
    """The nodes of a build as they finish, each once; where the engine made an error of its own, all is built once more with one thread.

    Args:
        building: the dbt.
        run: the run, whose build file is begun anew for the second time.
        decided: what is built.
        outcome: where dbt writes how each node ended.
        say: told that it is built once more.
    """
    nodes = sorted(decided.names[one] for one in decided.anew) if decided.carried else None
    told: set[str] = set()
    for alone in (False, True):
        failed = []
        crash: EngineCrashError | None = None
        try:
            for finished in building.build(nodes, alone=alone):
                if finished["status"] in ("success", "pass", "warn", "fail"):
                    if finished["unique_id"] not in told:
                        told.add(finished["unique_id"])
                        yield finished
                else:
                    # Not told before it is known whether it is the engine's error, or what follows from it.
                    failed.append(finished)
        except EngineCrashError as error:
            if alone:
                raise
            crash = error
        if not alone and (crash or _has_internal_error(outcome)):
            say(engine.AGAIN)
            outcome.unlink(missing_ok=True)
            carry.lay_out(run.database, run.previous_database, decided)
            continue
        yield from (finished for finished in failed if finished["unique_id"] not in told)
        return


def _has_internal_error(outcome: Path) -> bool:
    return any(engine.says_internal(result["message"]) for result in json.loads(outcome.read_text("utf-8"))["results"] if result["status"] == "error")


def _in_words(message: str | None) -> str:
    """What dbt says of a node that failed, in one line."""
    return engine.told(message) if engine.says_internal(message) else engine.plain(message or "no reason given")


def row_counts(database: Path) -> dict[dg.AssetKey, int]:
    """How many rows each table of a finished build holds, from its catalogue: nothing is counted. Views have none."""
    with duckdb.connect(str(database), read_only=True) as connection:
        tables = connection.execute("select schema_name, table_name, estimated_size from duckdb_tables() where not internal").fetchall()
    return {dg.AssetKey([schema, table]): rows for schema, table, rows in tables}


def _check_result(check: dg.AssetCheckKey, finished: Mapping[str, Any]) -> dg.AssetCheckResult:
    return dg.AssetCheckResult(
        asset_key=check.asset_key,
        check_name=check.name,
        passed=finished["status"] == "pass",
        severity=dg.AssetCheckSeverity.WARN if finished["status"] == "warn" else dg.AssetCheckSeverity.ERROR,
        metadata={
            "status": finished["status"],
            "seconds": finished["seconds"],
            "failures": finished["failures"],
            "page": dg.MetadataValue.url(f"{settings.site_address()}/{path_of('dbt', check.name, '.'.join(check.asset_key.path))}"),
        },
    )


def _with_every_test_attached(manifest: Path) -> dict[str, Any]:
    """The manifest, in which a test over several models belongs to the first of them, so that it is shown as that asset's check."""
    project = described.read(manifest)
    for node in project["nodes"].values():
        if node["resource_type"] == "test" and not node.get("attached_node"):
            tables = [name for name in node["depends_on"]["nodes"] if project["nodes"].get(name, {}).get("config", {}).get("materialized") != "ephemeral"]
            node["attached_node"] = next(iter(tables), None)
    return project
