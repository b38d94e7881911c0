"""Random sequences of changes to what a release is made of, and both ways of building after each: from the release before, and from nothing.

Run as `python tests/property/changes.py --sequences 200 --seed 1`; it goes on after a sequence that fails and names it.
"""

from __future__ import annotations

import argparse
import json
import random
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import duckdb
from odd_activities import ActivityFile
from odd_roots import Root, of_seed
from pipeline import AS_OF, Pipeline, Step, first_release

from pipelines.dbt.plan import Made, Plan, plan
from pipelines.landing.hashes import hashes
from pipelines.landing.land import land
from pipelines.release.carry import known, lay_out, note

MOST_DELIVERIES = 8
# What tells of the run or of the build itself.
NOT_COMPARED = ("audit.builds", "audit.release", "audit.check_results")


@dataclass(frozen=True, kw_only=True)
class State:
    """All that a release is made of.

    Attributes:
        root: the deliveries with their mappings.
        as_of: the day that it speaks for.
        altered: unique ids of models and seeds with another text, or other rows, than the project's.
    """

    root: Root
    as_of: date
    altered: frozenset[str] = frozenset()


def first_state(chance: random.Random) -> State:
    """Some deliveries of a random root."""
    deliveries = list(of_seed(chance.randrange(2**31)).deliveries)
    chance.shuffle(deliveries)
    return State(root=Root(deliveries=tuple(deliveries[:MOST_DELIVERIES])), as_of=AS_OF)


def changed(state: State, chance: random.Random, models: list[str], seeds: list[str]) -> tuple[str, State]:
    """One change, in a word, and the state after it."""
    deliveries = state.root.deliveries
    kinds = ["add", "rate", "correct", "mapping", "day", "model", "seed", *(["withdraw"] if len(deliveries) > 1 else [])]
    kind = chance.choice(kinds)
    place = chance.randrange(len(deliveries))
    one = deliveries[place]
    if kind in ("add", "rate"):
        among = [new for new in _some(chance) if kind == "add" or getattr(new, "source", "") == "exchange_rates"]
        return kind, replace(state, root=Root(deliveries=(*deliveries, *among[:1])))
    if kind == "withdraw":
        return kind, replace(state, root=Root(deliveries=deliveries[:place] + deliveries[place + 1 :]))
    if kind == "day":
        return kind, replace(state, as_of=state.as_of + timedelta(days=chance.choice((-900, -40, -1, 1, 40, 900))))
    if kind in ("model", "seed"):
        return kind, replace(state, altered=state.altered ^ {chance.choice(models if kind == "model" else seeds)})
    if isinstance(one, ActivityFile):
        one = replace(one, activities=one.activities + 1)
    elif kind == "mapping":
        one = replace(one, habits=tuple({*one.habits} ^ {chance.choice(("constant_mapping", "decimal_comma"))}))
    else:
        one = replace(one, rows=one.rows + chance.choice((1, 2, 5)), oddness=chance.choice((0, 5, 40)))
    return kind, replace(state, root=Root(deliveries=(*deliveries[:place], one, *deliveries[place + 1 :])))


def _some(chance: random.Random) -> Iterator[Any]:
    for _ in range(40):
        yield from of_seed(chance.randrange(2**31)).deliveries


