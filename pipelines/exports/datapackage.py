"""`datapackage.json` (Frictionless Data Package 1.0): what every exported file holds, in words that a program reads."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipelines.exports.tables import Mart
from pipelines.release.files import write_json
from pipelines.release.public import DESIGNATIONS, RECORD_BASES, Edition

NAME = "technical-cooperation-warehouse"


@dataclass(frozen=True, kw_only=True)
class File:
    """A file beside the tables: the workbook, the cube, SDMX.

    Attributes:
        path: within the release.
        title: what it is.
        record_bases: of its rows.
        columns: of a CSV, name to (type, description); none for other formats.
        rows: of a CSV.
    """

    path: str
    title: str
    record_bases: Sequence[str]
    columns: Mapping[str, tuple[str, str]]
    rows: int | None = None


def write_datapackage(
    folder: Path, edition: Edition, marts: Sequence[Mart], files: Sequence[File], sources: Sequence[Mapping[str, str]], left_out: Mapping[str, str]
) -> None:
    """Write the package.

    Args:
        folder: of the release; files lie in it already.
        edition: the release.
        marts: those of which at least one file was written, or that `left_out` speaks of.
        files: the others.
        sources: what the deliveries say of themselves: title, path, licence.
        left_out: why a file is not there, by its path.
    """
    licence = {"name": "as-stated", "title": edition.licence}
    resources = [resource for mart in marts if (resource := _table(folder, mart, left_out)) is not None]
    resources += [_file(folder, file) for file in files]
    package = {
        "profile": "data-package",
        "name": NAME,
        "id": f"{NAME}/{edition.release_id}",
        "title": "Technical Cooperation Warehouse",
        "description": "Shares, indicators and facts of technical cooperation. Take totals within one book, record basis, measure and period type.",
        "version": edition.release_id,
        "created": f"{edition.made_at:%Y-%m-%dT%H:%M:%SZ}",
        "release": {"id": edition.release_id, "asOf": str(edition.as_of), "previous": edition.previous_id},
        "recordBases": RECORD_BASES,
        "licenses": [licence],
        "disclaimer": DESIGNATIONS,
        "sources": list(sources),
        "resources": [{**resource, "release": edition.release_id, "licenses": [licence]} for resource in resources],
        "leftOut": [{"path": path, "why": why} for path, why in sorted(left_out.items())],
    }
    write_json(folder / "datapackage.json", package)


def _table(folder: Path, mart: Mart, left_out: Mapping[str, str]) -> dict[str, Any] | None:
    """A mart's CSV with its schema; its Parquet file, which carries its types itself, stands beside it."""
    csv, parquet = folder / "csv" / f"{mart.name}.csv", folder / "parquet" / f"{mart.name}.parquet"
    twin = {"parquet": {"path": f"parquet/{parquet.name}", **_size(parquet)}} if parquet.exists() else {}
    if not csv.exists():
        return None
    fields = [_described(mart, name, kind) for name, kind in mart.columns.items()]
    schema: dict[str, Any] = {"fields": fields, "missingValues": [""]}
    if mart.table.key and set(mart.table.key) <= set(mart.columns):
        schema["primaryKey"] = list(mart.table.key)
    return {
        **_csv(f"csv/{csv.name}", mart.table.grain, mart.record_bases, schema, mart.rows),
        "name": mart.name,
        "description": mart.table.description,
        **_size(csv),
        **twin,
    }


def _file(folder: Path, file: File) -> dict[str, Any]:
    name, path = _name(file.path), folder / file.path
    if not file.columns:
        # `file`: a validator takes it as a whole, not as the table that its ending suggests.
        plain = {"name": name, "path": file.path, "type": "file", "title": file.title, "format": path.suffix[1:]}
        return {**plain, "recordBases": list(file.record_bases), **_size(path)}
    fields = [{"name": column, "type": kind, "description": told} for column, (kind, told) in file.columns.items()]
    return {**_csv(file.path, file.title, file.record_bases, {"fields": fields, "missingValues": [""]}, file.rows), "name": name, **_size(path)}


def _csv(path: str, title: str, record_bases: Sequence[str], schema: Mapping[str, Any], rows: int | None) -> dict[str, Any]:
    return {
        "path": path,
        "profile": "tabular-data-resource",
        "title": title,
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "rows": rows,
        "recordBases": list(record_bases),
        "schema": schema,
    }


def _described(mart: Mart, name: str, kind: str) -> dict[str, str]:
    told = mart.table.columns.get(name)
    unit = {"unit": told.unit} if told and told.unit else {}
    return {"name": name, "type": table_schema_type(kind), "description": told.description if told else "", **unit}


def table_schema_type(kind: str) -> str:
    """A DuckDB type in the words of Table Schema."""
    if "INT" in kind:
        return "integer"
    if kind.startswith(("DECIMAL", "DOUBLE", "FLOAT")):
        return "number"
    return {"BOOLEAN": "boolean", "DATE": "date"}.get(kind, "datetime" if kind.startswith("TIMESTAMP") else "string")


def _size(path: Path) -> dict[str, Any]:
    with path.open("rb") as content:
        digest = hashlib.file_digest(content, "sha256").hexdigest()
    return {"bytes": path.stat().st_size, "hash": f"sha256:{digest}"}


def _name(path: str) -> str:
    return path.lower().replace("/", "-").replace(".", "-").replace("_", "-")
