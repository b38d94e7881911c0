"""Deliveries as assets: one per source of the registry, then the tables that need all of them at once."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict

import dagster as dg

from pipelines import engine
from pipelines.contracts import SOURCE_NAMES, SOURCES, Source, column_metadata, contract_columns, iati, landed_schema
from pipelines.defs.warehouse import SETTLED, Warehouse, step
from pipelines.landing.accounts import LandingSummary
from pipelines.landing.cached import tables_of
from pipelines.landing.layout import DELIVERED_TABLES, LANDING_TABLES
from pipelines.landing.row_passes import SourceLanding, land_source
from pipelines.landing.settled import settle
from pipelines.release import run as runs
from pipelines.shapes.check_result import CheckResult
from pipelines.shapes.left_out import LeftOut

PREFIX = "landing"


def landing_assets() -> list[dg.AssetsDefinition]:
    """One asset per source, those of the activity files, and the settled deliveries."""
    return [*(_source_asset(source) for source in SOURCES.values()), activity_files, settled_deliveries]


def source_key(source: str) -> dg.AssetKey:
    """The asset key of a source's landed table."""
    return dg.AssetKey([PREFIX, source])


def _source_asset(source: Source) -> dg.AssetsDefinition:
    @dg.asset(
        key=source_key(source.name),
        group_name=f"landing_{source.domain}",
        description=f"Deliveries of {source.name} after the row pass. One row is one {source.grain}.",
        kinds={"polars", "parquet"},
        metadata={"dagster/column_schema": _columns(source)},
        # Where nothing has changed no source is landed, and Dagster leaves out all that comes after.
        output_required=False,
    )
    def landed(context: dg.AssetExecutionContext, warehouse: Warehouse) -> Iterator[dg.MaterializeResult]:
        if warehouse.unchanged:
            context.log.info(f"nothing has changed since the release {warehouse.unchanged}: it stays current")
            return
        with step(warehouse):
            landing = land_source(warehouse.prepared, source.name, progress=context.log.info)
        warehouse.landed[source.name] = landing
        yield dg.MaterializeResult(metadata=_row_pass_metadata(landing))

    return landed


@dg.multi_asset(
    name="landed_iati",
    specs=[
        dg.AssetSpec(
            dg.AssetKey([PREFIX, table.name]),
            group_name="landing_iati",
            description=f"Activity files after the row pass: {table.grain}.",
            kinds={"polars", "parquet"},
            skippable=True,
            metadata={
                "dagster/column_schema": dg.TableSchema(
                    columns=[dg.TableColumn(name, type=str(dtype), description=told) for name, (dtype, told) in table.columns.items()]
                )
            },
        )
        for table in iati.TABLES.values()
    ],
)
def activity_files(context: dg.AssetExecutionContext, warehouse: Warehouse) -> Iterator[dg.MaterializeResult]:
    """Deliveries of activity files after the row pass: one file becomes rows of all these tables."""
    if warehouse.unchanged:
        return
    with step(warehouse):
        landing = land_source(warehouse.prepared, iati.SOURCE_NAME, progress=context.log.info)
    warehouse.landed[iati.SOURCE_NAME] = landing
    loaded = dict.fromkeys(iati.TABLES, 0)
    for part in landing.parts.values():
        for table in tables_of(iati.SOURCE_NAME, part):
            loaded[table.name] += table.rows_delivered - table.rows_quarantined
    first = next(iter(iati.TABLES))
    for name, rows in loaded.items():
        shown = _row_pass_metadata(landing) if name == first else {}
        yield dg.MaterializeResult(asset_key=dg.AssetKey([PREFIX, name]), metadata={**shown, "dagster/row_count": dg.MetadataValue.int(rows)})


def _accepted(delivery: LeftOut) -> CheckResult:
    """A delivery that the operator leaves out is told like a check that he accepts."""
    return CheckResult(
        check_name="delivery_left_out",
        engine="contract",
        target=f"raw.{delivery.source if delivery.source in SOURCES else next(iter(iati.TABLES))}",
        severity="warning",
        status="accepted",
        observed=f"{delivery.source_file} (delivery {delivery.delivery_id}) is not in this release",
        expected="every delivery that can be read is loaded",
        reason=delivery.reason,
    )


def _columns(source: Source) -> dg.TableSchema:
    """The contract as a table schema, with what each column means."""
    known = set(contract_columns(source))
    return dg.TableSchema(
        columns=[
            dg.TableColumn(name, type=str(dtype), description=column_metadata(source, name)["description"] if name in known else None)
            for name, dtype in landed_schema(source).items()
        ]
    )


