"""What a build must make anew: the tables, views and tests whose text, or whose input, differs from what made those of the release before.

Two fingerprints per node. Its *structure* is all text that it is made of: its SQL, the macros that it calls, its configuration, the versions of dbt
and DuckDB, and the structures of what it reads, down to the columns of landed tables. Its *content* adds what was landed. A table stands while both
are the same; a view while its structure is, since it reads whatever its tables hold.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from importlib.metadata import version
from typing import Any

from pipelines.shapes.landed import REJECTED, Landed

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
    prints = _Prints(project, landed)
    there = frozenset(standing)
    nodes = {unique_id: node for unique_id, node in project["nodes"].items() if _is_built(node)}
    relations = {unique_id: f"{node['schema']}.{node['alias']}" for unique_id, node in nodes.items() if node["resource_type"] != "test"}
    of_the_run = frozenset(unique_id for unique_id in nodes if prints.is_of_the_run(unique_id))
    made = {}
    for unique_id, node in nodes.items():
        structure, content = prints.structure(unique_id), prints.content(unique_id)
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
    waiting = {unique_id: set(decided.reads[unique_id]) for unique_id in sorted(decided.carried)}

    def after(done: str | None) -> Iterator[Mapping[str, Any]]:
        free = [one for one, reads in waiting.items() if not (reads.discard(done) or reads)] if done else [one for one, reads in waiting.items() if not reads]
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
    return node["resource_type"] in ("model", "seed", "test") and node["config"]["materialized"] != "ephemeral"


@dataclass(frozen=True)
class _Prints:
    """Fingerprints of the nodes of a project, each worked out once."""

    project: Mapping[str, Any]
    landed: Landed
    _structures: dict[str, str] = field(default_factory=dict)
    _contents: dict[str, str] = field(default_factory=dict)
    _of_the_run: dict[str, bool] = field(default_factory=dict)
    _macros: dict[str, str] = field(default_factory=dict)

    def structure(self, unique_id: str) -> str:
        """Of a node or a landed table."""
        if unique_id not in self._structures:
            if unique_id.startswith("source."):
                found = self.landed.structures[self._table(unique_id)]
            else:
                node = self.project["nodes"][unique_id]
                found = _hash(self._everywhere(), self._text(node), *map(self.structure, _reads(node)))
            self._structures[unique_id] = found
        return self._structures[unique_id]

    def content(self, unique_id: str) -> str:
        """Of a node or a landed table."""
        if unique_id not in self._contents:
            if unique_id.startswith("source."):
                found = self.landed.contents[self._table(unique_id)]
            else:
                node = self.project["nodes"][unique_id]
                found = _hash(self.structure(unique_id), *(self._read_by(node, one) for one in _reads(node)))
            self._contents[unique_id] = found
        return self._contents[unique_id]

    def is_of_the_run(self, unique_id: str) -> bool:
        """Whether a node speaks of the run itself: it says so, or reads what does."""
        if unique_id not in self._of_the_run:
            if unique_id.startswith("source."):
                found = self._table(unique_id) in OF_THE_RUN
            else:
                node = self.project["nodes"][unique_id]
                found = bool(node["config"].get("meta", {}).get("of_the_run")) or any(map(self.is_of_the_run, _reads(node)))
            self._of_the_run[unique_id] = found
        return self._of_the_run[unique_id]

    def _read_by(self, node: Mapping[str, Any], unique_id: str) -> str:
        """The content that a node sees of what it reads: of all rejected rows only those of the tables that it reads."""
        tables = [self._table(one) for one in _reads(node) if one.startswith("source.")]
        others = [table for table in tables if table != REJECTED]
        if not (unique_id.startswith("source.") and self._table(unique_id) == REJECTED and others):
            return self.content(unique_id)
        wanted = [*others, *(OF_ACTIVITIES if any(table.startswith("iati_") for table in others) else ())]
        return _hash(*(f"{name} {self.landed.rejected.get(name, '')}" for name in sorted(set(wanted))))

    def _table(self, unique_id: str) -> str:
        name: str = self.project["sources"][unique_id]["name"]
        return name

    def _text(self, node: Mapping[str, Any]) -> str:
        """What a node is made of besides what it reads: its SQL or rows, its configuration, its macros with all that these call."""
        said = [node.get(part) for part in ("raw_code", "config", "contract", "checksum", "alias", "schema", "resource_type", "test_metadata")]
        return _hash(json.dumps(said, sort_keys=True), *(self._macro(one) for one in sorted(node["depends_on"]["macros"])))

    def _macro(self, unique_id: str) -> str:
        """A macro with all that it calls; one that calls itself stands there with its text alone."""
        if unique_id not in self._macros:
            macro = self.project["macros"][unique_id]
            text = macro["macro_sql"]
            self._macros[unique_id] = text
            called = set(macro["depends_on"]["macros"])
            if "adapter.dispatch" in text:
                # Which of them is called says the engine; dbt names the one that it finds first.
                called |= {one for one, other in self.project["macros"].items() if other["name"].endswith(f"__{macro['name']}")}
            self._macros[unique_id] = _hash(text, *(self._macro(one) for one in sorted(called & self.project["macros"].keys())))
        return self._macros[unique_id]

    def _everywhere(self) -> str:
        """What every node depends on without saying so."""
        macros = self.project["macros"]
        own = self.project["metadata"]["project_name"]
        unnamed = sorted(unique_id for unique_id, macro in macros.items() if macro["package_name"] == own and macro["name"] in UNNAMED_MACROS)
        return _hash(_engine(), *map(self._macro, unnamed))


def _reads(node: Mapping[str, Any]) -> list[str]:
    return sorted(set(node["depends_on"].get("nodes", ())))


@lru_cache
def _engine() -> str:
    from pipelines import settings

    configuration = [(settings.DBT_PROJECT / name).read_text("utf-8") for name in ("dbt_project.yml", "profiles.yml")]
    return _hash(*(f"{name} {version(name)}" for name in ENGINE), *configuration)


def _hash(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()
