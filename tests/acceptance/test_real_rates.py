"""UNHCR's spreadsheets carry its own dollars beside each amount in another currency: through mappings alone, ours are held against them."""

import json
import os
import shutil
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from pipelines.reading.tabular import read

PROJECT = Path(__file__).resolve().parents[2]
REAL = PROJECT.parent / "shared" / "real"
YEARS = (2018, 2019, 2020)
if not all((REAL / "iati-tables" / f"unhcr_{year}").is_dir() for year in YEARS):
    pytest.skip("UNHCR's spreadsheets are not at hand: conversion is not tried on them", allow_module_level=True)

# Nobody at hand has a rate of the Costa Rican colon: three contributions stay without dollars, and are counted as such.
WITHOUT_A_RATE = {(2018, 1209), (2019, 1463), (2020, 1968)}
# One contribution of two million Norwegian kroner, in two rows, of 18 March 2020, when the krone fell by a fifth within days: UNHCR took the
# United Nations' rate of the first of the month, we the average of the month, 5.5 per cent below it.
IN_THE_FALL_OF_THE_KRONE = {(2020, 4749), (2020, 5142)}


@pytest.fixture(scope="module")
def dollars(tmp_path_factory):
    """(year, row of the spreadsheet) -> our dollars, from a release of the spreadsheets and the rates."""
    folder = tmp_path_factory.mktemp("unhcr")
    for source, table in (("project_transactions", "transaction"), ("trust_fund_projects", "activity")):
        (folder / "raw" / source).mkdir(parents=True)
        for year in YEARS:
            shutil.copyfile(REAL / "iati-tables" / f"unhcr_{year}" / f"iati_{table}.xlsx", folder / "raw" / source / f"{year}.xlsx")
    shutil.copyfile(PROJECT / "examples" / "unhcr-transactions.mapping.yml", folder / "raw" / "project_transactions" / "_mapping.yml")
    shutil.copyfile(PROJECT / "examples" / "unhcr-projects.mapping.yml", folder / "raw" / "trust_fund_projects" / "_mapping.yml")
    (folder / "raw" / "exchange_rates").mkdir()
    shutil.copyfile(REAL / "rates" / "imf_monthly_average_usd_per_unit.csv", folder / "raw" / "exchange_rates" / "imf.csv")
    (folder / "raw" / "exchange_rates" / "_mapping.yml").write_text("constants: {rate_kind: monthly_average}\n")
    run = [str(Path(sys.executable).with_name("techcoop")), "run", "--json", "--raw", str(folder / "raw"), "--home", str(folder / "warehouse")]
    process = subprocess.run(run, env=os.environ, text=True, capture_output=True)
    assert process.returncode == 0, process.stderr[-2000:]
    said = json.loads(process.stdout.splitlines()[-1])
    assert (said["rows_delivered"], said["rows_quarantined"]) == (15413 + 348 + 17143, 0)
    with duckdb.connect(str(folder / "warehouse" / "techcoop.duckdb"), read_only=True) as connection:
        rows = connection.execute(
            """select cast(regexp_extract(source_file, '(\\d{4})\\.xlsx', 1) as integer), _source_row, amount_usd, fx_source
            from marts.fct_spending join audit.deliveries on delivery_id = _delivery_id"""
        ).fetchall()
    return {(year, row): (usd, source) for year, row, usd, source in rows}


def test_every_conversion_is_within_five_per_cent_of_the_publishers_own_but_for_those_named(dollars):
    compared, off, unconverted = 0, set(), set()
    for year in YEARS:
        table = read(REAL / "iati-tables" / f"unhcr_{year}" / "iati_transaction.xlsx").frame
        wanted = ["_source_row", "transaction_value_currency", "transaction_value_USD"]
        for row, currency, own in table.select(wanted).collect().iter_rows():
            if currency == "USD" or own is None:
                continue
            compared += 1
            usd, source = dollars[year, row]
            if usd is None:
                unconverted.add((year, row))
                continue
            assert source is not None
            if abs(usd / Decimal(own) - 1) > Decimal("0.05"):
                off.add((year, row))
    assert compared == 1903
    assert unconverted == WITHOUT_A_RATE and off == IN_THE_FALL_OF_THE_KRONE


def test_dollars_stay_dollars(dollars):
    assert sum(source == "identity" for _, source in dollars.values()) == len(dollars) - 1903
