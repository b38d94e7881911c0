"""Workbooks: what a cell holds becomes the text that a clerk would write for it."""

import datetime as dt
import struct
import zipfile

import pytest
import xlsxwriter

from pipelines.reading import workbook
from pipelines.reading.tabular import read
from pipelines.shapes.errors import UnreadableDelivery
from pipelines.shapes.table import ReadOptions


def book(path, *sheets, **options):
    """A workbook of sheets given as (name, rows) or (name, function that fills it)."""
    with xlsxwriter.Workbook(path, {"default_date_format": "yyyy-mm-dd", **options}) as out:
        for name, content in sheets:
            sheet = out.add_worksheet(name)
            if callable(content):
                content(out, sheet)
            else:
                for row, cells in enumerate(content):
                    for column, cell in enumerate(cells):
                        if cell is not None:
                            sheet.write(row, column, cell)
    return path


def rows(table):
    return table.frame.collect().rows()


def found(table):
    return [(finding.source_row, finding.column_name, finding.rule, finding.value) for finding in table.findings]


def refused(path, options=None):
    with pytest.raises(UnreadableDelivery) as raised:
        read(path, options)
    return raised.value.rule


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        (12, "12"),
        (0.1, "0.1"),
        (1e15, "1000000000000000"),
        (123456.78, "123456.78"),
        (1e-7, "0.0000001"),
        (-5.5, "-5.5"),
        (True, "true"),
        (False, "false"),
        (dt.date(2004, 2, 29), "2004-02-29"),
        (dt.datetime(2004, 2, 29, 13, 5), "2004-02-29T13:05:00"),
        ("00123", "00123"),
        ("a\nb", "a\nb"),
    ],
)
def test_cell_becomes_text(tmp_path, cell, text):
    assert rows(read(book(tmp_path / "d.xlsx", ("S", [["a"], [cell]])))) == [(2, text)]


def test_numbers_are_written_with_the_mappings_decimal_separator(tmp_path):
    path = book(tmp_path / "d.xlsx", ("S", [["a", "b"], [1.234, "1.234,5"]]))
    assert rows(read(path, ReadOptions(decimal=","))) == [(2, "1,234", "1.234,5")]


def test_both_date_systems_give_the_same_day(tmp_path):
    content = [["a"], [dt.date(2004, 2, 29)]]
    for name, is_1904 in (("a.xlsx", False), ("b.xlsx", True)):
        assert rows(read(book(tmp_path / name, ("S", content), date_1904=is_1904))) == [(2, "2004-02-29")]


def test_formula_is_read_by_its_stored_value(tmp_path):
    def fill(_, sheet):
        sheet.write_row(0, 0, ["a", "b"])
        sheet.write_formula(1, 0, "=1+1", None, 2)
        sheet.write_formula(1, 1, '="x"', None, "x")

    table = read(book(tmp_path / "d.xlsx", ("S", fill)))
    assert rows(table) == [(2, "2", "x")] and table.findings == ()


def test_formula_that_was_never_calculated_shows_itself_and_warns(tmp_path):
    def fill(_, sheet):
        sheet.write_row(0, 0, ["a", "b"])
        sheet.write(1, 0, "x")
        sheet.write_formula(1, 1, "=A9*2", None, "")

    table = read(book(tmp_path / "d.xlsx", ("S", fill)))
    assert rows(table) == [(2, "x", "=A9*2")] and found(table) == [(2, "b", "formula_without_value", "=A9*2")]


def test_error_cell_shows_its_error_and_warns(tmp_path):
    def fill(_, sheet):
        sheet.write_row(2, 3, ["a", "b"])
        sheet.write(3, 3, "x")
        sheet.write_formula(3, 4, "=A9", None, "#REF!")

    table = read(book(tmp_path / "d.xlsx", ("S", fill)))
    assert rows(table) == [(4, "x", "#REF!")] and found(table) == [(4, "b", "error_cell", "#REF!")]


