import duckdb
import pytest
from prompt_toolkit.history import InMemoryHistory
from prompt_toolkit.input import create_pipe_input
from prompt_toolkit.output import DummyOutput

from pipelines.ask.query import RefusedQuery
from pipelines.ask.shell import Names, known_names, run_shell
from pipelines.release import run as runs


@pytest.fixture
def released(home, begun):
    run = begun()
    (run.build / "techcoop.duckdb").unlink()
    with duckdb.connect(str(run.build / "techcoop.duckdb")) as connection:
        connection.execute("create schema marts; create schema audit")
        connection.execute("create table marts.shares as select 'ECE' as entity, 62 as share_pct")
        connection.execute("create table audit.deliveries as select 'f.csv' as source_file")
    runs.publish(run)
    return home


@pytest.fixture
def shell(released):
    """shell(typed) -> (answers, what was said)."""

    def use(typed: str):
        answers, said = [], []
        with create_pipe_input() as keys:
            keys.send_text(typed)
            run_shell(
                released, lambda answer: answers.append((list(answer.columns), list(answer.rows))), said.append,
                input=keys, output=DummyOutput(), history=InMemoryHistory(),
            )  # fmt: skip
        return answers, said

    return use


def test_statements_are_answered_until_the_reader_leaves(shell):
    answers, said = shell("select entity\rfrom marts.shares;\r\\q\r")
    assert answers == [(["entity"], [("ECE",)])]
    assert "Tab completes" in said[0]


def test_shorthands_list_tables_and_columns(shell):
    answers, _ = shell("\\t\r\\d shares\rexit\r")
    assert answers[0][1] == [("shares",)]
    assert [row[0] for row in answers[1][1]] == ["entity", "share_pct"]


def test_shell_is_as_sandboxed_as_the_command(shell):
    answers, said = shell("drop table marts.shares;\rselect * from read_text('/etc/hostname');\r\\q\r")
    assert answers == []
    assert "only statements that read" in said[1] and "disabled" in said[2]


def test_tab_completes_a_table_then_its_columns(released):
    names = Names(known_names(released))
    assert names.fitting("select * from mar", "mar") == ["marts.shares"]
    assert names.fitting("select * from sha", "sha") == ["share_pct", "shares", "share_of("]
    assert names.fitting("select sour from marts.shares", "sour") == []
    assert names.fitting("select ent from marts.shares", "ent") == ["entity"]
    assert names.fitting("select ", "") == []


def test_shell_without_a_release_says_so(tmp_path):
    with pytest.raises(RefusedQuery, match="nothing has been released"):
        run_shell(tmp_path, lambda answer: None, lambda text: None)