@dataclass
class Builder:
    """Builds states one after the other, with the statements that dbt executed once."""

    pipeline: Pipeline
    folder: Path

    def __post_init__(self) -> None:
        """Read the project."""
        self.project = json.loads(self.pipeline.manifest.read_text("utf-8"))
        nodes = self.project["nodes"]
        self.models = sorted(
            step.unique_id for step in self.pipeline.steps if step.kind == "model" and nodes[step.unique_id]["config"]["materialized"] == "table"
        )
        self.seeds = sorted(name for name, node in nodes.items() if node["resource_type"] == "seed")
        self.runs = 0

    def landed(self, state: State) -> Path:
        """The layout of a state's deliveries, in a build folder of its own."""
        raw, now = self.folder / "raw", self.folder / "home" / "build" / "now"
        state.root.write(raw)
        shutil.rmtree(now, ignore_errors=True)
        now.mkdir(parents=True)
        land(raw, self.folder / "home", now, run_id="r", as_of=state.as_of, previous_release=None)
        return now

    def built(self, state: State, now: Path, database: Path, previous: Path | None) -> Plan:
        """Build a state over its layout, from a release before or from nothing."""
        self.runs += 1
        project = self._project(state)
        made: dict[str, Made] = {}
        standing: list[str] = []
        if previous is not None:
            made, standing = known(previous)
        decided = plan(project, hashes(now / "landing"), f"run {self.runs}", made, standing)
        lay_out(database, previous, decided)
        with duckdb.connect(str(database), config={"memory_limit": "1500MB", "threads": 1, "preserve_insertion_order": False}) as connection:
            connection.execute(f"attach '{self.pipeline.first / 'techcoop.duckdb'}' as first (read_only)")
            for schema in sorted({node["schema"] for node in project["nodes"].values()}):
                connection.execute(f"create schema if not exists {schema}")
            for seed in sorted(decided.anew & set(self.seeds)):
                connection.execute(f"create table {decided.relations[seed]} as from first.{decided.relations[seed]}")
            for seed in sorted(decided.anew & state.altered & set(self.seeds)):
                self._alter(connection, decided.relations[seed])
            for step in self.pipeline.steps:
                if step.kind == "model" and step.unique_id in decided.anew:
                    self._execute(connection, step, now, decided, state)
        note(database, decided)
        return decided

    def _execute(self, connection: duckdb.DuckDBPyConnection, step: Step, now: Path, decided: Plan, state: State) -> None:
        connection.execute(step.sql.replace("{now}", str(now)))
        if step.unique_id in state.altered:
            self._alter(connection, decided.relations[step.unique_id])

    @staticmethod
    def _alter(connection: duckdb.DuckDBPyConnection, table: str) -> None:
        """What another text does: some of the rows are not there, the same ones each time."""
        connection.execute(f"delete from {table} as t where hash(t::varchar) % 5 = 0")

    def _project(self, state: State) -> dict[str, Any]:
        project = {**self.project, "nodes": dict(self.project["nodes"])}
        for name in state.altered:
            node = deepcopy(project["nodes"][name])
            node["raw_code"], node["checksum"] = f"{node['raw_code']} altered", {"name": "sha256", "checksum": "altered"}
            project["nodes"][name] = node
        return project


def differing(one: Path, other: Path) -> list[str]:
    """Tables and views that two builds do not both have with the same rows."""
    sums = []
    for database in (one, other):
        with duckdb.connect(str(database), read_only=True) as connection:
            names = connection.execute(
                """select schema_name || '.' || table_name from duckdb_tables() where not internal
                   union all select schema_name || '.' || view_name from duckdb_views() where not internal"""
            ).fetchall()
            sums.append({name: connection.execute(f"select count(*), sum(hash(t::varchar)) from {name} as t").fetchone() for (name,) in names})
    return sorted(name for name in {*sums[0], *sums[1]} - set(NOT_COMPARED) if sums[0].get(name) != sums[1].get(name))


def sequence(builder: Builder, seed: int, changes: int) -> Iterator[tuple[str, int, list[str]]]:
    """A sequence: each change, how many models were carried over it, and what then differs from a build from nothing."""
    chance = random.Random(f"changes {seed}")
    state, previous = first_state(chance), None
    for place in range(changes + 1):
        word = "begin"
        if place:
            word, state = changed(state, chance, builder.models, builder.seeds)
        now = builder.landed(state)
        step, whole = (builder.folder / f"{name}.duckdb" for name in (f"step-{place % 2}", "whole"))
        # The statements name the database by its file.
        here = [now / "techcoop.duckdb", now / "whole" / "techcoop.duckdb"]
        here[1].parent.mkdir()
        decided = builder.built(state, now, here[0], previous)
        builder.built(state, now, here[1], None)
        yield word, decided.models_carried, differing(*here)
        for file, kept in zip(here, (step, whole), strict=True):
            file.replace(kept)
        previous = step


def main() -> int:
    """Try many sequences; the exit code says whether all held."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sequences", type=int, default=200)
    parser.add_argument("--changes", type=int, default=4)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    failed = 0
    with tempfile.TemporaryDirectory() as folder:
        builder = Builder(Pipeline(first=first_release(Path(folder) / "first"), folder=Path(folder) / "builds"), Path(folder) / "changes")
        for seed in range(given.seed, given.seed + given.sequences):
            told = list(sequence(builder, seed, given.changes))
            wrong = {word: tables for word, _, tables in told if tables}
            failed += bool(wrong)
            changes = ", ".join(f"{word} ({carried} carried)" for word, carried, _ in told)
            print(f"{seed}: {changes}{f' DIFFERS {wrong}' if wrong else ''}, {time.process_time():.0f} s of CPU", flush=True)
    print(f"{given.sequences} sequences, {failed} differ from a build from nothing")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
