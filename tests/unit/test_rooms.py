"""Arrows between rooms go down only, and no module imports itself in a circle."""

import ast
from collections.abc import Iterator
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

from pipelines import settings

# From the faces of the program down to what everybody leans on; docs/architecture.md draws the same order.
ROOMS = (
    "cli", "definitions", "defs", "site", "exports", "ask", "release", "dbt", "validate", "landing", "judging", "iati", "mapping", "reading",
    "contracts", "shapes", "makers", "sealed", "engine", "storage", "settings", "processes",
)  # fmt: skip
MODULES = {
    ".".join(file.relative_to(settings.PROJECT).with_suffix("").parts).removesuffix(".__init__"): file
    for file in sorted((settings.PROJECT / "pipelines").rglob("*.py"))
}


def imports(file: Path, only_at_once: bool = False) -> Iterator[str]:
    """Modules of ours that a file imports; `only_at_once` leaves out what is imported inside functions or for type checkers."""
    tree = ast.parse(file.read_text(encoding="utf-8"))
    for node in tree.body if only_at_once else ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name in MODULES)
        elif isinstance(node, ast.ImportFrom):
            for alias in node.names:
                named = f"{node.module}.{alias.name}"
                if named in MODULES or node.module in MODULES:
                    yield named if named in MODULES else str(node.module)


def room(module: str) -> str:
    """The room of a module: the first name below the package."""
    return module.split(".")[1]


def test_every_room_has_its_place():
    assert {room(module) for module in MODULES if module != "pipelines"} == set(ROOMS)


@pytest.mark.parametrize("module", [module for module in MODULES if module != "pipelines"])
def test_arrows_go_down_only(module):
    upward = [name for name in imports(MODULES[module]) if name != "pipelines" and ROOMS.index(room(name)) < ROOMS.index(room(module))]
    assert upward == [], f"{module} stands below {upward}: move what both need into the lower room"


def test_no_circle():
    graph = {module: set(imports(file, only_at_once=True)) - {module, "pipelines"} for module, file in MODULES.items()}
    assert list(TopologicalSorter(graph).static_order())
