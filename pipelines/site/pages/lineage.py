"""dbt's own documentation of the project: every table and column with its description, and the lineage between them, in one file.

The page is the one that comes with dbt, with the manifest and the catalogue written into it. The catalogue is read from the release itself:
asking dbt for it costs as much as a small build. Its loader of analytics is taken out.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from importlib.metadata import distribution
from pathlib import Path
from typing import Any

from pipelines.site.page import File
from pipelines.site.reader import Reader

INDEX = "lineage/index.html"
PROJECT_KINDS = ("model", "seed", "source", "snapshot")
# What the page shows of a manifest; the rest is for dbt itself.
SECTIONS = ("metadata", "nodes", "sources", "macros", "docs", "exposures", "metrics", "groups", "semantic_models", "unit_tests", "saved_queries")
# The function of dbt's page that fetches and starts a tracker; the page goes on without it.
LOADER = re.compile(r"turn_on_tracking:function\(\)\{.*?\},fuzzUrls:", re.DOTALL)
TRACKERS = ("cloudfront", "sinter-collect", "sp.js")


def pages(reader: Reader) -> Iterator[File]:
    """One file, if the release comes with its project."""
    if reader.release.manifest is None:
        return
    manifest = json.loads(reader.release.manifest.read_text("utf-8"))
    shown = {section: manifest[section] for section in SECTIONS if section in manifest}
    project = manifest["metadata"]["project_name"]
    shown["macros"] = {name: macro for name, macro in manifest["macros"].items() if macro["package_name"] == project}
    yield File(path=INDEX, title="Data lineage (dbt)", section="Data and checks", content=page(shown, catalog(reader, manifest)))


def page(manifest: Mapping[str, Any], catalogue: Mapping[str, Any]) -> str:
    """dbt's page with a project and its tables written into it, and without what would tell others about its readers.

    Raises:
        ValueError: dbt's page is not the one known here, so that it might fetch something.
    """
    # Looked up, not imported: importing dbt takes seconds.
    text = without_analytics(Path(str(distribution("dbt-core").locate_file("dbt/task/docs/index.html"))).read_text("utf-8"))
    for place, content in (("MANIFEST.JSON", manifest), ("CATALOG.JSON", catalogue)):
        marker = f'"{place} INLINE DATA"'
        if marker not in text:
            raise ValueError(f"dbt's documentation page has no place for {place}: it has changed")
        # A text of ours must not end the script that it stands in.
        text = text.replace(marker, json.dumps(content, separators=(",", ":")).replace("</", "<\\/"))
    return text


def without_analytics(text: str) -> str:
    """dbt's page without its loader of analytics.

    Raises:
        ValueError: the loader is not where it was.
    """
    text, found = LOADER.subn("turn_on_tracking:function(){},fuzzUrls:", text)
    left = [word for word in TRACKERS if word in text]
    if found != 1 or left:
        raise ValueError(f"dbt's documentation page loads analytics otherwise than known ({', '.join(left) or 'no loader found'}): look before publishing it")
    return text


def catalog(reader: Reader, manifest: Mapping[str, Any]) -> dict[str, Any]:
    """What dbt calls a catalogue: the tables that are in the release, with the types of their columns."""
    tables: dict[tuple[str, str], dict[str, Any]] = {}
    for row in reader.rows(
        """select schema_name as schema, table_name as name, column_name as column, column_index as place, data_type as type from duckdb_columns()
           where database_name = 'release' and not internal order by schema_name, table_name, column_index"""
    ):
        columns = tables.setdefault((row["schema"], row["name"]), {})
        columns[row["column"]] = {"type": row["type"], "index": row["place"], "name": row["column"], "comment": None}
    nodes = {
        unique_id: {
            "metadata": {"type": "TABLE", "schema": node["schema"], "name": _relation(node), "database": None, "comment": None, "owner": None},
            "columns": tables[node["schema"], _relation(node)],
            "stats": {"has_stats": {"id": "has_stats", "label": "Has Stats?", "value": False, "include": False, "description": ""}},
            "unique_id": unique_id,
        }
        for unique_id, node in manifest["nodes"].items()
        if node["resource_type"] in PROJECT_KINDS and (node["schema"], _relation(node)) in tables
    }
    return {"metadata": {"generated_at": f"{reader.release.edition.made_at:%Y-%m-%dT%H:%M:%SZ}"}, "nodes": nodes, "sources": {}, "errors": None}


def _relation(node: Mapping[str, Any]) -> str:
    return node.get("alias") or node["name"]
