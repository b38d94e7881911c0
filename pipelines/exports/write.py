"""Every file of a release's exports, from its checked database."""

from __future__ import annotations

import os
from collections.abc import Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

import duckdb
import yaml

from pipelines.dbt.described import described
from pipelines.exports.cube import COLUMNS as CUBE_COLUMNS
from pipelines.exports.cube import write_cube
from pipelines.exports.datapackage import File, write_datapackage
from pipelines.exports.sdmx import ATTRIBUTES, DIMENSIONS, write_indicators
from pipelines.exports.tables import MOST_CSV_ROWS, MOST_PARQUET_ROWS, Mart, marts_of, write_csv, write_parquet
from pipelines.exports.workbook import write_workbook
from pipelines.release.public import Edition, open_public

WORKBOOK = "techcoop.xlsx"
CUBE = "data_cube.csv"
INDICATORS = "sdmx/indicators.csv"


@dataclass(frozen=True, kw_only=True)
class Standing:
    """Files of the release before that say what they would say now.

    Attributes:
        folder: of that release.
        tables: marts, `marts.name`, that hold what they held then.
    """

    folder: Path
    tables: Collection[str]

    def gives(self, mart: Mart, target: Path) -> bool:
        """Put the file of an unchanged mart under the name it has here, too; released files are read-only, and replaced, never written in place."""
        before = self.folder / target.parent.name / target.name
        if f"marts.{mart.name}" not in self.tables or not before.exists():
            return False
        with suppress(OSError):
            os.link(before, target)
        return target.exists()


def write_exports(database: Path, folder: Path, *, edition: Edition, manifest: Path, raw_root: Path, standing: Standing | None = None) -> None:
    """Write Parquet and CSV per mart, the workbook, the data cube, SDMX and the data package over them.

    Restricted rows are not among them. A file that would be too large is left out, and the package says so.

    Args:
        database: the checked build file; opened read-only.
        folder: of the release.
        edition: the release.
        manifest: of the dbt project that built it: what tables and columns mean.
        raw_root: the folder of deliveries, beside which their provenance may lie.
        standing: what need not be written again; such a file names in its footer the release since which it stands.
    """
    for made in ("parquet", "csv", "sdmx"):
        (folder / made).mkdir(parents=True, exist_ok=True)
    with open_public(database, spill=folder / "spill") as connection:
        left_out: dict[str, str] = {}
        marts = [_write_mart(connection, folder, mart, edition, left_out, standing) for mart in marts_of(connection, described(manifest))]
        sheets = write_workbook(connection, folder / WORKBOOK, sorted(marts, key=_answers_first), edition)
        for mart in marts:
            if sheets[mart.name] < mart.rows:
                left_out[f"{WORKBOOK}#{mart.name}"] = f"the sheet holds the first {sheets[mart.name]} of {mart.rows} rows"
        bases = sorted({basis for mart in marts for basis in mart.record_bases})
        files = [File(path=WORKBOOK, title="All marts as one workbook for reading", record_bases=bases, columns={})]
        rows, bases = write_cube(connection, folder / CUBE, edition)
        files.append(File(path=CUBE, title="Money in the shape of the UN data cube", record_bases=bases, columns=_cube_columns(), rows=rows))
        if any(mart.name == "indicators" for mart in marts):
            rows, bases = write_indicators(connection, folder / INDICATORS, edition)
            files.append(File(path=INDICATORS, title="Indicators as SDMX-CSV 2.0", record_bases=bases, columns=_sdmx_columns(), rows=rows))
        else:
            (folder / "sdmx").rmdir()
        sources = _sources(connection, raw_root)
    write_datapackage(folder, edition, marts, files, sources, left_out)


def _write_mart(connection: duckdb.DuckDBPyConnection, folder: Path, mart: Mart, edition: Edition, left_out: dict[str, str], standing: Standing | None) -> Mart:
    """Write a mart's own files; returns it with the file from which the others are written: it is in order, and a view need not be read again."""
    said = {
        "release": edition.release_id,
        "as_of": str(edition.as_of),
        "record_basis": ", ".join(mart.record_bases) or "none: a list of codes",
        "licence": edition.licence,
        "table": f"marts.{mart.name}",
    }
    why = "{rows} rows are more than the {most} that are written; read marts.{mart} in techcoop.duckdb"
    if mart.restricted:
        # A Parquet file is taken for the table itself; one that lacks rows would pass for it.
        left_out[f"parquet/{mart.name}.parquet"] = (
            f"{mart.restricted} rows are restricted, and a Parquet file is the whole mart; csv has the rows that may leave"
        )
    elif mart.rows <= MOST_PARQUET_ROWS:
        file = folder / "parquet" / f"{mart.name}.parquet"
        if standing is None or not standing.gives(mart, file):
            write_parquet(connection, mart, file, said)
        mart = replace(mart, file=file)
    else:
        left_out[f"parquet/{mart.name}.parquet"] = why.format(rows=mart.rows, most=MOST_PARQUET_ROWS, mart=mart.name)
    if mart.rows <= MOST_CSV_ROWS:
        file = folder / "csv" / f"{mart.name}.csv"
        if standing is None or not standing.gives(mart, file):
            write_csv(connection, mart, file)
    else:
        left_out[f"csv/{mart.name}.csv"] = why.format(rows=mart.rows, most=MOST_CSV_ROWS, mart=mart.name)
    return mart


def _answers_first(mart: Mart) -> tuple[int, str]:
    """Who opens the workbook looks for answers, then for the facts behind them, then for what codes mean."""
    return ("fct_", "dim_").index(mart.name[:4]) + 1 if mart.name[:4] in ("fct_", "dim_") else 0, mart.name


def _sources(connection: duckdb.DuckDBPyConnection, raw_root: Path) -> list[Mapping[str, str]]:
    """What the loaded deliveries say of themselves: the provenance beside each, where somebody wrote one."""
    loaded = "select distinct source_file, source_sha256 from audit.deliveries where status = 'loaded' order by all"
    found = []
    for source_file, sha256 in connection.execute(loaded).fetchall():
        beside = raw_root / f"{source_file}.provenance.yml"
        told = yaml.safe_load(beside.read_text("utf-8")) if beside.exists() else {}
        said = {"title": str(told.get("title") or source_file), "delivery": source_file, "hash": f"sha256:{sha256}"}
        found.append({**said, "licence": str(told.get("licence") or "not stated")})
    return found


def _cube_columns() -> dict[str, tuple[str, str]]:
    kinds = {"year": "integer", "amount": "number"}
    return {name: (kinds.get(name, "string"), told) for name, told in CUBE_COLUMNS.items()}


def _sdmx_columns() -> dict[str, tuple[str, str]]:
    names = ("STRUCTURE", "STRUCTURE_ID", "ACTION", *DIMENSIONS, "OBS_VALUE", *ATTRIBUTES)
    kinds = {"OBS_VALUE": "number", "PERIOD_START": "date", "PERIOD_END": "date"}
    roles = {**dict.fromkeys(DIMENSIONS, "dimension"), **dict.fromkeys(ATTRIBUTES, "attribute"), "OBS_VALUE": "the observation"}
    return {name: (kinds.get(name, "string"), roles.get(name, "SDMX-CSV")) for name in names}
