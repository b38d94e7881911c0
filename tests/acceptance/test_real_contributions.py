"""Contributions to the trust funds of two regional commissions, tabulated from the financial statements, through the example mapping; where at hand."""

import csv
import json
import os
import shutil
import subprocess
import sys
from collections import defaultdict
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from pipelines import settings
from pipelines.mapping.load import load_mapping

NAME = "un_trust_fund_contributions_by_donor.csv"
FILE = settings.PROJECT.parent / "shared" / "reference" / NAME
EXAMPLE = settings.PROJECT / "examples" / "un-trust-fund-contributions-by-donor.mapping.yml"


def test_the_example_mapping_loads():
    constants = {name: constant.text for name, constant in load_mapping(EXAMPLE).constants.items()}
    assert (constants["movement"], constants["record_basis"]) == ("contribution", "published")


@pytest.fixture(scope="module")
def lines():
    """The file as it lies there, read without any of our code."""
    if not FILE.exists():
        pytest.skip(f"{FILE} is not at hand: the example mapping is loaded, but not tried on the real file")
    with FILE.open(encoding="utf-8", newline="") as rows:
        return list(csv.DictReader(rows))


@pytest.fixture(scope="module")
def released(lines, tmp_path_factory):
    """A release of that file alone, with the mapping beside it."""
    folder = tmp_path_factory.mktemp("contributions")
    raw = folder / "raw" / "fund_movements"
    raw.mkdir(parents=True)
    shutil.copyfile(FILE, raw / NAME)
    shutil.copyfile(EXAMPLE, raw / f"{NAME}.mapping.yml")
    environment = os.environ | {"TECHCOOP_HOME": str(folder / "warehouse"), "TECHCOOP_RAW_DIR": str(folder / "raw")}
    techcoop = [str(Path(sys.executable).with_name("techcoop")), "run", "--json"]
    process = subprocess.run(techcoop, env=environment, text=True, capture_output=True, check=False)
    assert process.returncode == 0, process.stdout[-2000:] + process.stderr[-2000:]
    said = json.loads(process.stdout.splitlines()[-1])
    assert (said["rows_delivered"], said["rows_loaded"], said["rows_quarantined"]) == (len(lines), len(lines), 0)
    with duckdb.connect(str(folder / "warehouse" / "techcoop.duckdb"), read_only=True) as connection:
        yield connection


def test_every_line_arrives_with_its_sign_and_its_cents(lines, released):
    facts = released.execute("select entity, fund_code, fiscal_year, contributor, amount_usd from marts.fct_fund_movements").fetchall()
    given = [(row["entity"], row["fund_code"], int(row["year"]), row["contributor"], Decimal(row["contribution_usd"])) for row in lines]
    assert sorted(facts) == sorted(given)
    negative = [amount for *_, amount in facts if amount < 0]
    assert len(negative) == sum(row["contribution_usd"].startswith("-") for row in lines) > 0
    assert sum(negative) == sum(Decimal(row["contribution_usd"]) for row in lines if row["contribution_usd"].startswith("-"))


def test_funds_add_to_what_the_file_adds_to(lines, released):
    expected = defaultdict(Decimal)
    for row in lines:
        expected[row["entity"], row["fund_code"], int(row["year"])] += Decimal(row["contribution_usd"])
    mobilised = released.execute(
        "select entity, fund_code, fiscal_year, contributed_usd, balance_usd from marts.resource_mobilisation where level = 'fund'"
    ).fetchall()
    assert {(entity, fund, year): contributed for entity, fund, year, contributed, _ in mobilised} == expected
    assert {balance for *_, balance in mobilised} == {None}, "the file has no opening balance"


def test_donors_add_to_the_entity_and_a_country_is_one_donor_under_all_its_names(lines, released):
    by_donor = released.execute(
        """select entity, fiscal_year, donor, value from marts.shares_by_donor
           where measure = 'contribution_usd' and funding_level = 2"""
    ).fetchall()
    totals, turkey = defaultdict(Decimal), defaultdict(Decimal)
    for row in lines:
        totals[row["entity"], int(row["year"])] += Decimal(row["contribution_usd"])
        if row["contributor"] in ("Turkey", "Türkiye"):
            turkey[row["entity"], int(row["year"])] += Decimal(row["contribution_usd"])
    found = defaultdict(Decimal)
    for entity, year, _, value in by_donor:
        found[entity, year] += value
    assert found == totals
    assert {(entity, year): value for entity, year, donor, value in by_donor if donor == "TR"} == turkey
