"""What a run carries over from the release before: tables and views that nothing has changed, and what its tests found.

The build begins with a copy of that release's database, from which everything is removed that will be built or is no longer asked for. What the
database itself says in `audit.builds` decides, so that a file and what is known of it cannot part.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb

from pipelines.dbt.plan import Made, Plan, plan
from pipelines.engine import insert_texts
from pipelines.landing.hashes import hashes
from pipelines.release.files import read_json
from pipelines.release.run import CHECK_RESULTS, Run
from pipelines.shapes.check_result import CheckResult
from pipelines.storage import copied


def begin(run: Run, manifest: Path) -> Plan:
    """Decide what is built, and lay the rest into the build file; with `run.full`, or without a release before, everything is built.

    Args:
        run: which has landed its deliveries.
        manifest: of the dbt project.

    Raises:
        OSError: the disk is full.
    """
    project = json.loads(manifest.read_text("utf-8"))
    tests = [result.check_name for result in _results(run) if result.status in ("passed", "warned")]
    before, standing = ({}, []) if run.full or run.previous_database is None else known(run.previous_database)
    standing += [node for node in before if node.startswith("test.") and project["nodes"].get(node, {}).get("name") in tests]
    decided = plan(project, hashes(run.now / "landing"), run.run_id, before, standing)
    lay_out(run.database, run.previous_database, decided)
    return decided


def known(database: Path) -> tuple[dict[str, Made], list[str]]:
    """What the nodes of a release were made from, by unique id, and its tables and views; nothing where the file does not say so."""
    with suppress(duckdb.Error, OSError), duckdb.connect(str(database), read_only=True) as connection:
        told = connection.execute("select node, structure, content, made_in from audit.builds").fetchall()
        there = "select schema_name || '.' || table_name from duckdb_tables() union all select schema_name || '.' || view_name from duckdb_views()"
        made = {node: Made(structure=structure, content=content, made_in=made_in) for node, structure, content, made_in in told}
        return made, [name for (name,) in connection.execute(there).fetchall()]
    return {}, []


def lay_out(database: Path, previous: Path | None, decided: Plan) -> None:
    """Begin the build file: a copy of the release before without what is built anew; no file at all where nothing stands.

    Args:
        database: the build file; what an earlier attempt left there is removed.
        previous: the database of the release before.
        decided: what stands.

    Raises:
        OSError: the disk is full.
    """
    for file in (database, database.with_name(f"{database.name}.wal")):
        file.unlink(missing_ok=True)
    kept = {decided.relations[one] for one in decided.carried if one in decided.relations}
    if not kept or previous is None:
        return
    copied(previous, database)
    with duckdb.connect(str(database)) as connection:
        for kind, listing in (("table", "duckdb_tables()"), ("view", "duckdb_views()")):
            for schema, name in connection.execute(f"select schema_name, {kind}_name from {listing} where not internal").fetchall():
                if f"{schema}.{name}" not in kept:
                    connection.execute(f'drop {kind} {schema}."{name}"')
        macros = "select distinct function_name, function_type from duckdb_functions() where not internal and function_type in ('macro', 'table_macro')"
        for name, kind in connection.execute(macros).fetchall():
            connection.execute(f'drop macro {"table " if kind == "table_macro" else ""}"{name}"')
        connection.execute("checkpoint")


def note(database: Path, decided: Plan) -> None:
    """Write into a finished build file what each of its tables, views and tests was made from."""
    rows = [(one, decided.relations.get(one), made.structure, made.content, made.made_in) for one, made in sorted(decided.made.items())]
    with duckdb.connect(str(database)) as connection:
        insert_texts(connection, "audit.builds", ("node", "table_name", "structure", "content", "made_in"), rows)


def carried_results(run: Run, decided: Plan) -> list[CheckResult]:
    """What the tests that are not run again found when they were run, with the run in which that was."""
    carried = {decided.names[one]: decided.made[one].made_in for one in decided.carried - decided.relations.keys()}
    return [replace(result, carried_from=carried[result.check_name]) for result in _results(run) if result.engine == "dbt" and result.check_name in carried]


def _results(run: Run) -> Sequence[CheckResult]:
    told: list[dict[str, Any]] = (read_json(run.previous / CHECK_RESULTS) or []) if run.previous else []
    return [CheckResult(**result) for result in told]
