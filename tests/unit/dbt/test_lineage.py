"""Column lineage, read from SQL as dbt compiles it."""

import json

import dagster as dg
import duckdb
import pytest

from pipelines.dbt.lineage import column_lineage
from pipelines.defs.models import Lineage, row_counts

KNOWN = {"staging.payments": ("project_id", "amount", "paid_on"), "reference.names": ("project_id", "name"), "landing.missions": ("mission_id", "days")}


def lineage(sql):
    return {column: {".".join(origin) for origin in origins} for column, origins in column_lineage(sql, KNOWN).items()}


def test_value_comes_from_what_is_added_up_and_not_from_what_groups_it():
    assert lineage(
        """with payments as (select * from staging.payments),
        totals as (select project_id, sum(amount) as value from payments where paid_on > date '2020-01-01' group by project_id)
        select * from totals"""
    ) == {"project_id": {"staging.payments.project_id"}, "value": {"staging.payments.amount"}}


def test_columns_of_joined_tables_are_told_apart():
    found = lineage(
        """select names.name, payments.*, payments.amount * 2 as twice, case when names.name is null then amount end as unnamed
        from staging.payments as payments left join reference.names as names on payments.project_id = names.project_id"""
    )
    assert found == {
        "name": {"reference.names.name"},
        "project_id": {"staging.payments.project_id"},
        "amount": {"staging.payments.amount"},
        "paid_on": {"staging.payments.paid_on"},
        "twice": {"staging.payments.amount"},
        "unnamed": {"staging.payments.amount", "reference.names.name"},
    }


def test_both_sides_of_a_union_are_origins_by_their_place():
    found = lineage("select project_id as code from staging.payments union all select name from reference.names")
    assert found == {"code": {"staging.payments.project_id", "reference.names.name"}}


def test_files_of_the_landing_are_the_landed_table():
    found = lineage("select landed.* from read_parquet('/srv/build/now/landing/missions/*.parquet') as landed")
    assert found == {"mission_id": {"landing.missions.mission_id"}, "days": {"landing.missions.days"}}


def test_lists_taken_apart_and_subqueries_lead_to_what_they_are_made_from():
    found = lineage(
        """select part, (select max(names.name) from reference.names as names where names.project_id = payments.project_id) as latest,
                  row_number() over (partition by project_id order by paid_on) as place
        from staging.payments as payments, unnest(string_split(project_id, '|')) as parts (part)"""
    )
    assert found == {"part": {"staging.payments.project_id"}, "latest": {"reference.names.name"}, "place": {"staging.payments.paid_on"}}


def test_recursive_step_leads_to_where_it_began():
    found = lineage(
        """with recursive days as (select paid_on as day from staging.payments union all select day + interval 1 day from days where day < date '2021-01-01')
        select * from days"""
    )
    assert found == {"day": {"staging.payments.paid_on"}}


def test_name_given_further_up_in_the_same_select_is_followed():
    assert lineage("select amount as cents, cents * 2 as twice from staging.payments")["twice"] == {"staging.payments.amount"}


@pytest.mark.parametrize("sql", ["select from where", "drop table x"])
def test_sql_that_is_no_query_has_no_lineage(sql):
    assert lineage(sql) == {}


def test_model_leads_through_the_model_before_it(tmp_path):
    nodes = {
        "model.t.stg": {"name": "stg", "schema": "staging", "alias": "missions", "sql": "select * from read_parquet('/x/landing/missions/*.parquet')"},
        "model.t.mart": {"name": "mart", "schema": "marts", "alias": "days", "sql": 'select adviser_days as value from "staging"."missions"'},
    }
    for node in nodes.values():
        node |= {"resource_type": "model", "package_name": "t", "original_file_path": f"models/{node['name']}.sql"}
        (tmp_path / "target" / "compiled" / "t" / "models").mkdir(parents=True, exist_ok=True)
        (tmp_path / "target" / "compiled" / "t" / "models" / f"{node['name']}.sql").write_text(node.pop("sql"))
    nodes["seed.t.s"] = {"resource_type": "seed", "schema": "reference", "alias": "s", "config": {"column_types": {"a": "string"}}}
    (tmp_path / "manifest.json").write_text(json.dumps({"nodes": nodes}))
    read = Lineage(tmp_path / "manifest.json", tmp_path / "target")
    assert read.of("seed.t.s") == dg.TableColumnLineage({})
    assert read.of("model.t.stg").deps_by_column["mission_id"] == [dg.TableColumnDep(dg.AssetKey(["landing", "missions"]), "mission_id")]
    assert read.of("model.t.mart").deps_by_column == {"value": [dg.TableColumnDep(dg.AssetKey(["staging", "missions"]), "adviser_days")]}


def test_rows_of_built_tables_are_told_from_the_catalogue(tmp_path):
    with duckdb.connect(str(tmp_path / "techcoop.duckdb")) as connection:
        connection.execute("create schema marts")
        connection.execute("create table marts.some as select * from range(1234)")
        connection.execute("create table marts.none (a integer)")
        connection.execute("create view marts.seen as select * from marts.some")
    assert row_counts(tmp_path / "techcoop.duckdb") == {dg.AssetKey(["marts", "some"]): 1234, dg.AssetKey(["marts", "none"]): 0}
