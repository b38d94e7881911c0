"""Parquet and JSON Lines: typed values become text without loss."""

import datetime as dt
import json
from decimal import Decimal

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.reading.records import number_text
from pipelines.reading.tabular import read
from pipelines.shapes.errors import UnreadableDelivery
from pipelines.shapes.table import ReadOptions


def rows(table):
    return table.frame.collect().rows()


def parquet(folder, **columns):
    path = folder / "d.parquet"
    pl.DataFrame(columns).write_parquet(path)
    return path


def lines(folder, *records):
    path = folder / "d.jsonl"
    path.write_text("\n".join(record if isinstance(record, str) else json.dumps(record) for record in records))
    return path


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (12, "12"),
        (2**63 - 1, "9223372036854775807"),
        (1.0, "1"),
        (0.1, "0.1"),
        (1e22, "10000000000000000000000"),
        (1e-7, "0.0000001"),
        (-0.0, "0"),
        (float("nan"), "NaN"),
        (float("inf"), "inf"),
        (Decimal("1234.5600"), "1234.56"),
        (Decimal("100"), "100"),
        (Decimal("-0.0000000001"), "-0.0000000001"),
        (dt.date(2004, 2, 29), "2004-02-29"),
        (dt.datetime(2004, 2, 29), "2004-02-29"),
        (dt.datetime(2004, 2, 29, 13, 5), "2004-02-29T13:05:00.000000"),
        (True, "true"),
        ("x", "x"),
        (b"x", "x"),
        ([1, 2], "[1,2]"),
        ({"a": 1}, '{"a":1}'),
    ],
)
def test_parquet_value_becomes_text(tmp_path, value, text):
    assert rows(read(parquet(tmp_path, a=[value, None], b=["x", "y"]))) == [(1, text, "x"), (2, None, "y")]


def test_parquet_numbers_take_the_mappings_decimal_separator(tmp_path):
    assert rows(read(parquet(tmp_path, a=[1.5]), ReadOptions(decimal=","))) == [(1, "1,5")]


def test_broken_parquet_is_refused(tmp_path):
    path = parquet(tmp_path, a=[1])
    path.write_bytes(path.read_bytes()[:-9])
    with pytest.raises(UnreadableDelivery, match="not a readable Parquet"):
        read(path)


def test_json_lines_keep_the_digits_that_were_written(tmp_path):
    table = read(lines(tmp_path, '{"a": 123456789012345678.1234567891, "b": 1e3}', "", '{"b": -0.10, "c": true, "a": null}'))
    assert table.columns == ("a", "b", "c")
    assert rows(table) == [(1, "123456789012345678.1234567891", "1000", None), (3, None, "-0.1", "true")]


def test_json_nested_values_stay_json(tmp_path):
    assert rows(read(lines(tmp_path, {"a": {"b": [1, "é", None]}, "c": "x"}))) == [(1, '{"b": [1, "é", null]}', "x")]


@pytest.mark.parametrize("bad", ["{", "[1]", "7", '{"a": 1, "a": 2}', '{"a": 1} x'])
def test_malformed_json_line_is_named_and_the_others_stay(tmp_path, bad):
    table = read(lines(tmp_path, {"a": 1}, bad, {"a": 2}))
    assert rows(table) == [(1, "1"), (3, "2")]
    assert [(finding.source_row, finding.rule, finding.severity) for finding in table.findings] == [(2, "malformed_json", "error")]


@pytest.mark.parametrize("content", ["", "\n\n", "[\n{}\n]", "nothing"])
def test_json_without_objects_is_refused(tmp_path, content):
    with pytest.raises(UnreadableDelivery):
        read(lines(tmp_path, content))


def test_json_nan_stays_a_word_for_the_number_rule_to_refuse(tmp_path):
    assert rows(read(lines(tmp_path, '{"a": NaN, "b": -Infinity}'))) == [(1, "NaN", "-Infinity")]


@settings(deadline=None)
@given(st.floats(allow_nan=False, allow_infinity=False))
def test_number_text_names_the_same_number(value):
    text = number_text(value)
    assert float(text) == value and "e" not in text and not (("." in text) and text.endswith("0"))
