import io
from decimal import Decimal

import duckdb
import pytest

from pipelines.ask import query
from pipelines.release import run as runs


@pytest.fixture
def released(home, begun):
    run = begun()
    (run.build / "techcoop.duckdb").unlink()
    with duckdb.connect(str(run.build / "techcoop.duckdb")) as connection:
        connection.execute("create schema marts")
        connection.execute("create table marts.shares as select 'Énergie' as name, 62.339::decimal(12, 6) as share_pct union all select '=1+1', -3")
    runs.publish(run)
    return home


def rows(home, sql, **more):
    with query.ask(home, sql, **more) as answer:
        return list(answer.rows)


def test_reading_statements_are_answered(released):
    assert rows(released, "select count(*) from marts.shares") == [(2,)]
    assert rows(released, "with s as (from marts.shares) select max(share_pct) from s") == [(Decimal("62.339000"),)]
    assert rows(released, "describe marts.shares")[0][0] == "name"
    assert rows(released, "select * from marts.shares where name = ?", parameters=["=1+1"]) == [("=1+1", Decimal("-3.000000"))]


@pytest.mark.parametrize(
    "statement",
    [
        "select * from read_text('/etc/hostname')",
        "select * from read_csv('/etc/passwd')",
        "select * from '/etc/passwd'",
        "select * from glob('/*')",
        "copy (select 1) to '/tmp/out.csv'",
        "export database '/tmp/out'",
        "attach ':memory:' as x",
        "detach techcoop",
        "use memory",
        "set enable_external_access = true",
        "reset lock_configuration",
        "pragma memory_limit = '10GB'",
        "install httpfs",
        "load httpfs",
        "create table x as select 1",
        "create temp table x as select 1",
        "drop table marts.shares",
        "insert into marts.shares values ('x', 1)",
        "call pragma_version()",
        "checkpoint",
        "select 1; select 2",
        "",
        "selec 1",
        "select * from nowhere",
        "explain analyze select * from read_text('/etc/hostname')",
        "prepare p as select 1",
    ],
)
def test_statements_that_do_more_than_read_the_release_are_refused_in_one_line(released, statement):
    with pytest.raises(query.RefusedQuery) as refused:
        rows(released, statement)
    assert "\n" not in str(refused.value) and str(refused.value)


def test_python_variables_are_no_tables(released):
    secret = duckdb.sql("select 1")
    assert secret is not None
    with pytest.raises(query.RefusedQuery):
        rows(released, "select * from secret")


def test_endless_statement_is_interrupted(released):
    with pytest.raises(query.RefusedQuery, match="longer than"):
        rows(released, "select count(*) from range(1000000000) a, range(1000000000) b where (a.range * b.range) % 7 = 3", seconds=0.2)


def test_csv_makes_formulas_harmless_and_leaves_numbers_alone(released):
    out = io.StringIO()
    with query.ask(released, "select name, share_pct from marts.shares order by share_pct") as answer:
        query.write_csv(answer, out)
    assert out.getvalue() == "name,share_pct\n'=1+1,-3.000000\nÉnergie,62.339000\n"


def test_json_keeps_every_digit(released):
    out = io.StringIO()
    with query.ask(
        released, "select 12345678901234567.123456::decimal(24, 6) as value, 'nan'::double as none, date '2024-02-29' as day, [1, 2] as list"
    ) as answer:
        query.write_json(answer, out)
    assert out.getvalue() == '[\n {"value": 12345678901234567.123456, "none": null, "day": "2024-02-29", "list": [1, 2]}\n]\n'


def test_home_without_release_says_what_to_do(home):
    with pytest.raises(query.RefusedQuery, match="techcoop run"):
        rows(home, "select 1")
