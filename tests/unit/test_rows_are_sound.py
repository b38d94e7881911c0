"""The one data test per table asks several questions in one query: each of them still fails by itself."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

import duckdb
import jinja2
import pytest

from pipelines import settings

PATH = settings.DBT_PROJECT / "tests" / "generic" / "rows_are_sound.sql"
SOUND = ("'a', 1, 'open', 'x', date '2000-01-01', date '2001-01-01'", "'b', 2, null, null, date '2001-01-01', null")
QUESTIONS = {
    "key": ["code", "valid_from"],
    "filled": ["code", "amount"],
    "codes": {"status": ["open", "closed"]},
    "refers_to": [{"column": "parent", "to": "parents", "field": "name"}],
    "periods_of": ["code"],
}


def broken_rules(*rows: str, questions: Mapping[str, Any] = QUESTIONS, table: Sequence[str] = SOUND) -> list[tuple[str, str, int]]:
    """What the test finds in a table of these rows: rule, what was found, how many rows."""
    source = re.sub(r"{% (end)?test", r"{% \1macro", PATH.read_text(encoding="utf-8"))
    query = jinja2.Environment(extensions=["jinja2.ext.do"]).from_string(source).module.rows_are_sound("records", **questions)
    with duckdb.connect() as connection:
        connection.execute("create table parents as select 'x' as name")
        connection.execute("create table records (code varchar, amount integer, status varchar, parent varchar, valid_from date, valid_to date)")
        for row in (*table, *rows):
            connection.execute(f"insert into records values ({row})")
        return sorted(connection.execute(query).fetchall())


def test_a_sound_table_returns_nothing() -> None:
    assert broken_rules() == []


@pytest.mark.parametrize(
    ("row", "found"),
    [
        ("'c', null, 'open', 'x', null, null", ("filled", "amount", 1)),
        ("'c', 3, 'lost', 'x', null, null", ("codes", "status: lost", 1)),
        ("'c', 3, 'open', 'y', null, null", ("refers_to", "parent: y", 1)),
        ("'b', 3, 'open', 'x', date '2003-01-01', null", ("periods", "b", 1)),
    ],
)
def test_each_question_fails_by_itself(row: str, found: tuple[str, str, int]) -> None:
    assert broken_rules(row) == [found]


def test_a_key_that_names_two_rows_is_found_with_and_without_null() -> None:
    key = {"key": ["code", "status"]}
    assert broken_rules("'a', 9, 'open', null, null, null", "'b', 9, null, null, null, null", questions=key) == [("key", "a, open", 2), ("key", "b", 2)]


def test_two_broken_columns_are_both_named() -> None:
    assert broken_rules("null, null, null, null, null, null", questions={"filled": ["code", "amount"]}) == [("filled", "code, amount", 1)]


def test_an_empty_table_is_sound() -> None:
    assert broken_rules(table=()) == []
