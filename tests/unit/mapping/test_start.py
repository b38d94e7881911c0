"""The start of a mapping: it loads as it is, and says what could be seen."""

import pytest
import yaml

from pipelines.contracts import SOURCES, contract_columns
from pipelines.mapping.apply import apply_mapping
from pipelines.mapping.load import load_mapping
from pipelines.mapping.start import matches, start_of_mapping
from pipelines.reading.tabular import read


def start(folder, delivery, source="subprogramme_allocations", name="d.csv"):
    path = folder / name
    path.write_text(delivery)
    text = start_of_mapping(path, source)
    mapping = folder / "start.yml"
    mapping.write_text(text)
    loaded = load_mapping(mapping)
    apply_mapping(read(path, loaded.read_options), loaded, contract_columns(SOURCES[source])).frame.collect()
    return text, loaded


def test_columns_are_matched_by_their_names():
    assert matches(["Fiscal Year", "FundingSource", "Agency", "amount_", "Remarks"], ["entity", "fiscal_year", "funding_source", "amount"]) == {
        "entity": "Agency",
        "fiscal_year": "Fiscal Year",
        "funding_source": "FundingSource",
        "amount": "amount_",
    }


def test_each_delivered_column_is_used_once():
    assert matches(["year"], ["fiscal_year", "year"]) == {"year": "year"}


def test_start_names_what_matched_what_is_missing_and_what_is_left(tmp_path):
    text, mapping = start(tmp_path, "Agency,Year,Amount,Remarks\nECE,2023,5,x\n")
    assert {name: derivation.sources[0] for name, derivation in mapping.columns.items()} == {"entity": "Agency", "fiscal_year": "Year", "amount": "Amount"}
    assert "# ignore: [Remarks]" in text and "# funding_source:" in text and "# currency:" in text


def test_start_lists_the_values_of_columns_with_codes(tmp_path):
    text, mapping = start(tmp_path, "entity,measure\nECE,Expense\nECA,Spent so far\n")
    assert mapping.columns["measure"].values == {"Expense": "expense"} and "# Spent so far:" in text


@pytest.mark.parametrize(
    ("amounts", "style"),
    [
        (["1.234,56", "2"], (",", ".")),
        (["1,234.56"], (".", ",")),
        (["1 234,5"], (",", " ")),
        (["1'234"], (".", "'")),
        (["12,5"], (",", ".")),
        (["12.5"], (".", None)),
    ],
)
def test_start_recognises_how_numbers_are_written(tmp_path, amounts, style):
    _, mapping = start(tmp_path, "entity;amount\n" + "".join(f"ECE;{amount}\n" for amount in amounts))
    assert (mapping.numbers.decimal, mapping.numbers.thousands) == style


def test_start_asks_where_a_number_could_mean_two_things(tmp_path):
    text, mapping = start(tmp_path, "entity;amount\nECE;1,234\n")
    assert mapping.numbers.thousands is None and text.count("# numbers:") == 2


def test_start_recognises_dates_and_asks_where_they_are_ambiguous(tmp_path):
    _, mapping = start(tmp_path, "mission_id,start_date\nM1,31/12/2004\nM2,01/02/2004\n", "missions")
    assert mapping.date_formats == ("%d/%m/%Y",)
    text, mapping = start(tmp_path, "mission_id,start_date\nM2,01/02/2004\n", "missions")
    assert mapping.date_formats == () and "# dates: [DD/MM/YYYY]" in text and "# dates: [MM/DD/YYYY]" in text


def test_start_says_how_the_file_was_read(tmp_path):
    _, mapping = start(tmp_path, "\nentity\tamount\nECE\t1\n")
    assert (mapping.read_options.delimiter, mapping.read_options.header_row) == ("\t", 2)


@pytest.mark.parametrize("name", ["a: b", "a #b", "- a", "{a}", "'a'", "NO", "a, b", "[a", "*a", "100%", "é", "null"])
def test_start_loads_whatever_the_columns_are_called(tmp_path, name):
    quoted = '"' + name.replace('"', '""') + '"'
    text, _ = start(tmp_path, f"entity;{quoted};measure\nECE;1;{quoted}\n")
    assert yaml.safe_load("x: " + text.split("# ignore: ")[1])["x"]
