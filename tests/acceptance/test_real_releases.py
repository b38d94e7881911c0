"""One aid management system in two releases, as an activity file and as tables: what is loaded of both is the same money, project by project."""

import zipfile
from collections import defaultdict
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest

from pipelines.contracts.iati import TABLES
from pipelines.iati.activity_pass import activity_pass
from pipelines.landing.one_file import judge_file
from pipelines.mapping.load import load_mapping
from pipelines.shapes.delivery import Delivery

PROJECT = Path(__file__).resolve().parents[2]
REAL = PROJECT.parent / "shared" / "real"
TYPES = {"2": "commitment", "3": "disbursement"}
# Of Colombia two releases of tables exist. The activity file is made from the later one, in constant dollars; the earlier one has the same
# transactions in the dollars of their day, so that 511 of its 638 differ from it and 127 (those of the base year) do not.
RELEASES = [
    ("Colombia", "ColombiaAIMS_GeocodedResearchRelease_Level1_v1.1.1", 693, 638, 0),
    ("Colombia", "ColombiaAIMS_GeocodedResearchRelease_Level1_v1.1", 693, 638, 511),
    ("Senegal", "SenegalAIMS_GeocodedResearchRelease_Level1_v1.5.1", 701, 1324, 0),
    ("Uganda", "UgandaAIMS_GeocodedResearchRelease_Level1_v1.4.1", 1456, 2453, 0),
]


def of_activity_file(country, folder):
    """Identifiers, and money by project, type and currency."""
    path = REAL / "iati" / f"iati_2.03_{country}AIMS_GeocodedResearchRelease.xml"
    part = activity_pass(Delivery(source="iati", source_file=f"iati/{path.name}", path=path, sha256="0" * 64), folder)
    files = {table.name: table.files for table in part.tables}
    assert part.rows_quarantined == 0
    # AidData's identifiers are its own registration number and the system's number of the project.
    identifiers = {row.rsplit("-", 1)[1] for row in pl.read_parquet(list(files["iati_activities"]))["iati_identifier"]}
    money: dict = defaultdict(Decimal)
    transactions = pl.read_parquet(list(files["iati_transactions"])) if files["iati_transactions"] else pl.DataFrame(schema=TABLES["iati_transactions"].schema)
    for identifier, kind, currency, value in transactions.select("iati_identifier", "transaction_type", "currency", "value").rows():
        money[identifier.rsplit("-", 1)[1], TYPES[kind], currency] += value
    return identifiers, dict(money)


def of_tables(release, folder):
    """Money by project, type and currency."""
    with zipfile.ZipFile(REAL / "iati-tables" / f"{release}.zip") as archive:
        (folder / "transactions.csv").write_bytes(archive.read(f"{release}/data/transactions.csv"))
    delivery = Delivery(source="project_transactions", source_file="project_transactions/t.csv", path=folder / "transactions.csv", sha256="0" * 64)
    part = judge_file(delivery, load_mapping(PROJECT / "examples" / "aiddata-transactions.mapping.yml"), folder / "landing")
    assert part.rows_quarantined == 0
    money: dict = defaultdict(Decimal)
    for project, kind, currency, amount in pl.read_parquet(part.rows).select("project_id", "transaction_type", "currency", "amount").rows():
        money[project, kind, currency] += amount
    return dict(money)


@pytest.mark.parametrize(("country", "release", "projects", "sums", "different"), RELEASES, ids=[release for _, release, *_ in RELEASES])
def test_activity_file_and_tables_hold_the_same_money(country, release, projects, sums, different, tmp_path):
    if not (REAL / "iati-tables" / f"{release}.zip").exists():
        pytest.skip(f"{release} is not at hand")
    identifiers, published = of_activity_file(country, tmp_path / "iati")
    tables = {key: amount for key, amount in of_tables(release, tmp_path).items() if key[0] in identifiers}
    assert len(identifiers) == projects and len(published) == sums
    assert tables.keys() == published.keys()
    assert sum(tables[key] != amount for key, amount in published.items()) == different
