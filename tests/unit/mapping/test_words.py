"""Every example of docs/mapping.md: what its mapping makes of its delivery is what the page says; every word has one."""

import csv
import io
import re
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation

import jsonschema
import openpyxl
import polars as pl
import pytest
import yaml

from pipelines import settings
from pipelines.landing.one_file import judge_file
from pipelines.landing.tables import tables_of_file
from pipelines.mapping.load import COLUMN_WORDS, FILE_WORDS, TABLE_WORDS, load_mappings
from pipelines.mapping.schema import mapping_schema
from pipelines.shapes.delivery import Delivery

PAGE = (settings.PROJECT / "docs" / "mapping.md").read_text(encoding="utf-8")
FOR_ALL = {"book": "example", "entity": "ECE", "fiscal_year": "2023", "funding_source": "extrabudgetary", "measure": "expenditure", "currency": "USD"}


@dataclass
class Example:
    title: str
    sheets: list = field(default_factory=list)
    files: list = field(default_factory=list)
    source: str = "subprogramme_allocations"
    format: str = "csv"
    mapping: str = ""
    rows: list | None = None
    quarantined: list = field(default_factory=list)


def table(text):
    return list(csv.reader(io.StringIO(text)))


def examples():
    """The blocks of the page in their order; a delivery after rows begins the next example."""
    found, title = [], ""
    for heading, format_, kind, block in re.findall(r"^#+ (.+)$|^```(csv|json|yaml) (.+)\n((?:.*\n)*?)```$", PAGE, re.MULTILINE):
        if heading:
            title = heading
            continue
        word, *more = kind.split()
        said = dict(one.split("=") for one in more if "=" in one)
        is_file = word.startswith("file=")
        if (word == "delivery" or is_file) and (not found or found[-1].rows is not None or found[-1].title != title):
            found.append(Example(title))
        example = found[-1]
        if is_file:
            example.files.append((word.removeprefix("file="), block))
        elif word == "delivery":
            example.sheets.append((said.get("sheet"), int(said.get("hidden", 0)), block))
            example.format = format_
            example.source = said.get("source", example.source)
        elif word == "mapping":
            example.mapping = block
        else:
            setattr(example, word, table(block))
    return found


EXAMPLES = examples()


def write(example, folder):
    """The delivery and the files beside it, in a folder of its source."""
    for name, text in example.files:
        (folder / name).write_text(text)
    if example.sheets[0][0] is None:
        path = folder / f"delivery.{example.format}"
        path.write_text(example.sheets[0][2])
        return path
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, hidden, text in example.sheets:
        sheet = book.create_sheet(name)
        for row in table(text):
            sheet.append([float(cell) if cell.isdecimal() else cell for cell in row])
        if hidden:
            sheet.row_dimensions[hidden].hidden = True
    book.save(folder / "delivery.xlsx")
    return folder / "delivery.xlsx"


def plain(value):
    try:
        return str(Decimal(value).normalize().quantize(Decimal(1)) if Decimal(value) == Decimal(value).to_integral() else Decimal(value).normalize())
    except InvalidOperation:
        return value


def loaded(example, folder):
    """Rows and quarantine of all tables of the example's delivery."""
    path = write(example, folder)
    words = folder / f"{path.name}.mapping.yml"
    said = yaml.load(example.mapping, yaml.BaseLoader)
    if example.source == "subprogramme_allocations":
        given = {*said.get("columns", {}), *said.get("constants", {}), *(name for one in said.get("tables", []) for name in one.get("constants", {}))}
        said["constants"] = {**{name: text for name, text in FOR_ALL.items() if name not in given}, **said.get("constants", {})}
    words.write_text(yaml.safe_dump(said, allow_unicode=True))
    delivery = Delivery(source=example.source, source_file=path.name, path=path, sha256="0" * 64)
    rows, quarantined = [], []
    for one, mapping in tables_of_file(delivery, load_mappings(words, folder)):
        part = judge_file(one, mapping, folder / "parts")
        rows.append(pl.read_parquet(part.rows))
        quarantined.append(pl.read_parquet(part.findings).filter(pl.col("severity") == "error"))
        assert part.rows_delivered == len(rows[-1]) + part.rows_quarantined
    return pl.concat(rows), pl.concat(quarantined)


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.title)
def test_an_example_gives_the_rows_that_the_page_shows(example, tmp_path):
    rows, quarantined = loaded(example, tmp_path)
    header, *expected = example.rows
    got = [tuple("" if value is None else plain(str(value)) for value in row) for row in rows.select(header).iter_rows()]
    assert sorted(got) == sorted(tuple(map(plain, row)) for row in expected)
    wanted = example.quarantined[1:]
    assert sorted((str(row), rule) for row, rule in quarantined.select("source_row", "rule").iter_rows()) == sorted(map(tuple, wanted))


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.title)
def test_an_example_obeys_the_schema(example):
    jsonschema.validate(yaml.load(example.mapping, yaml.BaseLoader), mapping_schema())


def test_every_word_has_an_example():
    used = {word for example in EXAMPLES for word in re.findall(r"\w+", example.mapping)}
    assert [word for word in (*TABLE_WORDS, *FILE_WORDS, *COLUMN_WORDS) if word not in used and word != "negate"] == []


@pytest.mark.parametrize("path", sorted((settings.PROJECT / "examples").glob("*.mapping.yml")), ids=lambda path: path.name)
def test_mappings_that_ship_obey_the_schema(path):
    jsonschema.validate(yaml.load(path.read_text(encoding="utf-8"), yaml.BaseLoader), mapping_schema())


@pytest.mark.parametrize("said", ["colums: {}", "header_row: 0", "columns: {a: {form: b}}", "tables: []", "unpivot: {}"])
def test_the_schema_refuses_what_the_reader_refuses(said):
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(yaml.safe_load(said), mapping_schema())
