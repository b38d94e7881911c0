import gzip
import io
import zipfile

import openpyxl
import pytest
from openpyxl.comments import Comment
from openpyxl.styles import Font

from pipelines.landing.check import judge
from pipelines.landing.report import write_report
from pipelines.shapes.errors import ConfigurationError

HEADER = "transaction_id,project_id,transaction_type,transaction_date,amount,currency,note\n"
COLUMNS = HEADER.strip().split(",")[:6]


def put(folder, name, text):
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def transaction(number, amount=7, day="2023-02-01"):
    return [f"T{number}", "P1", "expenditure", day, amount, "USD"]


def workbook(folder, sheets, mapping=None, change=lambda book: None):
    """A delivered workbook; sheets: name → rows."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    change(book)
    path = folder / "project_transactions" / "t.xlsx"
    path.parent.mkdir()
    book.save(path)
    if mapping:
        put(folder, "project_transactions/t.xlsx.mapping.yml", mapping)
    return path


def given_back(path, out=None):
    """The report of a delivery, opened."""
    out = out or path.parent.parent / "out.xlsx"
    write_report(out, judge([path]))
    return openpyxl.load_workbook(out)


def commented(sheet):
    return {cell.coordinate for row in sheet.iter_rows() for cell in row if cell.comment}


def findings(book):
    head, *rows = book["techcoop"].iter_rows(values_only=True)
    return [dict(zip(head, row, strict=True)) for row in rows]


def errors(book):
    return [(found["sheet"], found["row"], found["column"], found["rule"]) for found in findings(book) if found["severity"] != "warning"]


def cells(sheet):
    return {cell.coordinate: cell for row in sheet.iter_rows() for cell in row if cell.value is not None or cell.comment}


def test_the_report_gives_the_delivery_back_with_cells_marked(tmp_path):
    path = put(tmp_path, "project_transactions/t.csv", HEADER + "T1,P1,expenditure,2023-02-31,7,USD,a\nT2,P1,expenditure,2023-02-01,7,USD,=cmd()\n")
    write_report(tmp_path / "out.xlsx", judge([path]))
    book = openpyxl.load_workbook(tmp_path / "out.xlsx")
    assert book.sheetnames == ["Summary", "t.csv"]
    marked = cells(book["t.csv"])
    assert marked["A1"].value == "transaction_id" and marked["D2"].value == "2023-02-31"
    assert "unreadable_date: found 2023-02-31" in marked["D2"].comment.text and marked["D2"].fill.fill_type == "solid"
    assert marked["D3"].comment is None and marked["D3"].fill.fill_type is None
    assert "unreadable_date" in {cell.value for cell in cells(book["Summary"]).values()}


def test_a_formula_in_a_delivery_is_text_in_the_report(tmp_path):
    path = put(tmp_path, "project_transactions/t.csv", HEADER + "T1,P1,expenditure,=1+1,7,USD,=cmd()\n")
    write_report(tmp_path / "out.xlsx", judge([path]))
    sheets = openpyxl.load_workbook(tmp_path / "out.xlsx").worksheets
    assert {cell.data_type for sheet in sheets for cell in cells(sheet).values()} == {"s"}


def test_the_report_marks_the_delivered_column_behind_a_mapped_one(tmp_path):
    path = put(tmp_path, "project_transactions/t.csv", "when,id\nsoon,T1\n")
    put(
        tmp_path,
        "project_transactions/_mapping.yml",
        "columns: {transaction_id: id, transaction_date: when}\nconstants: {currency: USD, transaction_type: expenditure, project_id: P1, amount: '1'}\n",
    )
    write_report(tmp_path / "out.xlsx", judge([path]))
    assert "unreadable_date" in openpyxl.load_workbook(tmp_path / "out.xlsx")["t.csv"]["A2"].comment.text


def test_a_ragged_row_stands_in_the_report_where_it_stood(tmp_path):
    path = put(tmp_path, "project_transactions/t.csv", HEADER + "T1,P1\nT2,P1,expenditure,2023-02-01,7,USD,\n")
    write_report(tmp_path / "out.xlsx", judge([path]))
    sheet = openpyxl.load_workbook(tmp_path / "out.xlsx")["t.csv"]
    assert "ragged_row" in sheet["A2"].comment.text and sheet["A3"].value == "T2"


def test_a_file_that_cannot_be_read_has_a_report_that_says_why(tmp_path):
    path = put(tmp_path, "missions/broken.xlsx", "not a spreadsheet")
    write_report(tmp_path / "out.xlsx", judge([path]))
    assert "broken.xlsx" in openpyxl.load_workbook(tmp_path / "out.xlsx").worksheets[1]["A1"].value


def test_a_long_delivery_is_given_back_without_its_good_rows(tmp_path, monkeypatch):
    monkeypatch.setattr("pipelines.landing.report.MOST_ROWS", 3)
    lines = "".join(f"T{i},P1,expenditure,{'soon' if i == 4 else '2023-02-01'},7,USD,\n" for i in range(9))
    write_report(tmp_path / "out.xlsx", judge([put(tmp_path, "project_transactions/t.csv", HEADER + lines)]))
    sheet = openpyxl.load_workbook(tmp_path / "out.xlsx")["t.csv"]
    assert [cell.value for cell in sheet["A"] if cell.value] == ["transaction_id", "T0", "T4"]


def test_a_file_with_a_broken_mapping_has_a_report(tmp_path):
    path = put(tmp_path, "project_transactions/t.csv", HEADER)
    put(tmp_path, "project_transactions/t.csv.mapping.yml", "colums: {}\n")
    write_report(tmp_path / "out.xlsx", judge([path]))
    assert "broken_mapping" in {cell.value for cell in cells(openpyxl.load_workbook(tmp_path / "out.xlsx")["Summary"]).values()}


def test_codes_with_leading_zeros_and_long_numbers_come_back_as_they_were(tmp_path):
    path = put(tmp_path, "project_transactions/t.csv", HEADER + "0017,12345678901234567890,expenditure,soon,007.10,USD,+1\n")
    write_report(tmp_path / "out.xlsx", judge([path]))
    row = next(openpyxl.load_workbook(tmp_path / "out.xlsx")["t.csv"].iter_rows(min_row=2, values_only=True))
    assert row == ("0017", "12345678901234567890", "expenditure", "soon", "007.10", "USD", "+1")


# -- a workbook comes back as itself


def test_a_workbook_comes_back_with_its_formats_formulas_sheets_and_what_it_hides(tmp_path):
    def dress(book):
        sheet = book["Deliver"]
        sheet["E3"].number_format, sheet["A1"].font = "#,##0.00", Font(bold=True)
        sheet.column_dimensions["B"].width = 33
        sheet.row_dimensions[3].hidden = True
        book["Lookup"].sheet_state = "hidden"

    rows = [[*COLUMNS, "sum"], [*transaction(1, "12x"), "=1+1"], [*transaction(2, 1234.5), None]]
    book = given_back(workbook(tmp_path, {"Deliver": rows, "Lookup": [["keep", "me"]]}, change=dress))
    sheet = book["Deliver"]
    assert book.sheetnames == ["Deliver", "Lookup", "techcoop"] and book["Lookup"]["A1"].value == "keep"
    assert book["Lookup"].sheet_state == "hidden" and sheet.row_dimensions[3].hidden and sheet.column_dimensions["B"].width == 33
    assert (sheet["G2"].value, sheet["E3"].value, sheet["E3"].number_format, sheet["A1"].font.b) == ("=1+1", 1234.5, "#,##0.00", True)
    assert "unreadable_number: found 12x" in sheet["E2"].comment.text and sheet["E2"].fill.fill_type == "solid"
    assert sheet["E3"].comment is None and sheet["E3"].fill.fill_type is None
    assert errors(book) == [("Deliver", "2", "amount", "unreadable_number")]


def test_a_workbook_corrected_in_place_loads(tmp_path):
    path = workbook(tmp_path, {"Deliver": [COLUMNS, transaction(1, "12x"), transaction(2)]})
    book = given_back(path)
    book["Deliver"]["E2"].value = 12
    book.save(path)
    judgement = judge([path])
    assert not judgement.has_violations and judgement.files[0].rows_loaded == 2
    assert "other_sheets" not in judgement.findings["rule"].to_list()
    again = given_back(path)
    assert again.sheetnames == ["Deliver", "techcoop"] and errors(again) == []
    assert again["Deliver"]["E2"].comment is None and again["Deliver"]["E2"].fill.fill_type is None


def test_marks_change_no_row(tmp_path):
    path = workbook(tmp_path, {"Deliver": [[None, *COLUMNS], [None, *transaction(1, "12x")], [None, *transaction(2, None)], [None, *transaction(3)]]})
    before = judge([path])
    given_back(path).save(path)
    told = ("source_row", "column_name", "rule", "value")
    assert judge([path]).findings.select(told).equals(before.findings.select(told))


def test_the_cell_of_a_table_that_begins_further_right_under_a_header_of_two_rows_is_marked(tmp_path):
    rows = [[None, None, None, "Money", None], ["x", None, "Code", "Amount", "Currency"], ["y", None, "T1", "12x", "USD"], ["z", None, "T2", 5, "USD"]]
    mapping = (
        "cells_from: C2\nheader_row: [1, 2]\ncolumns: {transaction_id: Code, amount: Money | Amount, currency: Money | Currency}\n"
        "constants: {project_id: P1, transaction_type: expenditure, transaction_date: '2023-02-01'}\n"
    )
    book = given_back(workbook(tmp_path, {"S": rows}, mapping))
    assert "unreadable_number" in book["S"]["D3"].comment.text
    assert errors(book) == [("S", "3", "Money | Amount", "unreadable_number")]


def test_where_columns_became_rows_the_cell_of_the_year_is_marked(tmp_path):
    mapping = (
        "unpivot: {on: ['2021', '2022'], variable_name: year, value_name: value}\ndates: [YYYY]\nconstants: {transaction_type: expenditure}\n"
        "columns:\n  project_id: Project\n  currency: Currency\n  amount: value\n  transaction_date: year\n"
        "  transaction_id: {from: Project, numbered: true}\n"
    )
    rows = [["Project", "Currency", 2021, 2022], ["P1", "USD", 1, "x"], ["P2", "dollars", 3, None]]
    book = given_back(workbook(tmp_path, {"S": rows}, mapping))
    assert ("S", "2", "2022", "unreadable_number") in errors(book) and "unreadable_number" in book["S"]["D2"].comment.text
    assert book["S"]["C2"].comment is None or "unreadable" not in book["S"]["C2"].comment.text
    assert any(found[1:3] == ("3", "Currency") for found in errors(book)) and book["S"]["B3"].comment is not None


def test_of_several_columns_that_a_mapping_takes_the_filled_one_is_marked(tmp_path):
    columns = [*COLUMNS[:3], "Paid", "Planned", *COLUMNS[4:]]
    mapping = "columns: {transaction_date: {first_of: [Paid, Planned]}}\n"
    book = given_back(workbook(tmp_path, {"S": [columns, ["T1", "P1", "expenditure", None, "soon", 7, "USD"]]}, mapping))
    assert "unreadable_date" in book["S"]["E2"].comment.text and book["S"]["D2"].comment is None


def test_the_findings_of_each_table_stand_on_its_own_sheet(tmp_path):
    sheets = {"2021": [COLUMNS, transaction(1, "12x")], "Notes": [["nothing"]], "2022": [["About"], COLUMNS, transaction(2), transaction(3, "y")]}
    mapping = "tables:\n  - {sheet: '2021'}\n  - {sheet: '2022', header_row: 2}\n"
    book = given_back(workbook(tmp_path, sheets, mapping))
    assert "found 12x" in book["2021"]["E2"].comment.text and "found y" in book["2022"]["E4"].comment.text
    assert errors(book) == [("2021", "2", "amount", "unreadable_number"), ("2022", "4", "amount", "unreadable_number")]


def test_a_pattern_of_sheets_does_not_reach_the_findings(tmp_path):
    path = workbook(tmp_path, {"A": [COLUMNS, transaction(1, "12x")], "B": [COLUMNS, transaction(2)]}, "sheet: {matches: '.*'}\n")
    given_back(path).save(path)
    assert [file.label for file in judge([path]).files] == ["A", "B"]


def test_a_refused_workbook_comes_back_with_the_reason(tmp_path):
    def hide(book):
        book["S"].row_dimensions[2].hidden = True

    book = given_back(workbook(tmp_path, {"S": [COLUMNS, transaction(1)]}, "hidden_rows: refuse\n", hide))
    (found,) = findings(book)
    assert found["rule"] == "hidden_rows" and "Show them" in found["what to do"] and book["S"]["A2"].value == "T1"


def test_what_would_be_a_formula_is_text_among_the_findings(tmp_path):
    def type_texts(book):
        book["S"]["D2"].value = "=HYPERLINK(1)"
        book["S"]["D2"].data_type = "s"

    book = given_back(workbook(tmp_path, {"S": [COLUMNS, transaction(1)]}, change=type_texts))
    cell = next(cell for row in book["techcoop"].iter_rows() for cell in row if cell.value == "=HYPERLINK(1)")
    assert cell.data_type == "s" and cell.quotePrefix
    assert {cell.data_type for row in book["techcoop"].iter_rows() for cell in row if cell.value} == {"s"}


def test_a_deliverers_own_comment_stays(tmp_path):
    def comment(book):
        book["S"]["E2"].comment = Comment("ask Ana", "Ana")

    path = workbook(tmp_path, {"S": [COLUMNS, transaction(1, "12x")]}, change=comment)
    book = given_back(path)
    assert book["S"]["E2"].comment.text.startswith("ask Ana") and "12x" in book["S"]["E2"].comment.text
    book["S"]["E2"].value = 12
    book.save(path)
    assert given_back(path)["S"]["E2"].comment.text == "ask Ana"


def test_merged_cells_are_marked_at_the_one_that_holds_the_value(tmp_path):
    book = given_back(
        workbook(tmp_path, {"S": [COLUMNS, transaction(1), transaction(2, None)]}, change=lambda book: book["S"].merge_cells("E2:E3")),
    )
    assert commented(book["S"]) >= {"E2"} and "E2:E3" in book["S"].merged_cells


def rewritten(path, part, old, new):
    """The workbook with a text of one of its parts replaced."""
    out = io.BytesIO()
    with zipfile.ZipFile(path) as archive, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as copy:
        for name in archive.namelist():
            text = archive.read(name)
            copy.writestr(name, text.replace(old, new) if name == part else text)
    path.write_bytes(out.getvalue())


@pytest.mark.parametrize(
    ("part", "old", "new", "said"),
    [
        ("docProps/core.xml", b"<cp:", b'<!DOCTYPE a [<!ENTITY e "x">]><cp:', "document type"),
        ("xl/worksheets/sheet1.xml", b"</sheetData>", b'</sheetData><hyperlinks><hyperlink ref="A1:XFD1048576"/></hyperlinks>', "millions of cells"),
    ],
)
def test_a_workbook_that_would_expand_comes_back_as_its_marked_rows(tmp_path, part, old, new, said):
    path = workbook(tmp_path, {"S": [COLUMNS, transaction(1, "12x"), transaction(2)]})
    with zipfile.ZipFile(path) as archive:
        text = archive.read(part)
    rewritten(path, part, text, text.replace(old, new, 1))
    book = given_back(path)
    assert book.sheetnames == ["Summary", "t.xlsx"] and said in book["Summary"]["F2"].value
    assert [cell.value for cell in book["t.xlsx"]["A"]] == ["transaction_id", "T1", "T2"][: book["t.xlsx"].max_row]


def test_a_workbook_with_too_many_rows_comes_back_as_its_marked_rows(tmp_path, monkeypatch):
    monkeypatch.setattr("pipelines.landing.original.MOST_ROWS", 3)
    book = given_back(workbook(tmp_path, {"S": [COLUMNS, *(transaction(number, "x" if number == 2 else 7) for number in range(4))]}))
    assert "more than 3 rows" in book["Summary"]["F2"].value and "unreadable_number" in book["t.xlsx"]["E4"].comment.text


def test_several_files_come_back_in_one_workbook_with_a_summary(tmp_path):
    path = workbook(tmp_path, {"S": [COLUMNS, transaction(1, "12x")]})
    other = put(tmp_path, "project_transactions/u.csv", HEADER + "T2,P1,expenditure,soon,7,USD,\n")
    write_report(tmp_path / "out.xlsx", judge([path, other]))
    book = openpyxl.load_workbook(tmp_path / "out.xlsx")
    assert book.sheetnames == ["Summary", "t.xlsx", "u.csv"] and commented(book["t.xlsx"]) >= {"E2"} and commented(book["u.csv"]) >= {"D2"}


def test_a_report_never_overwrites_the_delivery(tmp_path):
    path = workbook(tmp_path, {"S": [COLUMNS, transaction(1)]})
    with pytest.raises(ConfigurationError, match="name of its own"):
        write_report(path, judge([path]))


def test_a_compressed_workbook_comes_back_as_itself(tmp_path):
    path = workbook(tmp_path, {"S": [COLUMNS, transaction(1, "12x")]})
    packed = path.with_name("t.xlsx.gz")
    packed.write_bytes(gzip.compress(path.read_bytes()))
    assert given_back(packed).sheetnames == ["S", "techcoop"]


@pytest.mark.parametrize(("out", "kept"), [("out.xlsm", True), ("out.xlsx", False)])
def test_macros_stay_where_the_report_may_hold_them(tmp_path, out, kept):
    path = workbook(tmp_path, {"S": [COLUMNS, transaction(1, "12x")]})
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("xl/vbaProject.bin", b"macro")
    given_back(path, tmp_path / out)
    with zipfile.ZipFile(tmp_path / out) as archive:
        assert ("xl/vbaProject.bin" in archive.namelist()) is kept
