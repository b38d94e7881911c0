"""What a build must make anew: the tables, views and tests whose text, or whose input, differs from what made those of the release before.

Two fingerprints per node. Its *structure* is all text that it is made of: its SQL, the macros that it calls, its configuration, the versions of dbt
and DuckDB, and the structures of what it reads, down to the columns of landed tables. Its *content* adds what was landed. A table stands while both
are the same; a view while its structure is, since it reads whatever its tables hold.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Set
from dataclasses import dataclass
from functools import lru_cache
from graphlib import TopologicalSorter
from importlib.metadata import version
from typing import Any

from pipelines.shapes.landed import REJECTED, Landed

BUILT = ("model", "seed", "test")
# How a node is told that stands.
CARRIED = "carried"
# What decides how a model becomes a table, beside its text.
ENGINE = ("dbt-core", "dbt-adapters", "dbt-duckdb", "duckdb")
# Macros that dbt calls without being asked to: no node names them.
UNNAMED_MACROS = ("ref", "source", "generate_schema_name", "generate_alias_name")
# Landed tables that speak of the run itself; what reads them is made in every run.
OF_THE_RUN = ("run_parameters", "previous_figures")
# Rows that are rejected with their activity are told under these names.
OF_ACTIVITIES = ("iati_activities", "merged_activities")


@dataclass(frozen=True, kw_only=True)
class Made:
    """What a node was made from, and by which run.

    Attributes:
        structure: hash of the text.
        content: hash of the text and of what was landed.
        made_in: the run.
    """

    structure: str
    content: str
    made_in: str


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What a run builds and what it carries over.

    Attributes:
        made: what each node of this run is made from; carried ones name the run that made them.
        anew: unique ids of the nodes to build, among them those of the run.
        of_the_run: those that are built in every run, since they speak of it.
        relations: `schema.name` of each seed, and of each model that is a table or a view.
        names: what dbt selects each node by.
        reads: the nodes that each node reads, through models that are no table nor view themselves.
        unchanged: tables and views, `schema.name`, that hold what they held in the release before, whether built anew or not.
    """

    made: Mapping[str, Made]
    anew: frozenset[str]
    of_the_run: frozenset[str]
    relations: Mapping[str, str]
    names: Mapping[str, str]
    reads: Mapping[str, frozenset[str]]
    unchanged: frozenset[str]

    @property
    def carried(self) -> frozenset[str]:
        """Unique ids of the nodes that stand."""
        return frozenset(self.made) - self.anew

    @property
    def models_built(self) -> int:
        """Seeds and models that are built because something has changed."""
        return len((self.anew - self.of_the_run) & self.relations.keys())

    @property
    def models_carried(self) -> int:
        """Seeds and models that stand."""
        return len(self.carried & self.relations.keys())


def plan(project: Mapping[str, Any], landed: Landed, run_id: str, before: Mapping[str, Made], standing: Iterable[str]) -> Plan:
    """Decide node by node.

    Args:
        project: dbt's manifest.
        landed: what dbt will read.
        run_id: of this run.
        before: what the nodes of the release before were made from, by unique id.
        standing: relations (`schema.name`) of that release, and unique ids of the tests of which its results are at hand.
    """
    prints = _prints(project, landed)
    there = frozenset(standing)
    nodes = {unique_id: node for unique_id, node in project["nodes"].items() if _is_built(node)}
    relations = {unique_id: f"{node['schema']}.{node['alias']}" for unique_id, node in nodes.items() if node["resource_type"] != "test"}
    of_the_run = frozenset(unique_id for unique_id in nodes if prints[unique_id].is_of_the_run)
    made = {}
    for unique_id, node in nodes.items():
        structure, content = prints[unique_id].structure, prints[unique_id].content
        known = before.get(unique_id)
        stands = (
            known is not None
            and unique_id not in of_the_run
            and relations.get(unique_id, unique_id) in there
            and structure == known.structure
            and (content == known.content or node["config"]["materialized"] == "view")
        )
        made[unique_id] = Made(structure=structure, content=content, made_in=known.made_in if known and stands else run_id)
    anew = frozenset(unique_id for unique_id, one in made.items() if one.made_in == run_id)
    names = {unique_id: node["name"] for unique_id, node in nodes.items()}
    reads = {unique_id: frozenset(_read_in_the_end(project["nodes"], unique_id)) for unique_id in nodes}
    unchanged = frozenset(name for one, name in relations.items() if one in before and before[one].content == made[one].content)
    return Plan(made=made, anew=anew, of_the_run=of_the_run, relations=relations, names=names, reads=reads, unchanged=unchanged)