def _row_pass_metadata(landing: SourceLanding) -> Mapping[str, dg.MetadataValue]:
    parts = landing.parts.values()
    return {
        "dagster/row_count": dg.MetadataValue.int(sum(part.rows_delivered - part.rows_quarantined for part in parts)),
        "rows_delivered": dg.MetadataValue.int(sum(part.rows_delivered for part in parts)),
        "rows_quarantined": dg.MetadataValue.int(sum(part.rows_quarantined for part in parts)),
        "deliveries": dg.MetadataValue.table(
            records=[
                dg.TableRecord({"source_file": delivery.source_file, "status": delivery.status, "sha256": delivery.sha256 or "", "message": delivery.message})
                for delivery in landing.deliveries
            ],
            schema=dg.TableSchema([dg.TableColumn(name) for name in ("source_file", "status", "sha256", "message")]),
        ),
        "seconds": dg.MetadataValue.float(round(landing.seconds, 3)),
    }


SET_ASIDE = dg.AssetCheckSpec("deliveries_set_aside", asset=dg.AssetKey([PREFIX, "deliveries"]), description="No delivery is left out without a word.")


def set_aside(summary: LandingSummary) -> CheckResult:
    """The check that no delivery is left out: a warning that names each one and the rule that it broke."""
    total = summary.deliveries + len(summary.aside)
    observed = f"{len(summary.aside)} of {total}: {', '.join(summary.aside)}" if summary.aside else f"none of {total}"
    return CheckResult(
        check_name=SET_ASIDE.name,
        engine="contract",
        target="audit.deliveries",
        severity="warning",
        status="warned" if summary.aside else "passed",
        observed=observed,
        expected="every delivery is loaded; why one is not says its message in audit.deliveries",
    )


@dg.multi_asset(
    name=SETTLED,
    check_specs=[SET_ASIDE],
    specs=[
        dg.AssetSpec(
            dg.AssetKey([PREFIX, table]),
            deps=[source_key(table) for table in DELIVERED_TABLES],
            group_name="landing_settled",
            kinds={"duckdb", "parquet"},
            metadata={"dagster/column_schema": dg.TableSchema([dg.TableColumn(name, type=str(dtype)) for name, dtype in schema.items()])},
        )
        for table, schema in LANDING_TABLES.items()
    ],
)
def settled_deliveries(context: dg.AssetExecutionContext, warehouse: Warehouse) -> Iterator[dg.MaterializeResult | dg.AssetCheckResult]:
    """The set pass: keys within and across deliveries, references, and the accounts of what was delivered, loaded and quarantined."""
    with step(warehouse) as run:
        # A retry in the user interface may leave out sources that went well: their parts are kept, so this costs nothing.
        landings = [warehouse.landed.get(source) or land_source(warehouse.prepared, source) for source in SOURCE_NAMES]
        summary = engine.tried_twice(
            lambda: settle(warehouse.prepared, landings, run.now, run_id=run.run_id, as_of=run.as_of, previous_release=run.previous, progress=context.log.info),
            context.log.warning,
        )
        runs.add_landed(run, asdict(summary))
        aside = set_aside(summary)
        runs.add_check_results(run, [aside, *(_accepted(delivery) for delivery in run.left_out)])
    accounts = {
        f"{source}: {name}": dg.MetadataValue.text(f"{amount:,f}") for source, figures in summary.sources.items() for name, amount in figures.amounts.items()
    }
    totals = {
        "rows_delivered": summary.rows_delivered,
        "rows_loaded": summary.rows_loaded,
        "rows_quarantined": summary.rows_quarantined,
        "deliveries": summary.deliveries,
        "set_aside": summary.set_aside,
        "seconds": round(summary.seconds, 3),
    }
    for table in LANDING_TABLES:
        shown = {"deliveries": totals, "delivered_amounts": accounts}.get(table, {})
        yield dg.MaterializeResult(asset_key=dg.AssetKey([PREFIX, table]), metadata=shown)
    yield dg.AssetCheckResult(
        asset_key=SET_ASIDE.asset_key,
        check_name=SET_ASIDE.name,
        passed=aside.status == "passed",
        severity=dg.AssetCheckSeverity.WARN,
        metadata={"observed": aside.observed, "expected": aside.expected},
    )
