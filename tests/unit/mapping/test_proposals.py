"""What `techcoop map` writes for tables as they are laid out and named in several languages loads after the words that the delivery does not say."""

import openpyxl
import polars as pl
import pytest
import yaml

from pipelines.contracts import SOURCES, required_columns
from pipelines.landing.one_file import judge_file
from pipelines.landing.tables import tables_of_file
from pipelines.mapping.load import load_mappings
from pipelines.mapping.shape import hint, is_number, shape_of
from pipelines.mapping.start import start_of_mapping
from pipelines.shapes.delivery import Delivery

BY_HAND = {
    **{"entity": "ECE", "fiscal_year": "2023", "funding_source": "extrabudgetary", "measure": "expenditure", "currency": "USD", "book": "b"},
    **{"subprogramme": "2", "mission_type": "advisory", "fund_code": "F1", "transaction_type": "expenditure"},
}
HEADER = ["Entity", "Year", "Subprogramme", "Source of funds", "Amount (US$)"]
ROWS = [["ECE", 2023, "Environment", "XB", 5], ["ECE", 2023, "Transport", "RB", 6]]


def book(path, sheets, merged=()):
    out = openpyxl.Workbook()
    out.remove(out.active)
    for name, rows in sheets.items():
        sheet = out.create_sheet(name)
        for row in rows:
            sheet.append(row)
        for cells in merged:
            sheet.merge_cells(cells)
    out.save(path)
    return path


def proposed(path, source="subprogramme_allocations"):
    """The proposal's words, and the rows that it loads once a person has added what the delivery does not say; and what they had to add."""
    said = yaml.load(start_of_mapping(path, source), yaml.BaseLoader)
    missing = [name for name in required_columns(SOURCES[source]) if name not in {**(said["columns"] or {}), **(said.get("constants") or {})}]
    said["constants"] = {**{name: BY_HAND[name] for name in missing}, **(said.get("constants") or {})}
    mapping = path.parent / "m.yml"
    mapping.write_text(yaml.safe_dump(said, allow_unicode=True))
    delivery = Delivery(source=source, source_file=path.name, path=path, sha256="0" * 64)
    parts = [judge_file(one, words, path.parent / "parts") for one, words in tables_of_file(delivery, load_mappings(mapping))]
    return said, pl.concat([pl.read_parquet(part.rows) for part in parts]), missing


def amounts(rows, *columns):
    return sorted((*(row[column] for column in columns), float(row["amount"])) for row in rows.iter_rows(named=True))


def test_measures_over_years_in_french_and_thousands(tmp_path):
    rows = [
        ["Commission économique pour l'Europe"],
        ["(en milliers de dollars des États-Unis)"],
        ["Sous-programme", "Crédits ouverts", None, "Dépenses", None],
        [None, 2022, 2023, 2022, 2023],
        ["Environnement", 1, 2, 3, None],
        ["Total général", 1, 2, 3, 0],
    ]
    _, loaded, missing = proposed(book(tmp_path / "d.xlsx", {"Tableau": rows}, ["B3:C3", "D3:E3"]))
    assert missing == ["funding_source"] and loaded["entity"].unique().to_list() == ["ECE"]
    assert amounts(loaded, "measure", "fiscal_year") == [("appropriation", 2022, 1000), ("appropriation", 2023, 2000), ("expenditure", 2022, 3000)]


def test_years_over_measures(tmp_path):
    rows = [
        ["Subprogramme", 2022, None, 2023, None],
        [None, "Appropriation", "Expenditure", "Appropriation", "Expenditure"],
        ["Transport", 1, 2, 3, 4],
        ["Sub-total", 1, 2, 3, 4],
    ]
    _, loaded, _ = proposed(book(tmp_path / "d.xlsx", {"Data": rows}))
    expected = [("appropriation", 2022, 1), ("appropriation", 2023, 3), ("expenditure", 2022, 2), ("expenditure", 2023, 4)]
    assert amounts(loaded, "measure", "fiscal_year") == expected


@pytest.mark.parametrize(
    ("heads", "expected"),
    [
        (("2021 actual", "2022 actual", "2023 estimate"), [("estimate", 2023, 3), ("expenditure", 2021, 1), ("expenditure", 2022, 2)]),
        (("Expenditure 2021", "Expenditure 2022", "Appropriation, 2023"), [("appropriation", 2023, 3), ("expenditure", 2021, 1), ("expenditure", 2022, 2)]),
        (("2021*", "2022 a/", "FY 2023"), [("expenditure", 2021, 1), ("expenditure", 2022, 2), ("expenditure", 2023, 3)]),
    ],
)
def test_years_within_headers(tmp_path, heads, expected):
    _, loaded, _ = proposed(book(tmp_path / "d.xlsx", {"Data": [["Subprogramme", *heads, "Total"], ["Transport", 1, 2, 3, 6]]}))
    assert amounts(loaded, "measure", "fiscal_year") == expected


