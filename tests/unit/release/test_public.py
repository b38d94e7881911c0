import duckdb
import pytest

from pipelines.release.public import harmless, harmless_sql, open_public

TABLES = """
create schema raw; create schema marts; create schema audit;
create table raw.requests (request_id varchar, confidentiality varchar, _delivery_id varchar, _source_row bigint);
insert into raw.requests values ('R1', 'public', 'd', 2), ('R2', 'restricted', 'd', 3), ('R3', null, 'd', 4);
create table marts.fct_requests as select * from raw.requests;
create view marts.requests_in_all as select count(*) as requests from marts.fct_requests;
create table audit.quarantine (delivery_id varchar, table_name varchar, source_row bigint, value varchar);
insert into audit.quarantine values
    ('d', 'requests', 2, 'open'), ('d', 'requests', 3, 'secret'),
    ('d', 'requests', 9, 'nobody knows'), ('d', 'requests', null, 'the file'), ('d', 'missions', 7, 'shown');
"""


@pytest.fixture
def public(tmp_path):
    with duckdb.connect(str(tmp_path / "techcoop.duckdb")) as connection:
        connection.execute(TABLES)
    with open_public(tmp_path / "techcoop.duckdb") as connection:
        yield connection


def test_restricted_rows_are_left_out_under_the_names_that_tables_always_have(public):
    for table in ("raw.requests", "marts.fct_requests"):
        assert public.execute(f"select request_id from {table} order by 1").fetchall() == [("R1",), ("R3",)]


def test_their_figures_still_stand_in_totals(public):
    assert public.execute("select requests from marts.requests_in_all").fetchall() == [(3,)]


def test_findings_do_not_show_what_a_row_holds_that_may_be_restricted(public):
    found = dict(public.execute("select coalesce(source_row, 0), value from audit.quarantine").fetchall())
    assert found == {2: "open", 3: None, 9: None, 0: "the file", 7: "shown"}


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@sum", "\t=1", "\r=1", "plain", "", "a=b", "'=1"])
def test_python_and_sql_disarm_the_same_texts(text):
    (in_sql,) = duckdb.execute(f"select {harmless_sql('cell')} from (select ? as cell)", [text]).fetchone()
    assert in_sql == harmless(text)
    assert not harmless(text).startswith(("=", "+", "-", "@", "\t", "\r"))
