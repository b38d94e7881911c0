"""The exports of the data that the project ships hold what its marts hold."""

import json
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import duckdb
import frictionless
import openpyxl
import pytest

CUT = "The first "
MONEY = ("amount_usd", "value", "total_value")


def marts(warehouse) -> list[str]:
    return [name for (name,) in warehouse.ask("select distinct table_name from duckdb_columns() where schema_name = 'marts' order by 1")[1]]


def release_of(warehouse) -> Path:
    return (warehouse.home / "current").resolve()


def test_every_mart_is_there_as_parquet_and_equals_it(shipped):
    release = release_of(shipped)
    written = sorted(path.stem for path in (release / "parquet").iterdir())
    assert written == marts(shipped)
    with duckdb.connect(str(release / "techcoop.duckdb"), read_only=True) as connection:
        for mart in written:
            of_file, of_mart = f"select * from read_parquet('{release}/parquet/{mart}.parquet')", f"select * from marts.{mart}"
            assert connection.execute(f"describe {of_file}").fetchall() == connection.execute(f"describe {of_mart}").fetchall(), mart
            different = f"select count(*) from (({of_file} except all {of_mart}) union all ({of_mart} except all {of_file}))"
            assert connection.execute(different).fetchone() == (0,), mart


def test_data_package_of_the_release_is_valid(shipped):
    report = frictionless.validate(str(release_of(shipped) / "datapackage.json"), limit_rows=2000)
    assert report.valid, report.flatten(["type", "note"])[:10]


def test_data_package_describes_every_column_and_names_the_terms_of_every_source(shipped):
    package = json.loads((release_of(shipped) / "datapackage.json").read_text())
    tables = [resource for resource in package["resources"] if resource["path"].startswith("csv/")]
    assert sorted(resource["name"] for resource in tables) == marts(shipped)
    missing = [(table["name"], field["name"]) for table in tables for field in table["schema"]["fields"] if not field["description"]]
    assert missing == []
    assert [source for source in package["sources"] if source["title"] == source["delivery"]] == [], "no provenance beside it"


def test_cube_adds_to_the_shares(shipped):
    sql = """
        with cube as (select * from read_csv('{release}/data_cube.csv', all_varchar = true)),
        added as (
            select record_basis, book, measure, entity, instrument, year, sum(cast(amount as decimal(18, 2))) as amount from cube group by all
        ),
        shares as (
            select record_basis, book, measure, entity, funding_source as instrument, cast(fiscal_year as varchar) as year,
                sum(cast(value as decimal(18, 2))) as amount
            from marts.shares_by_subprogramme where funding_level = 2 and unit = 'USD' and value is not null group by all
        )
        select * from (select *, 'cube' as side from added except all select *, 'cube' from shares)
        union all select * from (select *, 'shares' as side from shares except all select *, 'shares' from added)
    """
    assert shipped.ask(sql.replace("{release}", str(release_of(shipped))))[1] == []


def test_sdmx_reads_back_as_the_indicators(shipped):
    from pysdmx.io import get_datasets

    (dataset,) = get_datasets(release_of(shipped) / "sdmx" / "indicators.csv")
    read = sorted(
        (row.INDICATOR, row.BOOK, row.ENTITY, row.DIMENSION_VALUE, str(row.PERIOD_START), Decimal(str(row.OBS_VALUE))) for row in dataset.data.itertuples()
    )
    sql = """select indicator, book, entity, dimension_value, cast(period_start as varchar), value from marts.indicators where value is not null"""
    wanted = sorted((*names, value) for *names, value in shipped.ask(sql)[1])
    assert [row[:5] for row in read] == [row[:5] for row in wanted]
    assert all(abs(one[5] - other[5]) <= abs(other[5]) / 10**12 for one, other in zip(read, wanted, strict=True))


def totals_of(workbook: Path) -> Iterator[tuple[str, str, Decimal]]:
    """The sum of each column of money on each sheet that is whole."""
    for sheet in openpyxl.load_workbook(workbook, read_only=True, data_only=True):
        rows = sheet.iter_rows(values_only=True)
        if sheet.title in ("About", "Columns") or str(next(rows)[0]).startswith(CUT):
            continue
        header = next(rows)
        wanted = [number for number, name in enumerate(header) if name in MONEY]
        sums = dict.fromkeys(wanted, Decimal(0))
        for row in rows:
            for number in wanted:
                sums[number] += Decimal(str(row[number] or 0))
        yield from ((sheet.title, header[number], total) for number, total in sums.items())


def assert_totals(warehouse, workbook: Path) -> None:
    found = list(totals_of(workbook))
    assert len(found) >= 8
    for table, column, total in found:
        if table in marts(warehouse):
            wanted = warehouse.one(f"select coalesce(sum({column}), 0) from marts.{table}")[0]
            assert abs(total - Decimal(wanted)) < Decimal("0.01"), (table, column)


def test_workbook_has_the_totals_of_the_marts_and_no_formula(shipped):
    assert_totals(shipped, release_of(shipped) / "techcoop.xlsx")


@pytest.mark.slow
def test_workbook_opens_in_libreoffice_with_the_same_totals(shipped, tmp_path):
    import shutil
    import subprocess

    office = shutil.which("soffice") or shutil.which("libreoffice")
    if office is None:
        pytest.skip("LibreOffice is not installed here (apt-get install libreoffice-calc): the workbook was not opened with it")
    converted = subprocess.run(
        [office, "--headless", f"-env:UserInstallation=file://{tmp_path}/profile", "--convert-to", "ods:calc8", "--outdir", str(tmp_path),
         str(release_of(shipped) / "techcoop.xlsx")],
        capture_output=True, text=True, timeout=600,
    )  # fmt: skip
    assert (tmp_path / "techcoop.ods").exists(), converted.stderr
    again = subprocess.run(
        [office, "--headless", f"-env:UserInstallation=file://{tmp_path}/profile", "--convert-to", "xlsx:Calc MS Excel 2007 XML", "--outdir",
         str(tmp_path), str(tmp_path / "techcoop.ods")],
        capture_output=True, text=True, timeout=600,
    )  # fmt: skip
    assert (tmp_path / "techcoop.xlsx").exists(), again.stderr
    assert_totals(shipped, tmp_path / "techcoop.xlsx")
