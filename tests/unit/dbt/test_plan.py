"""Which nodes are built anew: a small project, changed in one place at a time."""

from copy import deepcopy
from dataclasses import replace

import pytest

from pipelines.dbt.plan import CARRIED, Made, plan, with_carried
from pipelines.shapes.landed import Landed

LANDED = Landed(
    structures=dict.fromkeys(("missions", "iati_sectors", "rejected_rows", "run_parameters"), "columns"),
    contents={"missions": "m", "iati_sectors": "s", "rejected_rows": "r", "run_parameters": "p"},
    rejected={"missions": "rm", "iati_activities": "ra"},
)


def node(kind, name, sql, *, reads=(), macros=(), materialized="table", **more):
    return {
        "resource_type": kind, "name": name, "alias": name, "schema": "marts", "raw_code": sql, "checksum": {}, "contract": {}, "test_metadata": None,
        "config": {"materialized": materialized, **more}, "depends_on": {"nodes": list(reads), "macros": list(macros)},
    }  # fmt: skip


def macro(name, sql, *, calls=(), package="techcoop"):
    return {"name": name, "macro_sql": sql, "package_name": package, "depends_on": {"macros": list(calls)}}


PROJECT = {
    "metadata": {"project_name": "techcoop"},
    "macros": {
        "macro.money": macro("money", "adapter.dispatch('money')"),
        "macro.duckdb__money": macro("duckdb__money", "cents", calls=["macro.whole"]),
        "macro.whole": macro("whole", "bigint"),
        "macro.ref": macro("ref", "relation", calls=["macro.ref"]),
        "macro.other": macro("other", "nobody calls it"),
    },
    "sources": {f"source.{name}": {"name": name} for name in LANDED.contents},
    "nodes": {
        "seed.countries": node("seed", "countries", "", materialized="seed"),
        "model.raw_missions": node("model", "raw_missions", "landed", reads=["source.missions", "source.rejected_rows"]),
        "model.raw_sectors": node("model", "raw_sectors", "landed", reads=["source.iati_sectors", "source.rejected_rows"]),
        "model.stg_missions": node("model", "stg_missions", "*", reads=["model.raw_missions"], materialized="view"),
        "model.passed_through": node("model", "passed_through", "*", reads=["model.stg_missions"], materialized="ephemeral"),
        "model.fct": node("model", "fct", "sum", reads=["model.passed_through", "seed.countries"], macros=["macro.money"]),
        "model.release": node("model", "release", "run", reads=["source.run_parameters"]),
        "model.checks": node("model", "checks", "empty", meta={"of_the_run": True}),
        "test.fct": node("test", "fct_is_sound", "none", reads=["model.fct"], materialized="test"),
        "analysis.question": node("analysis", "question", "why", materialized="view"),
    },
}
EVERYTHING = {"seed.countries", "model.raw_missions", "model.raw_sectors", "model.stg_missions", "model.fct", "model.release", "model.checks", "test.fct"}
OF_THE_RUN = {"model.release", "model.checks"}


def of(project=PROJECT, landed=LANDED, run="r1", before=None, standing=None):
    first = standing if standing is not None else [f"marts.{name.split('.')[1]}" for name in before or ()] + list(before or ())
    return plan(project, landed, run, before or {}, first)


@pytest.fixture
def made():
    return of().made


def changed(change):
    project = deepcopy(PROJECT)
    change(project)
    return project


def landed(**contents):
    return replace(LANDED, contents={**LANDED.contents, **contents})


def test_without_a_release_before_everything_is_built():
    first = of()
    assert first.anew == EVERYTHING and not first.carried and first.of_the_run == OF_THE_RUN
    assert first.models_built == 5 and first.models_carried == 0


def test_where_nothing_changed_only_what_speaks_of_the_run_is_built(made):
    again = of(run="r2", before=made)
    assert again.anew == OF_THE_RUN and again.models_built == 0 and again.models_carried == 5
    assert again.made["model.fct"].made_in == "r1" and again.made["model.release"].made_in == "r2"


@pytest.mark.parametrize(
    ("project", "seen", "built"),
    [
        (PROJECT, landed(missions="m2"), {"model.raw_missions", "model.fct", "test.fct"}),
        (PROJECT, landed(iati_sectors="s2"), {"model.raw_sectors"}),
        (PROJECT, landed(run_parameters="p2"), set()),
        (PROJECT, landed(rejected_rows="r2"), set()),
        (PROJECT, replace(LANDED, rejected={**LANDED.rejected, "missions": "x"}), {"model.raw_missions", "model.fct", "test.fct"}),
        (PROJECT, replace(LANDED, rejected={"missions": "rm"}), {"model.raw_sectors"}),
        (
            PROJECT,
            replace(LANDED, structures={**LANDED.structures, "missions": "more"}),
            {"model.raw_missions", "model.stg_missions", "model.fct", "test.fct"},
        ),
        (changed(lambda p: p["macros"]["macro.whole"].update(macro_sql="int")), LANDED, {"model.fct", "test.fct"}),
        (changed(lambda p: p["macros"]["macro.other"].update(macro_sql="x")), LANDED, set()),
        (changed(lambda p: p["macros"]["macro.ref"].update(macro_sql="x")), LANDED, EVERYTHING),
        (changed(lambda p: p["nodes"]["seed.countries"].update(checksum={"checksum": "2"})), LANDED, {"seed.countries", "model.fct", "test.fct"}),
        (changed(lambda p: p["nodes"]["model.passed_through"].update(raw_code="x")), LANDED, {"model.fct", "test.fct"}),
        (changed(lambda p: p["nodes"]["model.stg_missions"].update(raw_code="x")), LANDED, {"model.stg_missions", "model.fct", "test.fct"}),
        (changed(lambda p: p["nodes"]["test.fct"].update(test_metadata={"kwargs": {"key": ["a"]}})), LANDED, {"test.fct"}),
        (changed(lambda p: p["nodes"]["model.fct"]["config"].update(contract={"enforced": True})), LANDED, {"model.fct", "test.fct"}),
    ],
)  # fmt: skip
def test_what_a_change_reaches_is_built(made, project, seen, built):
    assert of(project, seen, "r2", made).anew == built | OF_THE_RUN


def test_a_view_stands_while_its_tables_change(made):
    again = of(landed=landed(missions="m2"), run="r2", before=made)
    assert "model.stg_missions" in again.carried and again.made["model.stg_missions"].made_in == "r1"


def test_what_the_file_does_not_hold_is_built(made):
    there = [f"marts.{name.split('.')[1]}" for name in made if name not in ("model.fct", "test.fct")]
    assert of(run="r2", before=made, standing=there).anew == {"model.fct", "test.fct"} | OF_THE_RUN


def test_what_a_later_run_built_is_not_what_an_earlier_one_made(made):
    wrong = {**made, "model.fct": Made(structure="x", content=made["model.fct"].content, made_in="r1")}
    assert "model.fct" in of(run="r2", before=wrong).anew


def test_what_stands_is_told_after_all_that_it_reads(made):
    again = of(landed=landed(missions="m2"), run="r2", before=made)
    finished = [{"unique_id": name, "status": "success"} for name in ("model.raw_missions", "model.fct", "test.fct", "model.release", "model.checks")]
    order = [(told["unique_id"], told["status"]) for told in with_carried(finished, again)]
    names = [name for name, _ in order]
    assert sorted(names) == sorted(EVERYTHING) and ("model.stg_missions", CARRIED) in order
    assert names.index("model.stg_missions") > names.index("model.raw_missions")
