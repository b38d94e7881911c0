"""The SQLAlchemy dialect through which Great Expectations reads the warehouse."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest
import sqlalchemy as sa

from pipelines.validate import dialect


@pytest.fixture
def database(tmp_path: Path) -> Path:
    path = tmp_path / "techcoop.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute("create schema marts; create table marts.t as select 1 as a, cast(2.5 as decimal(18, 2)) as b, ['x'] as c, date '2024-02-29' as d")
        connection.execute("create view marts.v as select a as only_one from marts.t")
    return path


def engine_on(path: Path, *statements: str, name: str = "one") -> sa.Engine:
    dialect.register()
    attach = [f"attach if not exists '{path}' as techcoop (read_only)", "use techcoop", *statements]
    return sa.create_engine(f"duckdb+buffered:///:memory:{path.parent.name}_{name}", connect_args={"statements": attach})


def test_rows_outlive_their_connection(database):
    with engine_on(database).connect() as connection:
        result = connection.execute(sa.text("select * from range(5000)"))
    assert len(result.fetchall()) == 5000


def test_a_second_statement_leaves_the_first_result_whole(database):
    with engine_on(database).connect() as connection:
        first = connection.execute(sa.text("select * from range(10)"))
        connection.execute(sa.text("select 1"))
        assert first.fetchmany(4) == [(0,), (1,), (2,), (3,)] and len(first.fetchall()) == 6


def test_columns_of_tables_and_views_are_read_in_order_with_their_types(database):
    engine = engine_on(database)
    columns = sa.inspect(engine).get_columns("t", schema="marts")
    assert [(column["name"], str(column["type"])) for column in columns] == [("a", "INTEGER"), ("b", "NUMERIC(18, 2)"), ("c", "NULL"), ("d", "DATE")]
    assert [column["name"] for column in sa.inspect(engine).get_columns("v", schema="techcoop.marts")] == ["only_one"]


def test_a_missing_table_is_said_to_be_missing(database):
    with pytest.raises(sa.exc.NoSuchTableError, match=r"marts\.nowhere"):
        sa.inspect(engine_on(database)).get_columns("nowhere", schema="marts")


def test_columns_of_another_attached_database_are_not_mixed_in(database, tmp_path):
    other = tmp_path / "other" / "techcoop.duckdb"
    other.parent.mkdir()
    with duckdb.connect(str(other)) as connection:
        connection.execute("create schema marts; create table marts.t as select 1 as elsewhere")
    engine = engine_on(database, f"attach if not exists '{other}' as previous (read_only)", name="two")
    inspector = sa.inspect(engine)
    assert [column["name"] for column in inspector.get_columns("t", schema="marts")] == ["a", "b", "c", "d"]
    assert [column["name"] for column in inspector.get_columns("t", schema="previous.marts")] == ["elsewhere"]


def test_the_attached_file_cannot_be_written(database):
    with engine_on(database).connect() as connection, pytest.raises(sa.exc.DBAPIError, match="read-only"):
        connection.execute(sa.text("insert into marts.t (a) values (2)"))


@pytest.mark.parametrize(
    "declared", ["BIGINT", "HUGEINT", "DOUBLE", "TIMESTAMP", "TIMESTAMP WITH TIME ZONE", "BOOLEAN", "VARCHAR", "STRUCT(a INTEGER)", "DECIMAL(38,0)[]"]
)
def test_every_declared_type_has_a_counterpart(declared):
    assert isinstance(dialect.column_type(declared), sa.types.TypeEngine)
