"""The shape of a table as clerks lay it out is seen, and what is proposed for it loads."""

import openpyxl
import polars as pl
import pytest
import yaml

from pipelines.contracts import SOURCES, required_columns
from pipelines.landing.one_file import judge_file
from pipelines.landing.tables import tables_of_file
from pipelines.mapping.load import load_mappings
from pipelines.mapping.shape import hint, shape_of
from pipelines.mapping.start import likely_sources, start_of_mapping
from pipelines.shapes.delivery import Delivery

HEADER = ["Entity", "Year", "Programme", "Fund", "Amount (US$)"]
ROWS = [["ECE", 2022, "Transport", "XB", 10.5], ["ECE", 2023, "Trade", "RB", 20]]
# What the delivery itself cannot say, and a person adds.
BY_HAND = {"entity": "ECE", "fiscal_year": "2023", "funding_source": "extrabudgetary", "measure": "expenditure", "currency": "USD"}


def book(path, **sheets):
    out = openpyxl.Workbook()
    out.remove(out.active)
    for name, rows in sheets.items():
        sheet = out.create_sheet(name)
        for row in rows:
            sheet.append(row)
    out.save(path)
    return path


TITLED = [["Budget office"], ["Expenditure (thousands of United States dollars)"], [], HEADER, *ROWS, ["Total", None, None, None, 30.5], ["Source: ledger"]]
SPARSE = [HEADER, ROWS[0], [None, 2023, "Trade", "RB", 20], ["Subtotal", None, None, None, 30], ["ECA", 2023, "Trade", "RB", 1]]
WIDE = [["Programme", "Fund", 2021, 2022], ["Transport", "XB", 1, None], ["Trade", "RB", 2, 3]]
PIVOT = [["Title"], ["Programme", "Extrabudgetary", None, "RPTC", None], [None, 2021, 2022, 2021, 2022], ["Transport", 1, 2, 3, 4], ["Trade", 5, 6, 7, 8]]
BESIDE = [["Programme", "Amount", None, "Programme", "Amount"], ["Transport", 10, None, "Trade", 500]]
SHORT = [["Entity", "Programme", "Amount"], ["ECE", "Transport", 7]]
SIGNS = [["Entity", "Amount"], ["ECE", "US$ 1,234"], ["ECE", "2,000 a/"], ["ECE", "10.50"]]


@pytest.mark.parametrize(
    ("sheets", "seen", "rows", "amount"),
    [
        ({"Data": TITLED}, {"header_rows": (4,), "total": ("Entity", "Total"), "scale": 1000}, 2, 30500),
        ({"Data": SPARSE}, {"header_rows": (1,), "subtotals": "Entity", "fill_down": ("Entity",)}, 3, 31.5),
        ({"Data": WIDE}, {"years": ("2021", "2022")}, 3, 6),
        ({"Data": PIVOT}, {"header_rows": (2, 3), "years": ("Extrabudgetary | 2021", "Extrabudgetary | 2022", "RPTC | 2021", "RPTC | 2022")}, 8, 36),
        ({"Data": BESIDE}, {"beside": ("A1", "D1")}, 2, 510),
        ({"Notes": [["x"]], "2021": SHORT, "2022": SHORT}, {"sheets": ("2021", "2022")}, 2, 14),
        ({"Data": SIGNS}, {}, 3, 3244.5),
    ],
    ids=["titles", "sparse", "wide", "pivot", "beside", "sheets", "signs"],
)
def test_what_is_proposed_for_a_shape_loads_every_cell(tmp_path, sheets, seen, rows, amount):
    path = book(tmp_path / "d.xlsx", **sheets)
    shape = shape_of(path)
    assert {name: getattr(shape, name) for name in seen} == seen
    assert bool(hint(path)) is bool(seen)
    said = yaml.load(start_of_mapping(path, "subprogramme_allocations"), yaml.BaseLoader)
    given = {*(said["columns"] or {}), *(said.get("constants") or {})}
    missing = [name for name in required_columns(SOURCES["subprogramme_allocations"]) if name not in given]
    assert len(missing) <= len(BY_HAND), missing
    said["constants"] = {**(said.get("constants") or {}), **{name: BY_HAND[name] for name in missing}}
    mapping = tmp_path / "m.yml"
    mapping.write_text(yaml.safe_dump(said))
    delivery = Delivery(source="subprogramme_allocations", source_file="d.xlsx", path=path, sha256="0" * 64)
    parts = [judge_file(one, words, tmp_path / "parts") for one, words in tables_of_file(delivery, load_mappings(mapping))]
    loaded = pl.concat([pl.read_parquet(part.rows) for part in parts])
    assert (len(loaded), float(loaded["amount"].sum())) == (rows, amount)


def test_sources_are_told_with_the_columns_that_fit(tmp_path):
    told = likely_sources(book(tmp_path / "d.xlsx", Data=[HEADER, *ROWS])).splitlines()
    assert told[1].strip().startswith("subprogramme_allocations: ") and "amount (Amount (US$))" in told[1] and "without" in told[1]


def test_a_file_that_fits_nothing_is_told_so(tmp_path):
    path = tmp_path / "d.csv"
    path.write_text("zzz;qqq\n1;2\n")
    assert likely_sources(path).startswith("No source has columns like those of d.csv")