def test_rows_and_columns_keep_their_place_in_a_sheet_that_begins_further_down(tmp_path):
    path = book(tmp_path / "d.xlsx", ("S", [[], [], [None, "a", "b"], [None, 1, 2], [], [None, 3, 4]]))
    assert rows(read(path)) == [(4, "1", "2"), (6, "3", "4")]


def test_header_row_may_be_stated(tmp_path):
    path = book(tmp_path / "d.xlsx", ("S", [["Report"], ["a", "b"], [1, 2]]))
    table = read(path, ReadOptions(header_row=2))
    assert table.columns == ("a", "b") and rows(table) == [(3, "1", "2")]
    assert refused(path, ReadOptions(header_row=9)) == "missing_header"


def test_header_merged_across_columns_is_refused(tmp_path):
    def fill(_, sheet):
        sheet.write(0, 0, "a")
        sheet.merge_range(0, 1, 0, 2, "2023")
        sheet.write_row(1, 0, ["x", 1, 2])

    assert refused(book(tmp_path / "d.xlsx", ("S", fill))) == "merged_header"


def test_header_merged_downwards_names_its_column(tmp_path):
    def fill(_, sheet):
        sheet.merge_range(0, 0, 1, 0, "entity")
        sheet.merge_range(0, 1, 0, 2, "amounts")
        sheet.write_row(1, 1, ["planned", "spent"])
        sheet.write_row(2, 0, ["ECE", 1, 2])

    table = read(book(tmp_path / "d.xlsx", ("S", fill)), ReadOptions(header_row=2))
    assert table.columns == ("entity", "planned", "spent") and rows(table) == [(3, "ECE", "1", "2")]


def test_merged_cells_below_the_header_warn(tmp_path):
    def fill(_, sheet):
        sheet.write_row(0, 0, ["a", "b"])
        sheet.merge_range(1, 0, 2, 0, "ECE")
        sheet.write_column(1, 1, [1, 2])

    table = read(book(tmp_path / "d.xlsx", ("S", fill)))
    assert rows(table) == [(2, "ECE", "1"), (3, None, "2")] and [name[2] for name in found(table)] == ["merged_cells"]


def test_first_sheet_that_holds_anything_is_read_and_the_others_are_named(tmp_path):
    path = book(tmp_path / "d.xlsx", ("Empty", []), ("Data", [["a"], [1]]), ("Notes", [["b"]]))
    table = read(path)
    assert table.columns == ("a",) and [(name[2], name[3]) for name in found(table)] == [("other_sheets", "Notes")]


@pytest.mark.parametrize("sheet", ["Notes", "3", 3])
def test_sheet_is_chosen_by_name_or_number(tmp_path, sheet):
    path = book(tmp_path / "d.xlsx", ("Empty", []), ("Data", [["a"], [1]]), ("Notes", [["b"], [2]]))
    table = read(path, ReadOptions(sheet=sheet))
    assert table.columns == ("b",) and table.findings == ()


def test_sheet_that_is_not_there_is_named_with_those_that_are(tmp_path):
    with pytest.raises(UnreadableDelivery, match=r"no sheet 'Dta'; it has 'Data'"):
        read(book(tmp_path / "d.xlsx", ("Data", [["a"]])), ReadOptions(sheet="Dta"))


def test_duplicate_header_is_refused(tmp_path):
    assert refused(book(tmp_path / "d.xlsx", ("S", [["a", "b", "a"], [1, 2, 3]]))) == "duplicate_header"


def test_empty_workbook_is_refused_and_a_header_alone_is_not(tmp_path):
    assert refused(book(tmp_path / "e.xlsx", ("S", []))) == "empty_file"
    table = read(book(tmp_path / "h.xlsx", ("S", [["a", "b"]])))
    assert table.columns == ("a", "b") and rows(table) == []


def test_nameless_columns_stay_only_where_they_hold_something(tmp_path):
    def fill(out, sheet):
        sheet.write_row(0, 0, ["a", "", "c"])
        sheet.write_row(1, 0, [1, 2, 3])
        sheet.write_blank(1, 5, None, out.add_format({"bold": True}))

    assert read(book(tmp_path / "d.xlsx", ("S", fill))).columns == ("a", "column 2", "c")


