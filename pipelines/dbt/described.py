"""What each table and column means, read from where it is written once: the dbt project's manifest."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

# A column ends in its unit or scheme; the first ending that fits counts.
UNITS = {
    "_usd": "US dollars",
    "_pct": "per cent",
    "adviser_days": "days",
    "_days": "days",
    "_hours": "hours",
    "_year": "calendar year, or the year in which a longer period ends",
    "_on": "day",
    "_date": "day",
    "_at": "time (UTC)",
    "_rows": "rows",
    "_count": "number",
}
# The generic tests that guard a key, and the argument that names it.
KEY_TESTS = {"rows_are_sound": "key", "key_is_unique": "columns"}


@dataclass(frozen=True, kw_only=True)
class Column:
    """A column as its model declares it."""

    name: str
    type: str
    description: str

    @property
    def unit(self) -> str:
        """Its unit, where the name ends in one."""
        return next((unit for ending, unit in UNITS.items() if self.name.endswith(ending)), "")


@dataclass(frozen=True, kw_only=True)
class Table:
    """A table of the release as its model declares it.

    Attributes:
        schema: the layer.
        name: of the table, without its schema.
        description: its first sentence says what one row is.
        columns: by name, in their order.
        key: the columns that name one row; empty where none do.
        path: of the file that defines it, within the dbt project.
        feeds: the tables, as `schema.name`, that it reads.
    """

    schema: str
    name: str
    description: str
    columns: dict[str, Column]
    key: tuple[str, ...]
    path: str
    feeds: tuple[str, ...]

    @property
    def grain(self) -> str:
        """What one row is."""
        return self.description.split(". ")[0].rstrip(".") + "."


def read(manifest: Path) -> dict[str, Any]:
    """The manifest, in which a column that its model does not describe means what the docs block of its name says: a meaning is written once."""
    project = json.loads(manifest.read_text("utf-8"))
    meanings = {block["name"]: block["block_contents"] for block in project.get("docs", {}).values()}
    for node in project["nodes"].values():
        for name, column in node.get("columns", {}).items():
            column["description"] = column["description"] or meanings.get(name, "")
    return project


def described(manifest: Path) -> dict[str, Table]:
    """Every model and seed by `schema.table`.

    Args:
        manifest: dbt's, of the project that built the release.
    """
    nodes = read(manifest)["nodes"]
    keys: dict[str, tuple[str, ...]] = {}
    for node in nodes.values():
        if node["resource_type"] == "test" and (key := _key(node.get("test_metadata") or {})):
            keys.setdefault(node.get("attached_node") or "", key)
    names = {unique_id: f"{node['schema']}.{node.get('alias') or node['name']}" for unique_id, node in nodes.items()}
    return {
        names[unique_id]: Table(
            schema=node["schema"],
            name=names[unique_id].split(".")[1],
            description=" ".join(node["description"].split()),
            columns={
                name: Column(name=name, type=column.get("data_type") or "", description=" ".join(column["description"].split()))
                for name, column in node["columns"].items()
            },
            key=keys.get(unique_id, ()),
            path=node["original_file_path"],
            feeds=tuple(sorted(names[source] for source in node.get("depends_on", {}).get("nodes", ()) if source in names)),
        )
        for unique_id, node in nodes.items()
        if node["resource_type"] in ("model", "seed")
    }


def _key(test: dict) -> tuple[str, ...]:
    """The key that a test guards; nothing where it guards something else."""
    argument = KEY_TESTS.get(test.get("name", ""), "")
    return tuple(test.get("kwargs", {}).get(argument) or ())