def with_carried(finished: Iterable[Mapping[str, Any]], decided: Plan) -> Iterator[Mapping[str, Any]]:
    """The nodes of a build as they finish, and those that stand, each with `status` `carried`, after all that it reads."""
    waiting: dict[str, set[str | None]] = {unique_id: set(decided.reads[unique_id]) for unique_id in sorted(decided.carried)}

    def after(done: str | None) -> Iterator[Mapping[str, Any]]:
        for reads in waiting.values():
            reads.discard(done)
        free = [one for one, reads in waiting.items() if not reads]
        for one in free:
            del waiting[one]
        for one in free:
            yield {"unique_id": one, "status": CARRIED}
            yield from after(one)

    yield from after(None)
    for told in finished:
        yield told
        yield from after(told["unique_id"])


def _read_in_the_end(nodes: Mapping[str, Any], unique_id: str) -> Iterator[str]:
    for one in _reads(nodes[unique_id]):
        if one in nodes:
            yield from [one] if _is_built(nodes[one]) else _read_in_the_end(nodes, one)


def _is_built(node: Mapping[str, Any]) -> bool:
    return node["resource_type"] in BUILT and node["config"]["materialized"] != "ephemeral"


@dataclass(frozen=True, kw_only=True)
class _Print:
    """Fingerprints of a node or a landed table, and whether it speaks of the run itself."""

    structure: str
    content: str
    is_of_the_run: bool


def _prints(project: Mapping[str, Any], landed: Landed) -> dict[str, _Print]:
    """Fingerprints of all that is built, and of what it reads, in an order in which each finds what it reads."""
    nodes = {unique_id: node for unique_id, node in project["nodes"].items() if node["resource_type"] in BUILT}
    calls = _calls(project["macros"])
    everywhere = _hash(_engine(), *(_with_called(project["macros"], calls, [one]) for one in _unnamed(project)))
    found: dict[str, _Print] = {}
    for unique_id in TopologicalSorter({one: _reads(node) for one, node in nodes.items()}).static_order():
        if unique_id not in nodes:
            table = project["sources"][unique_id]["name"]
            found[unique_id] = _Print(structure=landed.structures[table], content=landed.contents[table], is_of_the_run=table in OF_THE_RUN)
            continue
        node = nodes[unique_id]
        reads = _reads(node)
        said = [node.get(part) for part in ("raw_code", "config", "contract", "checksum", "alias", "schema", "resource_type", "test_metadata")]
        text = _hash(json.dumps(said, sort_keys=True), _with_called(project["macros"], calls, node["depends_on"]["macros"]))
        structure = _hash(everywhere, text, *(found[one].structure for one in reads))
        tables = {one: project["sources"][one]["name"] for one in reads if one in project["sources"]}
        rejected = _seen_rejected(set(tables.values()) - {REJECTED}, landed)
        contents = [rejected if rejected and tables.get(one) == REJECTED else found[one].content for one in reads]
        found[unique_id] = _Print(
            structure=structure,
            content=_hash(structure, *contents),
            is_of_the_run=bool(node["config"].get("meta", {}).get("of_the_run")) or any(found[one].is_of_the_run for one in reads),
        )
    return found


def _seen_rejected(tables: Set[str], landed: Landed) -> str:
    """Of the rejected rows that a model sees: those of the landed tables that it reads beside them; nothing where it reads no other."""
    seen = tables | set(OF_ACTIVITIES if any(table.startswith("iati_") for table in tables) else ())
    return _hash(*(f"{name} {landed.rejected.get(name, '')}" for name in sorted(seen))) if tables else ""


def _calls(macros: Mapping[str, Any]) -> dict[str, set[str]]:
    """Which macros each calls; which one of a dispatched macro's is called says the engine, so all of them."""
    dispatched: dict[str, set[str]] = {}
    for unique_id, macro in macros.items():
        dispatched.setdefault(macro["name"].partition("__")[2], set()).add(unique_id)
    return {
        unique_id: set(macro["depends_on"]["macros"]) | (dispatched.get(macro["name"], set()) if "adapter.dispatch" in macro["macro_sql"] else set())
        for unique_id, macro in macros.items()
    }


def _with_called(macros: Mapping[str, Any], calls: Mapping[str, set[str]], names: Iterable[str]) -> str:
    """Of the text of some macros and of all that they call."""
    ahead, reached = set(names), set()
    while ahead:
        reached |= ahead
        ahead = set().union(*(calls.get(one, ()) for one in ahead)) - reached
    return _hash(*(f"{one} {macros[one]['macro_sql']}" for one in sorted(reached & macros.keys())))


def _unnamed(project: Mapping[str, Any]) -> list[str]:
    own = project["metadata"]["project_name"]
    return sorted(one for one, macro in project["macros"].items() if macro["package_name"] == own and macro["name"] in UNNAMED_MACROS)


def _reads(node: Mapping[str, Any]) -> list[str]:
    return sorted(set(node["depends_on"].get("nodes", ())))


@lru_cache
def _engine() -> str:
    from pipelines import settings

    configuration = [(settings.DBT_PROJECT / name).read_text("utf-8") for name in ("dbt_project.yml", "profiles.yml")]
    return _hash(*(f"{name} {version(name)}" for name in ENGINE), *configuration)


def _hash(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()
