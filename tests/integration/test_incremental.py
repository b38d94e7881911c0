"""A run builds what has changed and carries over the rest; what it releases is what a run from nothing would release."""

import json
import shutil

import duckdb
import pytest

from pipelines.release import releases

MISSION = "mission_id,entity,subprogramme,mission_type,start_date,recipients,funding_source\nM1,ECE,2,advisory,2024-05-06,KG:60|TJ:40,rptc\n"
# What tells of the run itself, or of the release before it.
OF_THE_RUN = {"audit.builds", "audit.check_results", "audit.release", "marts.restatements"}


def tables(home):
    """Count and sum of hashes of each table and view, by name."""
    with duckdb.connect(str(home / "techcoop.duckdb"), read_only=True) as connection:
        names = connection.execute(
            """select schema_name || '.' || table_name from duckdb_tables() where not internal
               union all select schema_name || '.' || view_name from duckdb_views() where not internal"""
        ).fetchall()
        told = {}
        for (name,) in names:
            columns = [column for (column,) in connection.execute(f"select column_name from (describe {name})").fetchall() if column != "_loaded_at"]
            told[name] = connection.execute(f"select count(*), sum(hash({', '.join(f'cast({one} as varchar)' for one in columns)})) from {name}").fetchone()
    return {name: sums for name, sums in told.items() if name not in OF_THE_RUN}


@pytest.fixture(scope="module")
def changed(first_release, make_warehouse, tmp_path_factory):
    """The first release and a mission more, built from the first release."""
    folder = tmp_path_factory.mktemp("changed")
    warehouse = make_warehouse(home=folder / "warehouse", raw=folder / "raw")
    shutil.copytree(first_release.home, warehouse.home, symlinks=True)
    shutil.copytree(first_release.raw, warehouse.raw)
    warehouse.deliver("missions/m.csv", MISSION)
    said = warehouse.run()
    return warehouse, said


def test_only_what_a_delivery_reaches_is_built(changed):
    warehouse, said = changed
    assert said["released"] and 0 < said["models_built"] < said["models_carried"]
    first = said["previous_release"]
    made = dict(warehouse.ask("select table_name, made_in from audit.builds where table_name is not null")[1])
    assert made["raw.missions"] == made["marts.fct_activities"] == said["release_id"]
    assert made["raw.project_transactions"] == made["marts.dim_project"] == first
    carried = warehouse.ask(
        "select engine, count(*), min(carried_from), max(carried_from) from audit.check_results where carried_from is not null group by all"
    )
    assert {engine: (oldest, newest) for engine, _, oldest, newest in carried[1]} == {"dbt": (first, first), "great_expectations": (first, first)}


def test_files_of_unchanged_marts_stand(changed):
    warehouse, said = changed
    now, before = (releases.current(warehouse.home), warehouse.home / "releases" / said["previous_release"])
    for name, stands in (("parquet/dim_project.parquet", True), ("csv/dim_project.csv", True), ("csv/fct_activities.csv", False)):
        assert ((now / name).stat().st_ino == (before / name).stat().st_ino) is stands, name


def test_it_is_what_a_run_from_nothing_releases(changed, make_warehouse, tmp_path):
    warehouse, said = changed
    whole = make_warehouse(home=tmp_path / "warehouse", raw=warehouse.raw)
    other = whole.run()
    assert other["models_carried"] == 0 and other["models_built"] == said["models_built"] + said["models_carried"]
    step, full = tables(warehouse.home), tables(whole.home)
    assert step.keys() == full.keys() and [name for name, sums in full.items() if step[name] != sums] == []
    assert (other["checks_passed"], other["checks_warned"]) == (said["checks_passed"], said["checks_warned"])


def test_a_forced_run_builds_nothing_and_a_full_one_everything(changed):
    warehouse, said = changed
    before = tables(warehouse.home)
    forced = json.loads(warehouse.techcoop("run", "--json", "--force", "--as-of", warehouse.as_of).stdout)
    assert forced["released"] and forced["models_built"] == 0 and forced["models_carried"] == said["models_built"] + said["models_carried"]
    assert tables(warehouse.home) == before
    full = json.loads(warehouse.techcoop("run", "--json", "--full", "--as-of", warehouse.as_of).stdout)
    assert full["released"] and full["models_carried"] == 0
    assert tables(warehouse.home) == before
