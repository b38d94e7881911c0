"""The door: whatever bytes come in, a table or one clear refusal comes out."""

import gzip
import io

import polars as pl
import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.reading.tabular import read
from pipelines.shapes.errors import UnreadableDelivery
from pipelines.shapes.table import Table

NAMES = ("d.csv", "d.tsv", "d.txt", "d", "d.jsonl", "d.json", "d.xlsx", "d.ods", "d.parquet", "d.csv.gz", "d.csv.zst")


def parquet_bytes():
    out = io.BytesIO()
    pl.DataFrame({"a": [1, 2], "b": ["x", None]}).write_parquet(out)
    return out.getvalue()


def workbook_bytes():
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as book:
        book.add_worksheet().write_row(0, 0, ["a", "b"])
    return out.getvalue()


WHOLE = (parquet_bytes(), workbook_bytes(), gzip.compress(b"a,b\n1,2\n"), b'{"a": 1}\n{"a": 2}\n', b'a,b\n"1",2\n', "a;b\n1;é\n".encode("utf-16"))


def table_or_refusal(path):
    try:
        table = read(path)
        assert isinstance(table, Table)
        frame = table.frame.collect(engine="streaming")
    except UnreadableDelivery as error:
        assert error.rule and error.detail and error.remedy
        return
    assert tuple(frame.columns) == ("_source_row", *table.columns) and frame["_source_row"].is_sorted() and frame["_source_row"].is_unique().all()


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=60) | st.text(max_size=40).map(str.encode), st.sampled_from(NAMES))
def test_any_bytes_give_a_table_or_a_clear_refusal(tmp_path_factory, content, name):
    path = tmp_path_factory.mktemp("any") / name
    path.write_bytes(content)
    table_or_refusal(path)


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(WHOLE), st.floats(0, 1), st.integers(0, 255), st.booleans())
def test_damaged_files_give_a_table_or_a_clear_refusal(tmp_path_factory, content, place, byte, is_cut):
    at = int(place * (len(content) - 1))
    path = tmp_path_factory.mktemp("bad") / "d"
    path.write_bytes(content[:at] if is_cut else content[:at] + bytes([byte]) + content[at + 1 :])
    table_or_refusal(path)


@pytest.mark.parametrize("content", WHOLE)
def test_format_is_known_by_content_and_not_by_name(tmp_path, content):
    path = tmp_path / ("d.jsonl" if content.startswith(b"{") else "d.dat")
    path.write_bytes(content)
    assert read(path).columns[0] == "a"


@pytest.mark.parametrize("name", ["*", "^.*$", "^a$"])
def test_name_that_reads_as_a_pattern_is_no_name(tmp_path, name):
    (tmp_path / "d.csv").write_text(f"a,{name}\n1,2\n")
    pl.DataFrame({"a": ["1"], name: ["2"]}).write_parquet(tmp_path / "d.parquet")
    for path in tmp_path.iterdir():
        table = read(path)
        assert table.columns == ("a", "column 2") and table.frame.collect().drop("_source_row").rows() == [("1", "2")]