@pytest.mark.parametrize("content", [b"not a spreadsheet", b"PK\x03\x04 and then nothing", b"PK\x03\x04" + b"\0" * 400])
def test_broken_workbook_is_refused(tmp_path, content):
    path = tmp_path / "d.xlsx"
    path.write_bytes(content)
    assert refused(path) == "broken_file"


def test_archive_that_is_no_workbook_is_refused(tmp_path):
    with zipfile.ZipFile(tmp_path / "d.xlsx", "w") as archive:
        archive.writestr("a.csv", "a,b\n")
    assert refused(tmp_path / "d.xlsx") == "broken_file"


def test_truncated_workbook_is_refused(tmp_path):
    path = book(tmp_path / "d.xlsx", ("S", [["a"], [1]]))
    path.write_bytes(path.read_bytes()[:-200])
    assert refused(path) == "broken_file"


def encrypted_container(workbook_of_bytes):
    """What Excel saves with a password: an OLE container (MS-CFB, sectors of 512 bytes) with the streams EncryptionInfo and EncryptedPackage."""
    end, free, table, nothing = 0xFFFFFFFE, 0xFFFFFFFF, 0xFFFFFFFD, 0xFFFFFFFF
    streams = {"EncryptionInfo": 4096, "EncryptedPackage": 8 + workbook_of_bytes}
    directory = [("Root Entry", 5, end, 0, 1)]
    sectors, chains = [], [table, end]
    for number, (name, size) in enumerate(streams.items(), 1):
        first, needed = 2 + len(sectors), -(-size // 512)
        sectors += [bytes(place % 251 for place in range(512))] * needed
        chains += [*range(first + 1, first + needed), end]
        directory.append((name, 2, first, size, nothing if number > 1 else 2))
    entries = b""
    for place, (name, kind, first, size, next_one) in enumerate([*directory, ("", 0, 0, 0, nothing)]):
        text = name.encode("utf-16-le")
        left, right, child = (nothing, nothing, next_one) if place == 0 else (nothing, next_one, nothing)
        entries += text.ljust(64, b"\0") + struct.pack("<HBBIII", len(text) + 2 if name else 0, kind, 1, left, right, child)
        entries += bytes(36) + struct.pack("<IQ", first, size)
    header = bytes.fromhex("d0cf11e0a1b11ae1") + bytes(16) + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + bytes(6)
    header += struct.pack("<IIIIIIIII", 0, 1, 1, 0, 4096, end, 0, end, 0) + struct.pack("<I", 0) + struct.pack("<I", free) * 108
    return header + struct.pack("<128I", *chains, *[free] * (128 - len(chains))) + entries + b"".join(sectors)


def test_password_protected_workbook_is_refused_with_the_way_out(tmp_path):
    path = tmp_path / "d.xlsx"
    path.write_bytes(encrypted_container(workbook_of_bytes=5000))
    with pytest.raises(UnreadableDelivery, match=r"d\.xlsx is protected by a password") as refusal:
        read(path)
    assert refusal.value.rule == "password_or_old_format" and "without a password" in refusal.value.remedy


def test_container_of_something_else_may_be_the_old_format(tmp_path):
    path = tmp_path / "d.xls"
    path.write_bytes(bytes.fromhex("d0cf11e0a1b11ae1") + b"\0" * 2000)
    with pytest.raises(UnreadableDelivery, match=r"old Excel format \(\.xls\)"):
        read(path)


def test_workbook_that_unpacks_without_end_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(workbook, "ALWAYS_ALLOWED", 1000)
    monkeypatch.setattr(workbook, "MOST_TIMES", 1)
    assert refused(book(tmp_path / "d.xlsx", ("S", [["a"], *([1] for _ in range(500))]))) == "too_large_unpacked"


def test_workbook_under_another_name_is_read_by_its_content(tmp_path):
    assert rows(read(book(tmp_path / "d.csv", ("S", [["a"], [1]])))) == [(2, "1")]


# -- ODS, written by hand: no writer is installed

ODS = """<?xml version="1.0" encoding="UTF-8"?>
<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"
 xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" xmlns:calcext="urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0"
 office:version="1.3"><office:body><office:spreadsheet>{sheets}</office:spreadsheet></office:body></office:document-content>"""


def ods(path, **sheets):
    tables = "".join(f'<table:table table:name="{name}">{content}</table:table>' for name, content in sheets.items())
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("META-INF/manifest.xml", '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>')
        archive.writestr("content.xml", ODS.format(sheets=tables))
    return path


def ods_row(*cells, repeated=1):
    return f'<table:table-row table:number-rows-repeated="{repeated}">' + "".join(cells) + "</table:table-row>"


def ods_text(text):
    return f'<table:table-cell office:value-type="string"><text:p>{text}</text:p></table:table-cell>'


def ods_value(kind, value, attribute="value"):
    return f'<table:table-cell office:value-type="{kind}" office:{attribute}="{value}"><text:p>{value}</text:p></table:table-cell>'


def test_ods_is_read(tmp_path):
    header = ods_row(*(ods_text(name) for name in "abcd"))
    record = ods_row(ods_text("ECE"), ods_value("float", "1.50"), ods_value("date", "2004-02-29", "date-value"), ods_value("boolean", "true", "boolean-value"))
    table = read(ods(tmp_path / "d.ods", Data=header + ods_row("<table:table-cell/>", repeated=2) + record))
    assert table.columns == ("a", "b", "c", "d") and rows(table) == [(4, "ECE", "1.5", "2004-02-29", "true")]


def test_ods_errors_and_uncalculated_formulas_warn(tmp_path):
    error = '<table:table-cell table:formula="of:=[.A9]" office:value-type="string" calcext:value-type="error"><text:p>#REF!</text:p></table:table-cell>'
    formula = '<table:table-cell table:formula="of:=[.A9]*2"/>'
    content = ods_row(ods_text("a"), ods_text("b"), ods_text("c")) + ods_row(ods_text("x"), error, formula)
    table = read(ods(tmp_path / "d.ods", Data=content))
    assert rows(table) == [(2, "x", "#REF!", "=[.A9]*2")]
    assert [name[:3] for name in found(table)] == [(2, "b", "error_cell"), (2, "c", "formula_without_value")]


def hiding(*places):
    def fill(_, sheet):
        for row, cells in enumerate([["a", "b"], *([f"x{row}", row] for row in range(2, 41))]):
            sheet.write_row(row, 0, cells)
        for row in places:
            sheet.set_row(row - 1, None, None, {"hidden": True})

    return fill


@pytest.mark.parametrize(
    ("places", "told"),
    [((3,), "row 3"), ((3, 5), "rows 3, 5"), ((7, 8, 9, 12), "rows 7 to 9, 12"), ((1, 4), "row 4"), ((4, 90), "row 4"), ((), None)],
)
def test_hidden_rows_are_loaded_with_one_warning_that_names_them(tmp_path, places, told):
    table = read(book(tmp_path / "d.xlsx", ("Data", hiding(*places)), ("Other", hiding(20))), ReadOptions(sheet="Data"))
    assert len(rows(table)) == 39
    assert found(table) == ([(min(set(places) - {1}), None, "hidden_rows", told)] if told else [])
    assert all(finding.severity == "warning" for finding in table.findings)


def test_very_many_hidden_rows_are_told_in_short(tmp_path):
    ((_, _, _, told),) = found(read(book(tmp_path / "d.xlsx", ("Data", hiding(*range(2, 41), *()))), ReadOptions(header_row=1)))
    assert told == "rows 2 to 40"
    assert workbook._ranges(range(1, 101, 2)).endswith("39 and 30 more")


def test_ods_hidden_rows_warn(tmp_path):
    header = ods_row(ods_text("a"), ods_text("b"))
    plain = ods_row(ods_text("x"), ods_value("float", "1"))
    away = plain.replace("<table:table-row", '<table:table-row table:visibility="filter"', 1)
    table = read(ods(tmp_path / "d.ods", Data=header + plain + away + plain + away.replace("filter", "collapse")))
    assert len(rows(table)) == 4 and found(table) == [(3, None, "hidden_rows", "rows 3, 5")]
