"""Arrows between rooms go down only, and no module imports itself in a circle."""

import ast
import re
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


# Where a library's insides may be leaned on; each says in which version they were read. All of dbt's are in its own room.
ADAPTERS = ("pipelines.defs.history", "pipelines.contracts.schema_rules", "pipelines.dbt")
# Columns of ours, what Python itself promises of named tuples, and the class by which lxml lets elements be declared.
NOT_PRIVATE = {"_delivery_id", "_source_file", "_source_row", "_source_sha256", "_loaded_at", "_activity_row", "_replace", "_asdict", "_Element"}


def is_private(name: str) -> bool:
    """Whether a name says of itself that it is nobody else's business."""
    return name.startswith("_") and not name.startswith("__") and name not in NOT_PRIVATE


def leans_on(file: Path) -> Iterator[str]:
    """Private modules, names and attributes of others that a file uses."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module not in MODULES:
            for name in [*str(node.module).split("."), *(alias.name for alias in node.names)]:
                if is_private(name):
                    yield f"{node.lineno}: {node.module}.{name}"
        elif isinstance(node, ast.Import):
            yield from (f"{node.lineno}: {alias.name}" for alias in node.names if any(map(is_private, alias.name.split("."))))
        elif isinstance(node, ast.Attribute) and is_private(node.attr):
            whose = ast.unparse(node.value)
            if whose not in ("self", "cls", "super()"):
                yield f"{node.lineno}: {whose}.{node.attr}"


@pytest.mark.parametrize("module", [module for module in MODULES if not module.startswith(ADAPTERS)])
def test_private_parts_are_left_alone(module):
    assert list(leans_on(MODULES[module])) == [], "use what is public, or move it into an adapter that names the version"


@pytest.mark.parametrize("module", ["pipelines.defs.history", "pipelines.contracts.schema_rules"])
def test_an_adapter_leans_on_something_and_names_the_version(module):
    assert list(leans_on(MODULES[module]))
    assert re.search(r"read in \w+ \d+\.\d+\.\d+", str(ast.get_docstring(ast.parse(MODULES[module].read_text(encoding="utf-8")))))


LONGEST_FUNCTION, LONGEST_PAGE = 60, 300


# Rooms whose functions all fit a screen.
@pytest.mark.parametrize("module", [module for module in MODULES if module != "pipelines"])
def test_functions_fit_a_screen(module):
    functions = (node for node in ast.walk(ast.parse(MODULES[module].read_text(encoding="utf-8"))) if isinstance(node, ast.FunctionDef))
    lengths = {node.name: node.end_lineno - node.lineno + 1 for node in functions}
    assert {name: lines for name, lines in lengths.items() if lines > LONGEST_FUNCTION} == {}


@pytest.mark.parametrize("module", [module for module in MODULES if module.startswith("pipelines.site")])
def test_pages_are_written_by_subject(module):
    assert len(MODULES[module].read_text(encoding="utf-8").splitlines()) <= LONGEST_PAGE