def test_a_year_and_its_last_two_digits_are_asked_for(tmp_path):
    path = book(tmp_path / "d.xlsx", {"Data": [["Subprogramme", "2018-19", "2020-21"], ["Transport", 1, 2]]})
    text = start_of_mapping(path, "subprogramme_allocations")
    assert "Is 2018-19 the biennium" in text
    answered = next(line for line in text.splitlines() if line.startswith("  # fiscal_year: {from: year, replace")).replace("  # ", "  ")
    (tmp_path / "m.yml").write_text(
        text.replace("\ncolumns:", f"\ncolumns:\n{answered}", 1).replace("\nconstants:", "\nconstants:\n  entity: ECE\n  currency: USD")
    )
    (mapping,) = load_mappings(tmp_path / "m.yml")
    assert [pl.select(pl.lit("2018-19").str.replace_all(*pair)).item() for pair in mapping.columns["fiscal_year"].replace] == ["2018-2019"]


@pytest.mark.parametrize(
    ("source", "header", "row", "column", "expected"),
    [
        ("subprogramme_allocations", ["Subprogramme", "RPTC", "Extrabudgetary", "Total"], ["Transport", 1, 2, 3], "funding_source", ["extrabudgetary", "rptc"]),
        ("fund_movements", ["Donor", "Pledged (USD)", "Received (USD)"], ["Norway", 1, 2], "movement", ["contribution", "pledge"]),
        ("subprogramme_allocations", ["Subprogramme", "Q1", "Q2"], ["Transport", 1, 2], "measure", ["expenditure", "expenditure"]),
    ],
)
def test_columns_named_by_codes_or_quarters_become_rows(tmp_path, source, header, row, column, expected):
    _, loaded, _ = proposed(book(tmp_path / "d.xlsx", {"Data": [["Title"], header, row]}), source)
    assert sorted(loaded[column]) == expected and float(loaded["amount"].sum()) == 3


def test_sheets_of_entities_and_sheets_whose_titles_hold_the_year(tmp_path):
    head = ["Subprogramme", "Source of funds", "Expenditure (US$)"]
    entities = {name: [head, ["2", "XB", amount]] for name, amount in (("ECE", 1), ("ESCAP", 2), ("Summary", 3))}
    said, loaded, _ = proposed(book(tmp_path / "d.xlsx", entities))
    assert said["constants"]["entity"] == {"sheet_name": "true"} and amounts(loaded, "entity") == [("ECE", 1), ("ESCAP", 2)]
    years = {
        f"Annex {letter}": [[f"Expenditure for the year {year}"], [], head, ["2", "XB", 7], ["Итого", None, 7]] for letter, year in (("A", 2021), ("B", 2022))
    }
    _, loaded, _ = proposed(book(tmp_path / "e.xlsx", years))
    assert amounts(loaded, "fiscal_year") == [(2021, 7), (2022, 7)]


def test_tables_one_under_the_other_are_all_read(tmp_path):
    block = [["Subprogramme", 2022, 2023], ["Transport", 1, 2], ["Total", 1, 2]]
    path = book(tmp_path / "d.xlsx", {"Report": [["Table 1. Regular budget (US$)"], *block, [], ["Table 2. Extrabudgetary (US$)"], *block]})
    assert [one.header_row for one in shape_of(path).stacked] == [2, 7] and "one under the other" in hint(path)
    _, loaded, _ = proposed(path)
    assert amounts(loaded, "funding_source", "fiscal_year") == [
        ("extrabudgetary", 2022, 1),
        ("extrabudgetary", 2023, 2),
        ("regular_budget", 2022, 1),
        ("regular_budget", 2023, 2),
    ]


def test_a_different_table_below_or_beside_is_told_and_not_read(tmp_path):
    path = book(tmp_path / "d.xlsx", {"R": [HEADER, *ROWS, [], ["Table 2"], ["Mission", "Country", "Start"], ["M-1", "Armenia", "2023-02-03"]]})
    assert shape_of(path).below == (6, ("Mission", "Country", "Start")) and "row 6" in hint(path)
    _, loaded, _ = proposed(path)
    assert float(loaded["amount"].sum()) == 11
    path = book(tmp_path / "e.xlsx", {"R": [[*HEADER, None, "Donor", "Paid"], *[[*row, None, "Norway", 1] for row in ROWS], [*[None] * 6, "Finland", 3]]})
    assert "G1 (Donor, Paid)" in start_of_mapping(path, "subprogramme_allocations") and "cells_from" in hint(path)
    _, loaded, _ = proposed(path)
    assert float(loaded["amount"].sum()) == 11


