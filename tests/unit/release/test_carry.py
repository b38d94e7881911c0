"""A build file begins as the release before without what is built anew."""

import duckdb
import pytest

from pipelines.dbt.plan import Made, Plan
from pipelines.release.carry import known, lay_out, note

STANDS, ANEW = Made(structure="s", content="c", made_in="r1"), Made(structure="s", content="d", made_in="r2")


def decided(carried, anew=()):
    relations = {f"model.{name}": f"marts.{name}" for name in (*carried, *anew)}
    made = {f"model.{name}": STANDS for name in carried} | {f"model.{name}": ANEW for name in anew}
    return Plan(
        made=made, anew=frozenset(f"model.{name}" for name in anew), of_the_run=frozenset(), relations=relations, names={}, reads={}, unchanged=frozenset()
    )


@pytest.fixture
def previous(tmp_path):
    file = tmp_path / "previous.duckdb"
    with duckdb.connect(str(file)) as connection:
        connection.execute(
            """create schema marts; create schema audit;
               create table marts.stands as select 1 as n; create table marts.changed as select 1 as n; create view marts.seen as from marts.changed;
               create table marts.gone as select 1 as n; create macro of_old(a) as a; create macro listed(a) as table select a;
               create table audit.builds (node varchar, table_name varchar, structure varchar, content varchar, made_in varchar)"""
        )
    note(file, decided(["stands", "seen", "changed", "gone"]))
    file.chmod(0o444)
    return file


def relations(file):
    with duckdb.connect(str(file)) as connection:
        tables = connection.execute("select table_name from duckdb_tables() union all select view_name from duckdb_views() where not internal").fetchall()
        macros = connection.execute("select function_name from duckdb_functions() where function_name in ('of_old', 'listed')").fetchall()
    return sorted(name for (name,) in tables), macros


def test_what_stands_is_there_and_nothing_else(previous, tmp_path):
    build = tmp_path / "build.duckdb"
    lay_out(build, previous, decided(["stands", "seen"], anew=["changed"]))
    assert relations(build) == (["seen", "stands"], [])
    assert relations(previous)[0] == ["builds", "changed", "gone", "seen", "stands"], "the release before is never written"


@pytest.mark.parametrize("has_previous", [True, False])
def test_without_anything_that_stands_the_build_begins_with_nothing(previous, tmp_path, has_previous):
    build = tmp_path / "build.duckdb"
    build.write_text("what an earlier attempt left")
    lay_out(build, previous if has_previous else None, decided([], anew=["stands"]))
    assert not build.exists()


def test_what_a_release_was_made_from_is_read_from_itself(previous):
    made, there = known(previous)
    assert made == {f"model.{name}": STANDS for name in ("stands", "seen", "changed", "gone")}
    assert {"marts.stands", "marts.seen"} <= set(there)


def test_a_file_that_does_not_say_so_has_nothing_that_stands(tmp_path):
    other = tmp_path / "other.duckdb"
    duckdb.connect(str(other)).close()
    assert known(other) == ({}, []) and known(tmp_path / "none.duckdb") == ({}, [])
