"""Column lineage of the real project: read from the compiled SQL, held against the tables that it built."""

import json

import pytest

from pipelines.contracts import SOURCES
from pipelines.dbt.child import target
from pipelines.dbt.manifest import kept_manifest
from pipelines.defs.models import Lineage


@pytest.fixture(scope="module")
def lineage(shipped):
    """Columns of each table that dbt built, each with `schema.table.column` of its origins."""
    manifest = kept_manifest(shipped.home)
    nodes = json.loads(manifest.read_text())["nodes"]
    built = [result["unique_id"] for result in json.loads((target(shipped.home) / "run_results.json").read_text())["results"]]
    read = Lineage(manifest, target(shipped.home))
    return {
        f"{nodes[node]['schema']}.{nodes[node]['alias']}": {
            column: {".".join([*origin.asset_key.path, origin.column_name]) for origin in origins} for column, origins in read.of(node).deps_by_column.items()
        }
        for node in built
        if node.startswith("model.")
    }


def test_every_table_has_the_columns_that_were_read_from_its_sql(shipped, lineage):
    built = shipped.ask(
        "select schema_name || '.' || table_name, list(column_name order by column_index) from duckdb_columns() where not internal group by all"
    )[1]
    # Most of the reference tables are seeds, which have no SQL.
    built = {table: columns for table, columns in built if not table.startswith("reference.") or table in lineage}
    assert {table: list(columns) for table, columns in lineage.items()} == built


def test_value_of_a_share_leads_to_the_hub_and_from_there_to_the_delivered_amount(lineage):
    assert "intermediate.int_measure_values.value_units" in lineage["marts.shares_by_region"]["value"]
    reached, ahead = set(), {"marts.shares_by_region.value"}
    while ahead:
        table, _, column = (step := ahead.pop()).rpartition(".")
        reached.add(step)
        ahead |= lineage.get(table, {}).get(column, set()) - reached
    assert {"landing.project_transactions.amount", "landing.subprogramme_allocations.amount", "landing.iati_transactions.value"} <= reached
    assert not [step for step in reached if step.endswith(".title")]


# Delivered columns that staging has under another name only: entities and countries that are read, counts in millionths, documents.
RENAMED = {
    ("action_points", "responsible_entity"): "entity",
    ("assistance_requests", "country"): "country_delivered",
    ("capacity_building_events", "participants_men"): "men_units",
    ("capacity_building_events", "participants_unspecified"): "unspecified_units",
    ("capacity_building_events", "participants_women"): "women_units",
    ("deliverables", "quantity"): "quantity_units",
    ("entities", "source_address"): "source",
    ("entities", "source_symbol"): "source",
    ("indicator_observations", "value"): "value_units",
    ("missions", "adviser_days"): "adviser_day_units",
    ("questionnaire_responses", "country"): "country_delivered",
    ("subprogrammes", "source_address"): "source",
    ("subprogrammes", "source_symbol"): "source",
}


def test_every_column_of_a_contract_is_staged(shipped):
    """Under its name, as `RENAMED` says, or, if it is money, as it was delivered beside its whole cents."""
    staged = set(shipped.ask("select table_name, column_name from information_schema.columns where table_schema = 'staging'")[1])
    missing = []
    for name, source in SOURCES.items():
        money = {(name, amount): f"{amount.removesuffix('_amount')}_delivered" for amount in source.amount_columns}
        expected = {column: (RENAMED | money).get((name, column), column) for column in source.schema.columns()}
        missing += [f"{name}.{column}" for column, there in expected.items() if (f"stg_{name}", there) not in staged]
    assert missing == []