@pytest.mark.parametrize("remark", [["(code)", "(calendar year)", "(name)", "(XB/RB)", "(in US$)"], ["(1)", "(2)", "(3)", "(4)", "(5)"]])
def test_a_row_of_remarks_under_the_header_is_no_record(tmp_path, remark):
    path = book(tmp_path / "d.xlsx", {"R": [HEADER, remark, *ROWS, [], ["Note:", "provisional"]]})
    said, loaded, _ = proposed(path)
    assert said["rows"] == {"from": "3", "until": {"Entity": "Note:"}} and float(loaded["amount"].sum()) == 11


def test_a_sign_that_stands_earlier_too_ends_no_table(tmp_path):
    path = book(tmp_path / "d.xlsx", {"R": [HEADER, ROWS[0], ["Total", None, None, None, 5], ROWS[1], ["Total", None, None, None, 6], ["Source: ledger"]]})
    said, loaded, _ = proposed(path)
    assert "until" not in said["rows"] and float(loaded["amount"].sum()) == 11


def test_merged_cells_are_filled_down_and_told_as_such(tmp_path):
    rows = [["Project", "Currency", "Transaction no", "Date", "Amount"], ["P1", "USD", "T1", "2024-01-01", 1], [None, None, "T2", "2024-01-02", 2]]
    path = book(tmp_path / "d.xlsx", {"Ledger": rows}, ["A2:A3", "B2:B3"])
    said, loaded, _ = proposed(path, "project_transactions")
    assert said["fill_down"] == ["Project", "Currency"] and loaded["project_id"].to_list() == ["P1", "P1"]


def test_a_cyrillic_file_with_semicolons_and_thin_groups(tmp_path):
    path = tmp_path / "d.csv"
    path.write_bytes(
        "Подразделение;Год;Подпрограмма;Источник;Сумма (тыс. долл. США)\nЕЭК;2023;2;XB;1\u00a0234,5\nЕЭК;2023;5;XB;12,25\nИтого;;;;1\u00a0246,75\n".encode(
            "cp1251"
        )
    )
    said, loaded, missing = proposed(path)
    assert said["encoding"] == "windows-1251" and missing == ["measure"] and amounts(loaded, "subprogramme") == [("2", 1234500), ("5", 12250)]


def test_words_for_nothing_and_dates_in_several_forms(tmp_path):
    path = book(
        tmp_path / "d.xlsx",
        {"R": [["Mission No", "Country", "Start", "End"], ["M1", "Armenia", "31.01.2024", "3 mars 2024"], ["M2", "Georgia", "1 de febrero de 2024", "n/a"]]},
    )
    said, loaded, _ = proposed(path, "missions")
    assert said["dates"] == ["DD.MM.YYYY", "D MMMM YYYY"] and said["missing"] == ["n/a"]
    assert [str(day) for day in loaded["start_date"]] == ["2024-01-31", "2024-02-01"] and [str(day) for day in loaded["end_date"]] == ["2024-03-03", "None"]


def test_days_and_months_in_doubt_are_asked_for_beside_those_that_are_not(tmp_path):
    path = book(tmp_path / "d.xlsx", {"R": [["Mission No", "Start"], ["M1", "31.01.2024"], ["M2", "02/03/2024"]]})
    text = start_of_mapping(path, "missions")
    assert "# dates: [DD.MM.YYYY, DD/MM/YYYY]" in text and "# dates: [DD.MM.YYYY, MM/DD/YYYY]" in text


@pytest.mark.parametrize(
    ("text", "found"), [("1 234,5", True), ("US$ 5", True), ("CHF 5", True), ("€5", True), ("(7)", True), ("P1", False), ("Q1", False), ("2023", False)]
)
def test_codes_with_digits_are_no_numbers(text, found):
    assert is_number(text) is found


def test_a_title_of_two_lines_stays_a_comment(tmp_path):
    path = book(tmp_path / "d.xlsx", {"R": [["Expenditure\n(US$ thousand)"], ["Subprogramme", "Amount"], ["Transport", 5]]})
    said, loaded, _ = proposed(path)
    assert said["constants"]["currency"] == "USD" and amounts(loaded) == [(5000.0,)]


def test_the_delimiter_that_shows_the_table_reads_it(tmp_path):
    path = tmp_path / "d.csv"
    path.write_text("Report;a, b, c, d\n\nSubprogramme;Source, if any;Amount\nTransport;x, y;1\nTotal;;1\n")
    said = yaml.load(start_of_mapping(path, "subprogramme_allocations"), yaml.BaseLoader)
    assert said["delimiter"] == shape_of(path).delimiter
