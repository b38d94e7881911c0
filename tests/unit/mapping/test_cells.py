"""The law of rows and cells: of a workbook that the test writes, wide, long or stacked, every cell that is money loads or is quarantined, exactly."""

import random
from decimal import Decimal

import openpyxl
import polars as pl
import pytest
import yaml

from pipelines.landing.one_file import judge_file
from pipelines.landing.tables import tables_of_file
from pipelines.mapping.load import load_mappings
from pipelines.shapes.delivery import Delivery

CONSTANTS = {"book": "b", "entity": "ECE", "funding_source": "extrabudgetary", "measure": "expenditure", "currency": "USD"}
PROGRAMMES = ("Environment", "Transport", "Statistics", "Trade", "Housing", "Energy")
# What stands in a cell of money, and the amount it is; None is no number.
BROKEN = ("n.a.?", "12x", "1 2", "--")


def money(chance):
    amount = Decimal(chance.randint(-(10**9), 10**9)) / (10 ** chance.randint(0, 4))
    return (float(amount), amount) if chance.random() < 0.7 else (str(amount), amount)


def cell(chance):
    """A cell and its amount: empty, broken, or a number as number or text."""
    kind = chance.random()
    if kind < 0.15:
        return None, "empty"
    if kind < 0.25:
        return chance.choice(BROKEN), None
    return money(chance)


def titles(chance, width):
    return [[chance.choice(("Budget office", "Table 4", ""))] + [None] * (width - 1) for _ in range(chance.randint(0, 3))]


def wide(chance, sheet):
    """Years as columns, titles above, a total below: rows, words, and cells by (row, column)."""
    years = [str(year) for year in range(2010, 2010 + chance.randint(2, 6))]
    rows = titles(chance, len(years) + 1)
    head = len(rows) + 1
    rows.append(["Programme", *map(int, years)])
    cells = {}
    for _ in range(chance.randint(0, 12)):
        amounts = [cell(chance) for _ in years]
        if all(amount == "empty" for _, amount in amounts):
            continue
        rows.append([chance.choice(PROGRAMMES), *(text for text, _ in amounts)])
        cells |= {(len(rows), year): amount for year, (_, amount) in zip(years, amounts, strict=True) if amount != "empty"}
    words = {"header_row": str(head), "unpivot": {"on": {"matches": r"\d{4}"}, "variable_name": "year", "value_name": "money"}}
    words["columns"] = {"subprogramme": "Programme", "fiscal_year": "year", "amount": "money"}
    if chance.random() < 0.5:
        rows += [["Total", *[1] * len(years)], [], ["Source: ledger"]]
        words["rows"] = {"until": {"Programme": "Total"}}
    return rows, words, cells, {}


def long(chance, sheet):
    """One amount a row, in thousands perhaps, with subtotals that a filter drops."""
    rows = titles(chance, 3)
    head = len(rows) + 1
    rows.append(["Programme", "Year", "Amount"])
    scale = chance.choice((None, 1000))
    cells, dropped = {}, {}
    for _ in range(chance.randint(0, 20)):
        text, amount = cell(chance)
        if chance.random() < 0.15:
            rows.append(["Subtotal", None, 1])
            dropped[len(rows), None] = None
            continue
        rows.append([chance.choice(PROGRAMMES), chance.randint(2000, 2024), text])
        cells[len(rows), None] = None if amount in (None, "empty") else amount * (scale or 1)
    words = {"header_row": str(head), "filter": {"drop": {"Programme": {"matches": "Sub.*"}}}}
    words["columns"] = {"subprogramme": "Programme", "fiscal_year": "Year", "amount": {"from": "Amount", "scale": str(scale)} if scale else "Amount"}
    return rows, words, cells, dropped


def stacked(chance, sheet):
    """A long table under another one, from the row after its own heading."""
    above, *_ = long(chance, sheet)
    rows, words, cells, dropped = long(chance, sheet)
    head = int(words["header_row"])
    both = [*above, ["Table 2"], *rows[head - 1 :]]
    shift = len(above) + 1 - (head - 1)
    words |= {"header_row": str(head + shift)}
    return both, words, {(row + shift, made): amount for (row, made), amount in cells.items()}, {(row + shift, made): None for row, made in dropped}


def check(seed, folder):
    chance = random.Random(seed)
    book = openpyxl.Workbook()
    book.remove(book.active)
    entries, expected = [], []
    for number in range(chance.randint(1, 3)):
        name = f"S{number}"
        rows, words, cells, dropped = chance.choice((wide, long, stacked))(chance, name)
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
        entries.append({"sheet": name, **words})
        expected.append((cells, dropped))
    path = folder / "d.xlsx"
    book.save(path)
    mapping = folder / "d.xlsx.mapping.yml"
    mapping.write_text(yaml.safe_dump({"constants": CONSTANTS, "tables": entries}))
    delivery = Delivery(source="subprogramme_allocations", source_file="d.xlsx", path=path, sha256="0" * 64)
    tables = tables_of_file(delivery, load_mappings(mapping, folder))
    for (one, words), (cells, dropped) in zip(tables, expected, strict=True):
        part = judge_file(one, words, folder / "parts")
        loaded = pl.read_parquet(part.rows)
        got = {(row, made): amount for row, made, amount in loaded.select("_source_row", "_source_column", "amount").iter_rows()}
        refused = pl.read_parquet(part.findings).filter(pl.col("severity") == "error").select("source_row", "source_column").unique().rows()
        assert got == {place: amount for place, amount in cells.items() if amount is not None}, f"seed {seed}"
        assert sorted(refused, key=str) == sorted([*(place for place, amount in cells.items() if amount is None), *dropped], key=str), f"seed {seed}"
        assert part.rows_delivered == len(cells) + len(dropped) == len(loaded) + part.rows_quarantined


@pytest.mark.parametrize("seed", range(12))
def test_every_cell_loads_or_is_quarantined(seed, tmp_path):
    check(seed, tmp_path)


@pytest.mark.slow
def test_every_cell_of_three_hundred_workbooks_loads_or_is_quarantined(tmp_path):
    for seed in range(1000, 1300):
        folder = tmp_path / str(seed)
        folder.mkdir()
        check(seed, folder)
